import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator import (
    Actor,
    Channel,
    Choice,
    ClientRefused,
    Guild,
    InteractionFailed,
    LoopbackDiscord,
    Permission,
    Process,
    ProcessEnded,
    Refusal,
)

BOT = Path(__file__).parent / "example_bot.py"


@dataclass
class Scene:
    discord: LoopbackDiscord
    guild: Guild
    bot: Process
    clerk: Actor
    boss: Actor

    @property
    def general(self) -> Channel:
        return self.guild.channel("general")


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with LoopbackDiscord() as discord:
        guild = discord.add_guild("Depot")
        clerk = discord.act_as(guild.add_member("clerk", [guild.add_role("floor")]))
        boss = discord.act_as(guild.members[guild.owner.id])
        arguments = [sys.executable, str(BOT)]
        log = tmp_path / "bot.log"
        async with Process(arguments, log_file=log, environment=discord.environment) as bot:
            await bot.wait_until_ready(discord.bot_ready())
            yield Scene(discord, guild, bot, clerk, boss)


async def test_a_command_is_answered_and_the_process_ends_on_sigterm(scene: Scene) -> None:
    reply = await scene.clerk.slash("take", shelf="A1", quantity="3")
    assert reply.content == "took 3 from A1"
    assert reply.ephemeral
    assert not reply.deferred
    assert reply.acknowledged_after_seconds < 1
    assert (await scene.clerk.slash("item add", name="bolt")).content == "added bolt"
    assert [message.content for message in scene.general.messages] == ["added bolt"]
    assert await scene.bot.terminate() == 0
    await scene.discord.bot_gone()
    assert "closed" in scene.bot.output
    assert not scene.discord.gateway.sessions


async def test_a_client_checks_what_a_person_types(scene: Scene) -> None:
    for command, options in (
        ("fetch", {}),
        ("item", {}),
        ("item remove", {}),
        ("take", {}),
        ("take", {"shelf": "A1", "colour": "red"}),
        ("take", {"shelf": 1}),
        ("take", {"shelf": "A1", "quantity": "123456"}),
    ):
        with pytest.raises(ClientRefused):
            scene.clerk.send_slash(command, **options)
    hostile = await scene.clerk.slash("take", shelf="x" * 600, quantity="9" * 600, raw=True)
    assert len(hostile.content) > 1200
    scene.general.hide_from_everyone()
    with pytest.raises(ClientRefused):
        scene.clerk.send_slash("take", shelf="A1")
    assert (await scene.boss.slash("take", shelf="A1")).content == "took 1 from A1"


async def test_suggestions_come_and_options_resolve(scene: Scene) -> None:
    found = await scene.clerk.autocomplete("take", "shelf", "a", quantity="2")
    assert found == [Choice("A1", "A1"), Choice("A2", "A2")]
    role = scene.guild.add_role("night", Permission.VIEW_CHANNEL)
    reply = await scene.clerk.slash("who", member=scene.boss.member, role=role)
    # discord.py adds @everyone to what the interaction says: the clerk's one role and that.
    assert reply.content == f"clerk 2 {scene.boss.user.name} night"
    payload = reply.interaction.payload
    assert payload is not None
    assert payload["member"]["roles"] == [str(role.id) for role in scene.clerk.member.roles]  # type: ignore[union-attr]
    assert payload["data"]["resolved"]["members"][str(scene.boss.user.id)]["permissions"]


async def test_people_act_at_once_on_deferred_answers_buttons_menus_and_forms(
    scene: Scene,
) -> None:
    slow, theirs = await asyncio.gather(scene.clerk.slash("slow"), scene.boss.slash("slow"))
    assert (slow.content, slow.deferred, slow.ephemeral) == ("slow", True, True)
    assert slow.embeds[0]["title"] == "Done"
    assert slow.buttons == ["Undo", "Why"]
    await slow.wait_for(lambda reply: len(reply.messages) == 2)
    assert slow.messages[1].content == "and more"
    with pytest.raises(ClientRefused):
        scene.boss.send_click(slow, "Undo")

    form = await scene.clerk.click(slow, "why")
    with pytest.raises(ClientRefused):
        scene.clerk.send_submit(form, {"Reason": "x" * 21})
    explained = await scene.clerk.submit(form, {"Reason": "it fell"})
    assert explained.content == slow.content == "because it fell"
    assert slow.components == []

    chosen = await scene.boss.select(theirs, "Shelf", "B1")
    assert chosen.content == "chose B1"
    assert chosen.ephemeral
    undone = await scene.boss.click(theirs, "Undo")
    assert undone.message is theirs.message
    assert theirs.content == "undone"


