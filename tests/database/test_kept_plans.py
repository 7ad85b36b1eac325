"""The plans that a connection keeps: made for small books, used for large ones, and made once."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.statements import driver_of
from bot.database.transactions import transaction
from bot.services.stock import MoveStock, TakeStock, move_stock, take_stock
from tests.database.books import Warehouse

pytestmark = pytest.mark.only_on("postgresql")

_WALKS = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'audit_event'")
_PLANNED_AGAIN = "SELECT statement FROM pg_prepared_statements WHERE custom_plans > 5"


async def count_walks(url: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        walks = await connection.scalar(_WALKS)
    await engine.dispose()
    return int(walks or 0)


async def analyze(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE"))
    await engine.dispose()


async def test_a_unit_never_walks_a_table_that_was_small_when_its_connection_was_new(
    own_database_url: str,
) -> None:
    """A server counts what it did when a connection ends."""
    settings = DatabaseSettings(own_database_url, pool_size=1)
    db = DatabaseService(settings)
    warehouse = await Warehouse.open(db)
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await db.close()
    await analyze(own_database_url)
    before = await count_walks(own_database_url)
    warehouse.db = db = DatabaseService(settings)
    for _ in range(20):
        await warehouse.put(item, 1, shelf)
    await db.close()
    assert await count_walks(own_database_url) == before


async def test_moves_are_not_planned_again_whatever_names_what_they_move(
    own_database_url: str,
) -> None:
    """After five times the server compares, and keeps a plan that is as good for any values."""
    db = DatabaseService(DatabaseSettings(own_database_url, pool_size=1))
    warehouse = await Warehouse.open(db)
    item = await warehouse.add_item()
    shelves = [await warehouse.add_shelf(name) for name in ("A1", "A2")]
    await warehouse.put(item, 100, shelves[0])
    await analyze(own_database_url)
    for turn in range(8):
        source, target = shelves if turn % 2 == 0 else reversed(shelves)
        ids = MoveStock(item=item.id, source=source.id, target=target.id, quantity=Decimal(1))
        await warehouse.run(move_stock, ids, warehouse.employee)
        typed = TakeStock(item=item.sku, location=shelves[0].name, quantity=Decimal(1))
        await warehouse.run(take_stock, typed, warehouse.employee)
    async with transaction(db._engines.write) as connection:
        again = [row[0] for row in await driver_of(connection).fetch(_PLANNED_AGAIN)]
    await db.close()
    assert again == []
