"""Processes share a token: together never more than Discord allows it, whatever happens to them."""

import asyncio
import random
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from bot.database.delivery.token_shares import HELD, TokenShares
from bot.database.service import DatabaseService
from bot.identifying import TURN_SECONDS, IdentifyPace
from bot.pacing.shares import ALL_PERMITS, Holder, bounds_of, fair_share, grant
from tests.database.clock import Clock

APPLICATION = 4711


async def test_processes_never_hold_more_than_there_is_and_soon_all_that_there_is(
    db: DatabaseService, clock: Clock
) -> None:
    chance = random.Random(7)
    held: dict[TokenShares, tuple[int, datetime]] = {}
    processes = [TokenShares(db) for _ in range(5)]
    for _ in range(120):
        clock.advance(seconds=chance.choice((0, 1, 3, 10)))
        process = chance.choice(processes)
        what = chance.random()
        if what < 0.1:
            await process.release(APPLICATION)
            held.pop(process, None)
        elif what < 0.2:  # killed: what it held is free when that has run out
            processes[processes.index(process)] = TokenShares(db)
        else:
            permits, _ = await process.renew(APPLICATION, waiting=chance.choice((0, 0, 500)))
            held[process] = (permits, clock() + HELD)
        assert sum(permits for permits, until in held.values() if until >= clock()) <= ALL_PERMITS
    clock.advance(seconds=2 * HELD.total_seconds())
    for _ in range(3):
        last = [await process.renew(APPLICATION, waiting=10) for process in processes]
        clock.advance(seconds=5)
    assert [permits for permits, _ in last] == [ALL_PERMITS // 5] * 5
    assert not any(is_too_little for _, is_too_little in last)


async def test_two_that_start_at_once_do_not_both_take_all(db: DatabaseService) -> None:
    first, second = TokenShares(db), TokenShares(db)
    taken = await asyncio.gather(first.renew(APPLICATION, 0), second.renew(APPLICATION, 0))
    assert sum(permits for permits, _ in taken) <= ALL_PERMITS


async def test_a_process_that_starts_finds_a_part_that_no_other_has_taken(
    db: DatabaseService,
) -> None:
    taken, _ = await TokenShares(db, processes=4).renew(APPLICATION, waiting=500)
    assert taken > ALL_PERMITS * 3 // 4
    for _ in range(3):
        found, _ = await TokenShares(db, processes=4).renew(APPLICATION, waiting=0)
        assert found == ALL_PERMITS // 16


def test_who_has_much_to_deliver_gets_what_others_do_not_need() -> None:
    assert fair_share(500, [Holder(0, waiting=0)] * 3) > ALL_PERMITS * 3 // 4
    assert fair_share(0, [Holder(0, waiting=500)] * 3) > 0
    assert fair_share(0, []) == grant(0, []) == ALL_PERMITS
    assert grant(500, [Holder(ALL_PERMITS, waiting=0)]) == 0, "until it gives some back"
    assert bounds_of(ALL_PERMITS) == (45, 1.0)
    assert bounds_of(4) == (1, 2.5)


async def test_shards_identify_five_seconds_apart_whichever_process_has_them(
    db: DatabaseService, clock: Clock
) -> None:
    """Eight shards of four processes, of which two may identify at a time."""
    identified: dict[int, list[datetime]] = defaultdict(list)

    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    async def start(shards: tuple[int, ...]) -> None:
        pace = IdentifyPace(TokenShares(db), clock=lambda: clock().timestamp(), sleep=sleep)
        pace.max_concurrency = 2
        for shard in shards:
            await pace.take(APPLICATION, shard)
            await pace.require(APPLICATION, shard)
            identified[shard % 2].append(clock())

    await asyncio.gather(*(start(shards) for shards in ((0, 1), (2, 3), (4, 5), (6, 7))))
    for times in identified.values():
        assert len(times) == 4
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert min(gaps) >= timedelta(seconds=TURN_SECONDS)
