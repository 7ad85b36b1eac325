"""Reads on SQLite that take too long, or that no one waits for any more."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import text

from bot.database.interruptible import InterruptibleConnection
from bot.database.statements import driver_of
from bot.errors import Unavailable
from tests.database.books import Warehouse

pytestmark = pytest.mark.only_on("sqlite")

# Counts for minutes.
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT begun() UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) "
    "SELECT COUNT(*) FROM n"
)


class Begun:
    """How many endless reads run: each counts itself when SQLite has begun it."""

    def __init__(self, wanted: int) -> None:
        self._all = threading.Semaphore(0)
        self._wanted = wanted

    def __call__(self) -> int:
        self._all.release()
        return 1

    async def wait(self) -> None:
        for _ in range(self._wanted):
            assert await asyncio.to_thread(self._all.acquire, timeout=30)


async def read_on(
    warehouse: Warehouse, begun: Begun, *, is_direct: bool, deadline_seconds: float
) -> None:
    async with warehouse.db.look_up(warehouse.employee) as books:
        connection = books.scope.connection
        driver = driver_of(connection)
        assert isinstance(driver, InterruptibleConnection)
        await driver.create_function("begun", 0, begun)
        driver._deadline_seconds = deadline_seconds
        if is_direct:
            await driver.execute_fetchall(ENDLESS)
        else:
            await connection.execute(text(ENDLESS))


async def test_a_read_ends_at_its_deadline_and_counts_as_busy(warehouse: Warehouse) -> None:
    with pytest.raises(Unavailable):
        await read_on(warehouse, Begun(1), is_direct=False, deadline_seconds=0.05)


@pytest.mark.parametrize("is_direct", [False, True], ids=["SQLAlchemy", "driver"])
async def test_a_cancelled_read_gives_its_connection_back_at_once(
    warehouse: Warehouse,
    is_direct: bool,  # noqa: FBT001 - by which way it runs
) -> None:
    begun = Begun(3)
    readers = [
        asyncio.create_task(read_on(warehouse, begun, is_direct=is_direct, deadline_seconds=60))
        for _ in range(3)
    ]
    await begun.wait()
    began = time.monotonic()
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    async with warehouse.db.look_up(warehouse.employee) as books:
        assert await books.items.count() >= 0
    assert time.monotonic() - began < 1
    assert next(p for p in warehouse.db.list_pools() if p.name == "read").in_use == 0


async def test_one_guild_never_holds_every_reader(warehouse: Warehouse) -> None:
    begun = Begun(3)
    busy = [
        asyncio.create_task(read_on(warehouse, begun, is_direct=False, deadline_seconds=60))
        for _ in range(12)
    ]
    await begun.wait()
    figures = {pool.name: pool for pool in warehouse.db.list_pools()}
    assert figures["read"].in_use == 3 < figures["read"].size
    for task in busy:
        task.cancel()
    await asyncio.wait(busy)
