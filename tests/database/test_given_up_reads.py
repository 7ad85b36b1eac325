"""Reads on SQLite that take too long, or that no one waits for any more."""

import asyncio
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
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) "
    "SELECT COUNT(*) FROM n"
)


async def read_on(warehouse: Warehouse, *, is_direct: bool, deadline_seconds: float) -> None:
    async with warehouse.db.look_up(warehouse.employee) as books:
        connection = books.scope.connection
        driver = driver_of(connection)
        assert isinstance(driver, InterruptibleConnection)
        driver._deadline_seconds = deadline_seconds
        if is_direct:
            await driver.execute_fetchall(ENDLESS)
        else:
            await connection.execute(text(ENDLESS))


async def test_a_read_ends_at_its_deadline_and_counts_as_busy(warehouse: Warehouse) -> None:
    with pytest.raises(Unavailable):
        await read_on(warehouse, is_direct=False, deadline_seconds=0.1)


@pytest.mark.parametrize("is_direct", [False, True], ids=["SQLAlchemy", "driver"])
async def test_a_cancelled_read_gives_its_connection_back_at_once(
    warehouse: Warehouse,
    is_direct: bool,  # noqa: FBT001 - by which way it runs
) -> None:
    readers = [
        asyncio.create_task(read_on(warehouse, is_direct=is_direct, deadline_seconds=60))
        for _ in range(3)
    ]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    async with warehouse.db.look_up(warehouse.employee) as books:
        assert await books.items.count() >= 0
    assert time.monotonic() - began < 1
    assert next(p for p in warehouse.db.list_pools() if p.name == "read").in_use == 0


async def test_one_guild_never_holds_every_reader(warehouse: Warehouse) -> None:
    busy = [
        asyncio.create_task(read_on(warehouse, is_direct=False, deadline_seconds=60))
        for _ in range(12)
    ]
    await asyncio.sleep(0.2)
    figures = {pool.name: pool for pool in warehouse.db.list_pools()}
    assert figures["read"].in_use == 3 < figures["read"].size
    for task in busy:
        task.cancel()
    await asyncio.wait(busy)
