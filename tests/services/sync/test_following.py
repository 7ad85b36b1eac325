"""Whatever happens while devices pull, at any size of page, none of them misses a change."""

import asyncio
import sqlite3
from pathlib import Path
from random import Random

import pytest

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from tests.conftest import DATA_KEY, SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.sync.acts import Clerk, furnish
from tests.services.sync.copies import DeviceCopy, require_ordered, require_same

SEEDS = range(40 if SOAK else 1)
ACTS = 400 if SOAK else 120
WRITERS, EACH = 16, 60 if SOAK else 6


@pytest.mark.parametrize("seed", SEEDS)
async def test_devices_at_any_pace_end_with_what_the_books_are(
    warehouse: Warehouse, seed: int
) -> None:
    random = Random(seed)
    await furnish(warehouse)
    clerk = Clerk(warehouse, random)
    copies = [DeviceCopy(warehouse, limit=limit) for limit in (1, 3, 5000)]
    for _ in range(ACTS):
        await clerk.act()
        if random.random() < 0.4:
            await random.choice(copies).pull()
    assert clerk.done > ACTS / 3
    for copy in copies:
        is_first = copy.cursor is None or copy.cursor.startswith("s.")
        changes = await copy.follow()
        if not is_first:
            require_ordered(changes)
        await require_same(copy)
        assert copy.resets == 1


@pytest.mark.slow
@pytest.mark.only_on("postgresql")
async def test_no_poll_misses_a_change_of_sixteen_writers(warehouse: Warehouse) -> None:
    await furnish(warehouse)
    clerks = [Clerk(warehouse, Random(n), n) for n in range(WRITERS)]
    copies = [DeviceCopy(warehouse, limit=limit) for limit in (2, 5000)]

    async def work(clerk: Clerk) -> None:
        for _ in range(EACH):
            await clerk.act()

    async def poll(copy: DeviceCopy) -> None:
        while not writing.done():
            await copy.pull()

    writing = asyncio.gather(*map(work, clerks))
    await asyncio.gather(writing, *map(poll, copies))
    assert sum(clerk.done for clerk in clerks) > WRITERS * EACH / 4
    for copy in copies:
        await copy.follow()
        await require_same(copy)
        assert copy.resets == 1


@pytest.mark.only_on("sqlite")
async def test_books_that_were_restored_from_a_backup_are_copied_from_the_start(
    warehouse: Warehouse, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    await furnish(warehouse)
    behind, ahead, midway = (DeviceCopy(warehouse, limit=limit) for limit in (5000, 5000, 1))
    await behind.follow()
    older = tmp_path / "older.db"
    with sqlite3.connect(database_url.partition("///")[2]) as now, sqlite3.connect(older) as backup:
        now.backup(backup)
    lost = Clerk(warehouse, Random(1), 1)
    for _ in range(10):
        await lost.act()
    await ahead.follow()
    await midway.pull()
    settings = DatabaseSettings(f"sqlite+aiosqlite:///{older}", data_key=DATA_KEY)
    service = DatabaseService(settings, clock=clock)
    try:
        restored = Warehouse(service, warehouse.guild_id)
        other = Clerk(restored, Random(2), 2)
        for copy, resets in ((behind, 1), (ahead, 2), (midway, 2)):
            copy.warehouse = restored
            # As many records as were lost, and more: their numbers say nothing.
            for _ in range(15):
                await other.act()
            await copy.follow()
            await require_same(copy)
            assert copy.resets == resets
    finally:
        await service.close()