async def test_an_interaction_is_acknowledged_once_and_in_time(scene: Scene) -> None:
    twice = await scene.clerk.slash("twice")
    await scene.general.wait_for(lambda message: message.content == "refused 40060")
    assert [message.content for message in twice.messages] == ["first", "refused 40060"]

    taken = await scene.clerk.slash("take", shelf="A1")
    callbacks = [call for call in scene.discord.calls if call.path.endswith("/callback")]
    scene.discord.redeliver(taken)
    await scene.bot.wait_for_output("40060")
    assert len(taken.messages) == 1
    assert callbacks[-1].status == 200

    late = scene.discord.fault("POST", "/interactions/*/callback", hold=True)
    pending = scene.clerk.send_slash("take", shelf="A2")
    await late.wait_hit()
    scene.discord.advance(3.1)
    late.release()
    await scene.bot.wait_for_output("10062")
    with pytest.raises(InteractionFailed):
        await pending.answered()
    silent = scene.clerk.send_slash("silent")
    scene.discord.advance(3)
    with pytest.raises(InteractionFailed):
        await silent.acknowledged()


async def test_channels_refuse_and_remember_as_discords_do(scene: Scene) -> None:
    audit = scene.guild.add_channel("audit")

    async def post(text: str) -> str:
        return (await scene.clerk.slash("post", raw=True, channel=audit, text=text)).content

    assert await post("<@1> hello") == "1 message"
    assert [message.content for message in audit.messages] == ["<@1> hello", ""]
    assert audit.messages[0].pings == {"user:1"}
    assert audit.messages[1].files[0].content == BOT.read_bytes()
    scene.discord.advance(600)
    assert await post("again") == "1 message"
    assert len(audit.messages) == 4

    assert "50035" in await post("x" * 2001)
    audit.forbid()
    assert "50013" in await post("forbidden")
    audit.forbid(Refusal.MISSING_ACCESS)
    assert "50001" in await post("hidden")
    audit.allow()
    audit.hide_from_everyone()
    assert "50001" in await post("hidden from all")
    del audit.overwrites[scene.guild.id]
    scene.guild.delete_channel(audit)
    assert "10003" in await post("gone")
    assert len(audit.messages) == 4


async def test_faults_strike_as_often_as_they_are_told(scene: Scene) -> None:
    audit = scene.guild.add_channel("audit")
    route = f"/channels/{audit.id}/messages"

    async def post(text: str) -> str:
        return (await scene.clerk.slash("post", channel=audit, text=text)).content

    once = scene.discord.fault("POST", route, status=500)
    limited = scene.discord.fault("POST", route, status=429, times=2, retry_after_seconds=0.01)
    assert await post("after trouble") == "1 message"
    assert (len(once.hits), len(limited.hits)) == (1, 2)

    scene.discord.advance(600)
    scene.discord.fault("POST", route, reset=True)
    assert "reset" in await post("never arrives")
    scene.discord.fault("POST", route, lost_answer=True)
    assert "reset" in await post("arrives unheard")
    found = [message.content for message in audit.messages]
    assert found == ["after trouble", "", "arrives unheard"]

    forbidden = scene.discord.fault("*", "/channels/*", status=403, times=None)
    assert "50013" in await post("forbidden")
    forbidden.stop()
    unheard = scene.discord.fault("PATCH", "/webhooks/*/messages/@original", lost_answer=True)
    assert (await scene.clerk.slash("slow")).content == "slow"
    await unheard.wait_hit()


async def test_a_dropped_gateway_is_resumed_and_misses_nothing(scene: Scene) -> None:
    gateway = scene.discord.gateway
    for count, code in enumerate((4000, None), 1):
        await scene.discord.drop_gateway(code)
        pending = scene.clerk.send_slash("take", shelf="A1")
        assert (await pending.answered()).content == "took 1 from A1"
        assert (gateway.identified, gateway.resumed) == (1, count)
    gateway.ask_reconnect()
    await gateway.pulse.until(lambda: gateway.resumed == 3, 5, "resume")
    role = scene.guild.add_role("new")
    reply = await scene.clerk.slash("who", member=scene.clerk.member, role=role)
    assert reply.content.endswith("new")


