"""That a simulated Discord which runs for days remembers no more than it says."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator import Actor, Guild, LoopbackDiscord, world
from simulator.interactions import ACKNOWLEDGE_WITHIN_SECONDS, TOKEN_VALID_SECONDS, Callback
from simulator.refusals import ApiError, Refusal
from simulator.wire import gateway
from tests.simulator.puppet import Puppet

IDENTITY = {"token": "loopback-token", "intents": 1}


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(calls_kept=4) as it:
        it.world.commands[None] = [{"id": "1", "name": "take"}]
        yield it


@pytest.fixture
def guild(discord: LoopbackDiscord) -> Guild:
    return discord.add_guild("Depot")


@pytest.fixture
def clerk(discord: LoopbackDiscord, guild: Guild) -> Actor:
    return discord.act_as(guild.add_member("clerk"))


async def say(socket: aiohttp.ClientWebSocketResponse, operation: int, **data: Any) -> None:
    await socket.send_json({"op": operation, "d": data})


async def hear(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[dict[str, Any]]:
    return [await socket.receive_json(timeout=5) for _ in range(count)]


def test_the_oldest_interaction_is_forgotten_with_its_token(
    discord: LoopbackDiscord, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "INTERACTIONS_KEPT", 3)
    sent = [clerk.send_slash("take").interaction for _ in range(4)]
    discord.world.clock.advance(ACKNOWLEDGE_WITHIN_SECONDS + 1)
    sent.append(clerk.send_slash("take").interaction)
    assert list(discord.world.interactions.values()) == sent[2:]
    assert list(discord.world.by_token.values()) == sent[2:]


def test_no_interaction_that_may_be_answered_is_forgotten(
    discord: LoopbackDiscord, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "INTERACTIONS_KEPT", 1)
    first, *others = [clerk.send_slash("take").interaction for _ in range(3)]
    assert list(discord.world.interactions.values()) == [first, *others]
    first.acknowledge(Callback.DEFERRED_MESSAGE)
    discord.world.clock.advance(TOKEN_VALID_SECONDS - 2)
    clerk.send_slash("take")
    assert first.id in discord.world.interactions
    discord.world.clock.advance(ACKNOWLEDGE_WITHIN_SECONDS + 1)
    last = clerk.send_slash("take").interaction
    assert list(discord.world.interactions.values()) == [last]


def test_the_oldest_message_of_a_channel_is_forgotten(
    discord: LoopbackDiscord, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "MESSAGES_KEPT", 2)
    channel, puppet = guild.add_channel("audit"), Puppet(discord)
    told = [puppet.post(channel, content=str(number)) for number in range(3)]
    assert channel.messages == told[1:]


async def test_only_the_last_calls_are_kept(discord: LoopbackDiscord) -> None:
    async with aiohttp.ClientSession() as client:
        for number in range(6):
            (await client.get(f"{discord.api_url}/users/@me?n={number}")).release()
    assert [call.query["n"] for call in discord.calls] == ["2", "3", "4", "5"]


async def test_a_client_that_missed_more_than_is_kept_identifies_again(
    discord: LoopbackDiscord, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "FRAMES_KEPT", 3)
    async with aiohttp.ClientSession() as client:
        first = await client.ws_connect(discord.gateway_url)
        await say(first, 2, **IDENTITY)
        ready = (await hear(first, 3))[1]["d"]
        await discord.drop_gateway()
        for number in range(3):
            guild.add_role(f"role {number}")
        for seen, answers in ((1, [9]), (2, [0, 0, 0, 0]), (2, [9])):
            again = await client.ws_connect(discord.gateway_url)
            await say(again, 6, token=IDENTITY["token"], session_id=ready["session_id"], seq=seen)
            heard = await hear(again, 1 + len(answers))
            assert [frame["op"] for frame in heard] == [10, *answers]
            if 0 in answers:
                assert [frame["s"] for frame in heard[1:]] == [3, 4, 5, 6]
            await again.close(code=4000)


async def test_sessions_that_are_not_resumed_are_deleted(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "LOST_SESSIONS_KEPT", 2)
    async with aiohttp.ClientSession() as client:
        for _ in range(5):
            socket = await client.ws_connect(discord.gateway_url)
            await say(socket, 2, **IDENTITY)
            await hear(socket, 2)
            await discord.drop_gateway()
    assert len(discord.gateway.sessions) == 3


async def test_a_forgotten_token_opens_no_webhook(
    discord: LoopbackDiscord, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "INTERACTIONS_KEPT", 1)
    token = clerk.send_slash("take").interaction.token
    discord.world.clock.advance(ACKNOWLEDGE_WITHIN_SECONDS + 1)
    clerk.send_slash("take")
    address = f"{discord.api_url}/webhooks/{discord.world.application_id}/{token}"
    async with aiohttp.ClientSession() as client, client.post(address, json={}) as answer:
        assert (await answer.json())["code"] == ApiError(Refusal.UNKNOWN_WEBHOOK).code
