"""One guild floods the bot in every way that it can, and another notices nothing (`make soak`).

Each flood lasts ten seconds, a burst comes at once. Meanwhile the other guild's clerk sends a
`/find` and a `/take` every quarter of a second: all are answered, none is refused, and 99 of 100
within a second.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest
import pytest_asyncio

from simulator import InteractionFailed, NoAnswer, Process, Reply, options
from simulator.interactions import Kind
from tests.system.conftest import Office
from tests.system.depots import TAKING, Depot
from tests.system.ledger import Ledger
from tests.system.memory import computed_seconds, memory_mib

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
]

MOVES = int(os.environ.get("FLOODED_MOVES", "100000"))
FLOOD_SECONDS = 10.0
EVERY_SECONDS = 0.25
ANSWERED_WITHIN_SECONDS = 1.0
MORE_MEMORY_MIB = 20.0
ONE: dict[str, Any] = {"item": "BOLT-8", "quantity": "1", "location": "A1"}


@dataclass
class Town:
    """Two guilds of one bot: the flooded one has large books."""

    bot: Process
    flooded: Depot
    other: Depot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def flooded_bot(shared_office: Office) -> AsyncIterator[Process]:
    """A bot that logs what it logs in use."""
    async with shared_office.bot(LOG_LEVEL="INFO") as bot:
        await shared_office.ready(bot)
        yield bot
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.output


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(shared_office: Office, flooded_bot: Process) -> AsyncIterator[Town]:
    town = Town(flooded_bot, await shared_office.depot("Flooded"), await shared_office.depot())
    await fill(shared_office.ledger, town.flooded.guild.id)
    for depot in (town.flooded, town.other):
        await depot.boss.slash("put", item="BOLT-8", quantity="500000", location="A1")
    auditors = town.flooded.guild.add_role("Auditors")
    await town.flooded.boss.slash("role bind", discord_role=auditors, role="auditor")
    town.flooded.guild.members[town.flooded.boss.user.id].roles.append(auditors)
    # What a process keeps once it was used.
    await asyncio.gather(flood(50, lambda: town.flooded.clerk.send_slash("put", **ONE), 3.0))
    yield town


async def fill(ledger: Ledger, guild_id: int) -> None:
    """Give a guild a long history, whose hashes are none: verifying takes as long."""
    first = 1000
    events = (
        "INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source, "
        "action, subject_type, subject, detail, hash) SELECT {g}, {first} + n, 2, {at}, 'member', "
        "77, 'discord', 'stock.moved', 'item', 'BOLT-8', '{{}}', 'none' FROM {series}"
    )
    moves = (
        "INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id, "
        "quantity, actor_id) SELECT {g}, {first} + n, 1, i.id, 0, l.source, l.target, {one}, 77 "
        "FROM {series}, (SELECT id FROM item WHERE guild_id = {g}) i, (SELECT MIN(id) AS source, "
        "MAX(id) AS target FROM location WHERE guild_id = {g} AND id > 4) l"
    )
    book = "UPDATE book SET last_record = {first} + {count} WHERE guild_id = {g}"
    words: dict[str, Any] = {"g": guild_id, "first": first, "count": MOVES}
    if ledger.is_sqlite:
        numbers = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM s WHERE n < {MOVES})"
        words |= {"at": "'2026-01-01 00:00:00'", "one": 1000}
        words["series"] = f"({numbers} SELECT n FROM s)"
    else:
        words |= {"at": "'2026-01-01'::timestamptz", "one": 1}
        words["series"] = f"generate_series(1, {MOVES}) n"
    statements = [each.format(**words) for each in (events, moves, book)]
    if ledger.is_sqlite:
        with closing(ledger._open()) as file:
            for statement in (*statements, "ANALYZE"):
                file.execute(statement)
            file.commit()
        return
    connection = await ledger.connect()
    for statement in (*statements, "ANALYZE"):
        await connection.execute(statement)
    await connection.close()


async def flood(per_second: float, send: Callable[[], Reply], seconds: float) -> list[Reply]:
    """Send so many a second, whether they are answered or not."""
    replies: list[Reply] = []
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        while len(replies) < per_second * passed:
            replies.append(send())
        await asyncio.sleep(0.01)
    return replies


@dataclass
class Answered:
    """How one command of the other guild came out."""

    command: str
    seconds: float
    text: str


async def answer(depot: Depot, command: str) -> Answered:
    """Send one command and wait for what the person sees."""
    given: dict[str, Any] = {"query": "BOLT-8"} if command == "find" else TAKING
    began = time.monotonic()
    reply = depot.clerk.send_slash(command, **given)
    text = "no response"
    with suppress(NoAnswer, InteractionFailed):
        text = (await reply.answered(10)).text
    return Answered(command, time.monotonic() - began, text)


async def work(depot: Depot, until: asyncio.Future[Any]) -> list[Answered]:
    """Work as one person does, for as long as the flood lasts."""
    sent = []
    while not until.done():
        sent += [asyncio.create_task(answer(depot, each)) for each in ("find", "take")]
        await asyncio.sleep(EVERY_SECONDS)
    return list(await asyncio.gather(*sent))


def stranger(depot: Depot, command: str) -> Callable[[], Reply]:
    """A member without any role."""
    person = depot.discord.act_as(depot.guild.add_member("stranger"))
    return lambda: person.send_slash(command, **ONE)


def crowd(depot: Depot) -> Callable[[], Reply]:
    """Many people with the right, one after another."""
    people = [depot.add_clerk(f"clerk {number}") for number in range(100)]
    turns = iter(range(10**9))
    return lambda: people[next(turns) % 100].send_slash("put", **ONE)


def box(depot: Depot) -> Reply:
    """Look at the item box of `/take` before anything is typed."""
    clerk = depot.clerk
    typed = options.find(clerk.world, clerk.guild, "take")
    options.fill(typed, {"item": ""}, raw=False, focused="item")
    return clerk._send(Kind.AUTOCOMPLETE, typed.data())


FLOODS: dict[str, tuple[float, Callable[[Depot], Callable[[], Reply]]]] = {
    "nothing": (0.1, lambda d: lambda: d.clerk.send_slash("put", **ONE)),
    "a stranger's /take, 50 a second": (50, lambda d: stranger(d, "take")),
    "a stranger's /take, 150 a second": (150, lambda d: stranger(d, "take")),
    "a stranger's /take, 400 a second": (400, lambda d: stranger(d, "take")),
    "a clerk's /put, 150 a second": (150, lambda d: lambda: d.clerk.send_slash("put", **ONE)),
    "a hundred clerks' /put, 150 a second": (150, crowd),
    "20 exports": (2, lambda d: lambda: d.boss.send_slash("audit export")),
    "5 verifications": (0.5, lambda d: lambda: d.boss.send_slash("audit verify")),
    "200 histories of a member": (
        20,
        lambda d: lambda: d.boss.send_slash("history", member=d.guild.members[d.clerk.user.id]),
    ),
    "empty item boxes, 50 a second": (50, lambda d: lambda: box(d)),
}


# What is sent at once, and how much of it.
BURSTS: dict[str, tuple[int, Callable[[Depot], Callable[[], Reply]]]] = {
    "a burst of 10,000 of a stranger's /take": (10_000, lambda d: stranger(d, "take")),
    "a burst of 10,000 of a hundred clerks' /put": (10_000, crowd),
    "100 audit searches at once": (100, lambda d: lambda: search(d)),
}


def search(depot: Depot) -> Reply:
    """Search all records of a person, of whom there are many."""
    return depot.boss.send_slash("audit search", member=depot.guild.members[depot.clerk.user.id])


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_of_one_guild_is_not_noticed_in_another(town: Town, name: str) -> None:
    per_second, prepare = FLOODS[name]
    send = prepare(town.flooded)
    await answer(town.other, "take")
    before = memory_mib(town.bot)
    flooding = asyncio.ensure_future(flood(per_second, send, FLOOD_SECONDS))
    seen = await work(town.other, flooding)
    replies = await flooding
    await require_unnoticed(town, name, seen, replies, before)


@pytest.mark.parametrize("name", BURSTS)
async def test_a_burst_of_one_guild_is_not_noticed_in_another(town: Town, name: str) -> None:
    count, prepare = BURSTS[name]
    send = prepare(town.flooded)
    await answer(town.other, "take")
    before = memory_mib(town.bot)
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    working = asyncio.create_task(work(town.other, over))
    await asyncio.sleep(1)
    replies: list[Reply] = []
    computed = time.process_time(), computed_seconds(town.bot)
    while len(replies) < count:
        replies += [send() for _ in range(10)]
        # The other guild's people and the Discord that hears the bot are in this process, too: at
        # fifty a turn, each request of the bot waited for 15 ms at each of its steps.
        await asyncio.sleep(0)
    ours = time.process_time() - computed[0]
    await asyncio.sleep(FLOOD_SECONDS)
    over.set_result(None)
    theirs = computed_seconds(town.bot) - computed[1]
    print(f"\n{name}: sending took {ours:.1f} s of computing, the bot {theirs:.1f} s")  # noqa: T201
    await require_unnoticed(town, name, await working, replies, before)


async def require_unnoticed(
    town: Town, name: str, seen: list[Answered], replies: list[Reply], before: float
) -> None:
    """Check what the other guild's person saw and what the process keeps, and print it."""
    await asyncio.sleep(3)
    grown = memory_mib(town.bot) - before
    slowest = {
        command: sorted(each.seconds for each in seen if each.command == command)
        for command in ("find", "take")
    }
    refused = [each.text for each in seen if "BOLT-8" not in each.text]
    figures = ", ".join(
        f"/{command} p50 {median(took) * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms"
        for command, took in slowest.items()
    )
    answered = sum(reply.interaction.callback is not None for reply in replies)
    both = sorted(each.seconds for each in seen)
    percentile = both[int(0.99 * len(both)) - 1]
    load = os.getloadavg()[0]
    print(  # noqa: T201  # the figures of a long run
        f"\n{name}: {figures}; p99 {percentile * 1000:.0f} ms; {len(refused)} of {len(seen)} "
        f"refused {dict(Counter(refused))}; {answered} of {len(replies)} answered; "
        f"memory {grown:+.1f} MiB; load {load:.1f}"
    )
    assert not refused
    assert percentile < ANSWERED_WITHIN_SECONDS
    assert grown < MORE_MEMORY_MIB
