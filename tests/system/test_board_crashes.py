"""kill -9 while a board is created, edited or removed: one message, in the true state."""

import asyncio
import random
from typing import Any

import pytest

from simulator import Channel, Message
from tests.system.depots import OPENING_RECORDS, Depot
from tests.system.health import POLL_SECONDS
from tests.system.ledger import require_sound
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

SOON_SECONDS = 60
KILLS = 60
PUTTING: dict[str, Any] = {"item": "BOLT-8", "quantity": "1", "location": "A1"}


async def require_one(channel: Channel, text: str) -> Message:
    """Wait for a board to say this; there may be no other message beside it."""
    message = await channel.wait_for(lambda it: text in it.text, SOON_SECONDS)
    assert [it.id for it in channel.messages] == [message.id]
    return message


async def open_board(depot: Depot) -> Channel:
    floor = depot.guild.add_channel("floor")
    await depot.boss.slash("board create", channel=floor, kind="stock")
    await require_one(floor, "**100 pcs**")
    # It is seen before it is noted, and the next death is to be that of an edit.
    noted = f"SELECT 1 FROM board_message WHERE guild_id = {depot.guild.id} AND message_id > 0"
    async with asyncio.timeout(SOON_SECONDS):
        while not (await depot.ledger.read(noted))[0]:  # noqa: ASYNC110  # another process
            await asyncio.sleep(POLL_SECONDS)
    return floor


@pytest.mark.parametrize(
    "point",
    [
        "after commit",
        "before a board is posted",
        "before a board is noted",
        pytest.param("before a board is drawn", marks=pytest.mark.soak),
        pytest.param("after a board is noted", marks=pytest.mark.soak),
        pytest.param("after a board is drawn", marks=pytest.mark.soak),
    ],
)
async def test_a_board_whose_process_dies_while_it_is_posted_is_one_message(
    ward: Ward,  # the fixture
    point: str,
) -> None:
    depot = await ward.depot()
    floor = depot.guild.add_channel("floor")
    ward.die_at(point)
    depot.boss.send_slash("board create", channel=floor, kind="stock")
    await ward.death()
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    await require_one(floor, "**100 pcs**")
    await depot.clerk.slash("put", **PUTTING)
    await require_one(floor, "**101 pcs**")


@pytest.mark.parametrize(
    "point",
    [
        "before a board is drawn",
        "before a board is noted",
        pytest.param("after commit", marks=pytest.mark.soak),
        pytest.param("after a board is noted", marks=pytest.mark.soak),
    ],
)
async def test_a_board_whose_process_dies_while_it_is_edited_ends_true(
    ward: Ward,  # the fixture
    point: str,
) -> None:
    depot = await ward.depot()
    floor = await open_board(depot)
    (message,) = floor.messages
    ward.die_at(point)
    depot.clerk.send_slash("put", **PUTTING)
    await ward.death()
    await ward.rise()
    assert (await require_one(floor, "**101 pcs**")).id == message.id
    await require_sound(depot.ledger, depot.guild.id)


async def test_a_board_whose_process_dies_while_it_is_removed_is_gone(
    ward: Ward,  # the fixture
) -> None:
    depot = await ward.depot()
    floor = await open_board(depot)
    ward.die_at("before a board is drawn")
    depot.boss.send_slash("board remove", channel=str(floor.id))
    await ward.death()
    await ward.rise()
    await floor.pulse.until(lambda: not floor.messages, SOON_SECONDS, "an empty channel")


@pytest.mark.soak
async def test_a_board_of_a_process_that_is_killed_again_and_again_ends_true(
    ward: Ward,  # the fixture
) -> None:
    depot, dice = await ward.depot(), random.Random(7)  # a test's dice
    floor = await open_board(depot)
    (message,) = floor.messages
    for _ in range(KILLS):
        for _put in range(dice.randint(1, 8)):
            depot.clerk.send_slash("put", **PUTTING)
        await asyncio.sleep(dice.uniform(0.0, 7.0))
        await ward.bot.kill()
        assert [it.id for it in floor.messages] == [message.id]
        await ward.rise()
    records = await require_sound(depot.ledger, depot.guild.id)
    total = 100 + records - OPENING_RECORDS - 1
    assert (await require_one(floor, f"**{total} pcs**")).id == message.id