async def test_a_killed_bot_leaves_interactions_open_and_another_process_answers(
    scene: Scene, tmp_path: Path
) -> None:
    edit = scene.discord.fault("PATCH", "/webhooks/*", hold=True)
    pending = scene.clerk.send_slash("slow")
    await edit.wait_hit()
    assert (await pending.acknowledged()).deferred
    assert await scene.bot.kill() == -9
    edit.abandon()
    with pytest.raises(ProcessEnded):
        await scene.bot.wait_until_ready(scene.discord.bot_ready())
    log, environment = tmp_path / "second.log", scene.discord.environment
    async with Process([sys.executable, str(BOT)], log_file=log, environment=environment) as second:
        await second.wait_until_ready(scene.discord.bot_ready())
        assert (await scene.clerk.slash("take", shelf="A1")).content == "took 1 from A1"
        assert not pending.interaction.answered
        # What the first process learned before it died is enough to answer for it.
        url = f"{scene.discord.api_url}/webhooks/{scene.discord.world.application_id}"
        original = f"{url}/{pending.interaction.token}/messages/@original"
        async with aiohttp.ClientSession() as session:
            async with session.patch(original, json={"content": "late but here"}) as response:
                assert response.status == 200
            assert (await pending.answered()).content == "late but here"
            scene.discord.advance(15 * 60)
            async with session.patch(original, json={"content": "too late"}) as response:
                assert (response.status, (await response.json())["code"]) == (401, 50027)


async def test_a_route_that_is_not_simulated_fails_the_test(scene: Scene) -> None:
    reply = await scene.clerk.slash("stray")
    assert reply.content == "refused 501"
    with pytest.raises(AssertionError, match="GET /invites/nothing"):
        scene.discord.require_flawless()
    scene.discord.unknown_routes.clear()


async def test_a_person_writes_to_the_bot_directly(scene: Scene) -> None:
    clerk = scene.discord.act_as(scene.clerk.user)
    direct = await clerk.slash("item add", name="nut")
    payload = direct.interaction.payload
    assert payload is not None
    assert payload["user"]["id"] == str(clerk.user.id)
    assert payload["context"] == 1
    assert not payload.keys() & {"member", "guild", "guild_id"}
    assert clerk.channel.messages == [direct.message]


