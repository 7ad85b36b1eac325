"""Many people at once, in two guilds, and two processes at once: the books stay right."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
import pytest_asyncio

from simulator import Actor, Process, Reply
from tests.system.conftest import START_SECONDS, Office
from tests.system.depots import OPENING_RECORDS, record_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

A_WHILE_SECONDS = 60


async def shift(person: Actor, number: int, rounds: int) -> list[Reply]:
    """Work: put, carry and take, one after another, some of it more than there is."""
    replies = []
    for turn in range(rounds):
        here, there = ("A1", "B2") if (number + turn) % 2 else ("B2", "A1")
        quantity = str((number * 7 + turn * 3) % 40 + 1)
        command = ("put", "move", "take")[(number + turn) % 3]
        ends: dict[str, Any] = (
            {"from_": here, "to": there} if command == "move" else {"location": here}
        )
        sent = person.send_slash(command, item="BOLT-8", quantity=quantity, **ends)
        replies.append(await sent.answered(A_WHILE_SECONDS))
    return replies


def require_each_record_once(replies: Iterable[Reply], records: int) -> None:
    """Check that the answers name all records but the first, once each, or refuse in words."""
    told = [record_of(reply) for reply in replies if "holds" not in reply.text]
    assert sorted(told) == list(range(OPENING_RECORDS + 1, records + 1))


@pytest.mark.soak_on("sqlite")
async def test_two_guilds_work_at_once_and_their_books_stay_right(
    shared_office: Office, shared_bot: Process
) -> None:
    assert shared_bot.exit_code is None
    depots = [await shared_office.depot("North"), await shared_office.depot("South")]
    shifts = {
        depot.guild.id: [
            shift(depot.add_clerk(f"clerk {number}"), number, 13) for number in range(8)
        ]
        for depot in depots
    }
    done = await asyncio.gather(*(asyncio.gather(*each) for each in shifts.values()))
    for depot, replies in zip(depots, done, strict=True):
        everything = [reply for each in replies for reply in each]
        records = max(record_of(reply) for reply in everything if "holds" not in reply.text)
        require_each_record_once(everything, records)
        await depot.require_in_order(records)
        depot.require_prompt()
        # Each move started from the level that the one before had left.
        assert len(everything) == 8 * 13
        for reply in everything:
            assert depot.guild.name not in reply.text


async def test_a_race_for_the_last_ones_has_one_winner(
    shared_office: Office, shared_bot: Process
) -> None:
    assert shared_bot.exit_code is None
    depot = await shared_office.depot()
    clerks = [depot.add_clerk(f"clerk {number}") for number in range(5)]
    replies = await asyncio.gather(
        *(clerk.slash("take", item="BOLT-8", quantity="60", location="A1") for clerk in clerks)
    )
    assert sorted("Took" in reply.text for reply in replies) == [False] * 4 + [True]
    assert all(
        "A1 holds 40 pcs of BOLT-8; you asked for 60." in reply.text
        for reply in replies
        if "Took" not in reply.text
    )
    await depot.require_in_order(OPENING_RECORDS + 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins(shared_office: Office, shared_bot: Process) -> AsyncIterator[Office]:
    """Two processes on shard 0, as for the moment when one takes over from the other."""
    assert shared_bot.exit_code is None
    async with shared_office.bot() as second:
        gateway = shared_office.discord.gateway
        await gateway.pulse.until(lambda: len(gateway.live) > 1, START_SECONDS, "two processes")
        await shared_office.ready(second)
        yield shared_office
        assert await second.terminate() == 0
        assert "Traceback" not in second.output


@pytest.mark.only_on("postgresql")
async def test_two_processes_that_hear_the_same_have_one_effect(twins: Office) -> None:
    depot = await twins.depot()
    # Enough for all: what one process refuses, the other may find possible a moment later.
    for shelf in ("A1", "B2"):
        await depot.boss.slash("put", item="BOLT-8", quantity="5000", location=shelf)
    clerks = [depot.add_clerk(f"clerk {number}") for number in range(4)]
    shifts = (shift(clerk, number, 10) for number, clerk in enumerate(clerks))
    replies = [reply for each in await asyncio.gather(*shifts) for reply in each]
    records = OPENING_RECORDS + 2 + len(replies)
    assert sorted(map(record_of, replies)) == list(range(OPENING_RECORDS + 3, records + 1))
    await depot.require_in_order(records)


@pytest.mark.only_on("postgresql")
async def test_a_binding_made_through_one_process_counts_at_once_for_both(twins: Office) -> None:
    depot = await twins.depot()
    visitor = depot.discord.act_as(depot.guild.add_member("visitor"))
    everyone: dict[str, Any] = {"discord_role": depot.guild.everyone, "role": "viewer"}
    for verb, words in (("bind", "100 pcs"), ("unbind", "You don't have permission")) * 3:
        await depot.boss.slash(f"role {verb}", **everyone)
        assert words in (await visitor.slash("find", query="BOLT-8")).text
    await depot.require_in_order(OPENING_RECORDS + 6)
