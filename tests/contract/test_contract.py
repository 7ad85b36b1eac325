"""That a breach is seen: each claim takes a right call of a small story and spoils one thing.

That the bot keeps the contract is claimed by every test in tests/system.
"""

from dataclasses import replace

import aiohttp
import pytest

from simulator import Call, LoopbackDiscord
from tests.contract.contract import Contract, contract
from tests.contract.description import Absent
from tests.contract.watch import ContractBroken, Watch

STORY = {
    "get_my_user",
    "get_bot_gateway",
    "bulk_set_application_commands",
    "create_message",
    "update_message",
    "get_message",
    "delete_message",
    "guild_role_member_counts",
}


@pytest.fixture(name="held")
def _held() -> Contract:
    try:
        return contract()
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture(name="calls")
async def _calls(held: Contract) -> list[Call]:  # noqa: ARG001 - without it there is no claim
    async with LoopbackDiscord() as discord:
        await tell(discord)
        return discord.calls


async def tell(discord: LoopbackDiscord) -> None:
    """Sync a command; count roles; write, edit, read and delete a message."""
    guild = discord.add_guild()
    channel = guild.channel("general")
    messages = f"/channels/{channel.id}/messages"
    application = discord.world.application_id
    command = {"name": "find", "description": "Find an item", "type": 1}
    headers = {"Authorization": f"Bot {discord.world.token}"}
    async with aiohttp.ClientSession(headers=headers) as client:

        async def ask(method: str, path: str, body: object = None) -> None:
            async with client.request(method, discord.api_url + path, json=body) as response:
                assert response.status < 300, await response.text()

        await ask("GET", "/users/@me")
        await ask("GET", "/gateway/bot")
        await ask("GET", f"/guilds/{guild.id}/roles/member-counts")
        await ask("PUT", f"/applications/{application}/commands", [command])
        await ask("POST", messages, {"content": "Hello", "nonce": "17", "enforce_nonce": True})
        one = f"{messages}/{channel.messages[-1].id}"
        await ask("PATCH", one, {"embeds": [{"title": "Stock", "color": 255}]})
        await ask("GET", one)
        await ask("DELETE", one)


def posted(calls: list[Call]) -> Call:
    return next(call for call in calls if call.method == "POST")


def test_every_route_of_a_story_is_described_and_kept(held: Contract, calls: list[Call]) -> None:
    assert [fault for call in calls for fault in held.judge(call)] == []
    assert held.covered >= STORY


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"content": 7}, "$.content: 7 is not of type"),
        ({"content": "x" * 4001}, "is too long"),
        ({"contents": "misspelt"}, "'contents' is not described"),
        ({"embeds": [{"title": "x", "color": "blue"}]}, "'blue' is not of type"),
        ({"components": [{"type": 99}]}, "fits no schema of the union"),
        (None, "None is not of type"),
    ],
)
def test_a_wrong_request_is_a_fault(
    held: Contract, calls: list[Call], body: object, fault: str
) -> None:
    (said,) = held.judge(replace(posted(calls), body=body))
    assert "request" in said
    assert fault in said


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": 5}, "$.id: 5 is not of type 'string'"),
        ({"timestamp": "yesterday"}, "'yesterday' is not a 'date-time'"),
        ({"flags": 2**31}, "is not a 'int32'"),
        ({"author": {"id": "1"}}, "is a required property"),
        ({"mood": "good"}, "'mood' is not described"),
    ],
)
def test_a_wrong_answer_is_a_fault(
    held: Contract, calls: list[Call], change: dict[str, object], fault: str
) -> None:
    right = posted(calls)
    (said,) = held.judge(replace(right, answer={**right.answer, **change}))
    assert "answer 200" in said
    assert fault in said


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"path": "/channels/1/letters"}, "no such route"),
        ({"method": "PUT"}, "no such route"),
        ({"path": "/channels/general/messages"}, "path: channel_id"),
        ({"query": {"wiat": "true"}}, "query: 'wiat' is not described"),
        ({"status": 202}, "this status is not described"),
        ({"status": 400}, "answer 400"),
        ({"status": 429, "answer": {"message": "x", "code": 0}}, "'retry_after' is a required"),
    ],
)
def test_a_wrong_route_or_status_is_a_fault(
    held: Contract, calls: list[Call], change: dict[str, object], fault: str
) -> None:
    said = held.judge(replace(posted(calls), **change))  # type: ignore[arg-type]  # names of fields
    assert any(fault in each for each in said), said


def test_integers_may_be_written_as_strings(held: Contract, calls: list[Call]) -> None:
    right = posted(calls)
    assert held.judge(replace(right, body={"content": "x", "flags": "4096", "nonce": "12"})) == []
    assert held.judge(replace(right, body={"content": "x", "flags": "many"}))


async def misuse() -> None:
    async with LoopbackDiscord() as discord:
        await tell(discord)
        posted(discord.calls).body["mood"] = "good"


async def test_a_breach_fails_the_test_that_leaves_the_discord(held: Contract) -> None:
    with pytest.MonkeyPatch.context() as patch:
        Watch(held).install(patch)
        with pytest.raises(ContractBroken, match="'mood' is not described"):
            await misuse()