class Client:
    """A gateway client without discord.py, which would wait 5 s between two shards."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, operation: int, **data: Any) -> None:
        await self._socket.send_json({"op": operation, "d": data})

    async def frames(self, count: int) -> list[Any]:
        return [await self._socket.receive_json(timeout=5) for _ in range(count)]

    async def closed(self) -> int | None:
        await self._socket.receive(timeout=5)
        return self._socket.close_code


async def test_each_shard_hears_of_its_own_guilds(discord: LoopbackDiscord) -> None:
    guild = discord.add_guild("Depot")
    its_own = (guild.id >> 22) % 2
    identity = {"token": "loopback-token", "intents": 1}
    async with aiohttp.ClientSession() as session:
        clients = [Client(await session.ws_connect(discord.gateway_url)) for _ in range(4)]
        for number, client in enumerate(clients[:2]):
            await client.send(2, **identity, shard=[number, 2])
        hello, ready, create = await clients[its_own].frames(3)
        assert (hello["op"], ready["t"], create["t"]) == (10, "READY", "GUILD_CREATE")
        assert [member["user"]["bot"] for member in create["d"]["members"]] == [True]
        assert (await clients[1 - its_own].frames(2))[1]["d"]["guilds"] == []
        guild.add_role("new")
        member = guild.add_member("clerk")
        discord.world.commands[None] = [{"id": "1", "name": "take"}]
        discord.act_as(member).send_slash("take")
        discord.act_as(member.user).send_slash("take")
        heard = await clients[its_own].frames(3 if its_own == 0 else 2)
        assert [frame["t"] for frame in heard][:2] == ["GUILD_ROLE_CREATE", "INTERACTION_CREATE"]
        await clients[2].send(6, token="loopback-token", session_id="unknown", seq=1)
        assert [frame["op"] for frame in await clients[2].frames(2)] == [10, 9]
        await clients[3].send(2, **{**identity, "token": "wrong"})
        await clients[3].frames(1)
        assert await clients[3].closed() == 4004


class Rest:
    """Requests as the bot makes them, without discord.py around them."""

    def __init__(self, discord: LoopbackDiscord, session: aiohttp.ClientSession) -> None:
        self._discord = discord
        self._session = session

    async def __call__(
        self, method: str, path: str, /, *listed: Any, **body: Any
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self._discord.world.token}"}
        url = self._discord.api_url + path
        sent = listed[0] if listed else body
        async with self._session.request(method, url, json=sent, headers=headers) as response:
            if response.status == 204:
                return 204, None
            assert response.headers["Content-Type"] == "application/json"
            answer = await response.json()
            is_refused = response.status >= 400
            return response.status, answer["code"] if is_refused else answer


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as discord:
        yield discord


@pytest_asyncio.fixture
async def rest(discord: LoopbackDiscord) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(discord, session)


async def test_a_bot_makes_hidden_channels_within_its_own_rights(
    discord: LoopbackDiscord, rest: Rest
) -> None:
    guild = discord.add_guild("Depot")
    me = discord.world.bot.id
    hidden = [
        {"id": str(guild.id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))},
        {"id": str(me), "type": 1, "allow": str(int(Permission.VIEW_CHANNEL))},
    ]
    channels = f"/guilds/{guild.id}/channels"
    status, made = await rest("POST", channels, name="Audit Log", permission_overwrites=hidden)
    assert (status, made["name"]) == (201, "audit-log")
    channel = guild.channel("audit-log")
    status, _ = await rest("POST", f"/channels/{channel.id}/messages", content="hello")
    assert status == 200
    clerk = discord.act_as(guild.add_member("clerk"), channel)
    with pytest.raises(ClientRefused):
        clerk.send_click(channel.messages[0], "anything")

    overwrite = f"/channels/{channel.id}/permissions/{guild.id}"
    assert await rest("PUT", overwrite, type=0, deny="0") == (204, None)
    kick = str(int(Permission.KICK_MEMBERS))
    assert await rest("PUT", overwrite, type=0, allow=kick) == (403, 50013)
    guild.me.roles.clear()
    assert await rest("POST", channels, name="more") == (403, 50013)
    assert (await rest("GET", channels))[1][1]["id"] == str(channel.id)
    assert len((await rest("GET", f"/guilds/{guild.id}/roles"))[1]) == 2
    assert await rest("GET", "/guilds/1/roles") == (404, 10004)


async def test_messages_are_read_edited_deleted_and_measured(
    discord: LoopbackDiscord, rest: Rest
) -> None:
    user = discord.add_user("clerk")
    _, channel = await rest("POST", "/users/@me/channels", recipient_id=str(user.id))
    messages = f"/channels/{channel['id']}/messages"
    ids = [(await rest("POST", messages, content=str(n)))[1]["id"] for n in range(3)]
    _, found = await rest("GET", f"{messages}?limit=1&before={ids[2]}")
    assert [message["content"] for message in found] == ["1"]
    assert (await rest("PATCH", f"{messages}/{ids[0]}", content="edited"))[0] == 200
    assert await rest("DELETE", f"{messages}/{ids[1]}") == (204, None)
    assert await rest("DELETE", f"{messages}/{ids[1]}") == (404, 10008)
    direct = discord.world.direct_channel(user)
    assert [message.content for message in direct.messages] == ["edited", "2"]
    assert direct.messages[0].edits == 1

    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
    row = {"type": 1, "components": [button]}
    for body, code in (
        ({"content": ""}, 50006),
        ({"components": [row]}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"embeds": [{"description": "x" * 3001}] * 2}, 50035),
        ({"content": "x", "components": [row] * 6}, 50035),
        ({"content": "x", "components": [row, row]}, 50035),
        ({"content": "x", "components": [button]}, 50035),
        ({"content": "x", "components": [{**row, "components": [button] * 6}]}, 50035),
    ):
        assert await rest("POST", messages, **body) == (400, code)
    assert await rest("PATCH", f"{messages}/{ids[0]}", content="") == (400, 50006)
    user.accepts_dms = False
    assert await rest("POST", messages, content="x") == (403, 50007)


async def test_commands_keep_their_ids_and_are_measured(
    discord: LoopbackDiscord, rest: Rest
) -> None:
    path = f"/applications/{discord.world.application_id}/commands"

    async def write(*commands: dict[str, Any]) -> tuple[int, Any]:
        return await rest("PUT", path, commands)

    take = {"name": "take", "description": "Take", "options": []}
    _, first = await write(take)
    _, second = await write({**take, "description": "Take stock"}, {**take, "name": "put"})
    assert first[0]["id"] == second[0]["id"] != second[1]["id"]
    assert await write({**take, "name": "Take"}) == (400, 50035)
    assert await write({**take, "description": "x" * 101}) == (400, 50035)
    assert await write(take, take) == (400, 50035)
    assert len((await rest("GET", path))[1]) == 2
    async with aiohttp.ClientSession() as stranger, stranger.get(discord.api_url + path) as answer:
        assert answer.status == 401
