"""The plans that a connection keeps: made for small books, used for large ones, and made once."""

from decimal import Decimal

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.statements import driver_of
from bot.database.transactions import transaction
from bot.services.stock import MoveStock, TakeStock, move_stock, take_stock
from tests.database.books import Warehouse
from tests.services.imports.files import import_file

pytestmark = pytest.mark.only_on("postgresql")

_PARTS = 1500
# How many rows of a table the server looked at, told when a connection ends.
_LOOKED_AT = text(
    "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'item'"
)
_WALKS = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'audit_event'")
_PLANNED_AGAIN = "SELECT statement FROM pg_prepared_statements WHERE custom_plans > 5"


async def count(url: str, statement: TextClause) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        counted = await connection.scalar(statement)
    await engine.dispose()
    return int(counted or 0)


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
    before = await count(own_database_url, _WALKS)
    warehouse.db = db = DatabaseService(settings)
    for _ in range(20):
        await warehouse.put(item, 1, shelf)
    await db.close()
    assert await count(own_database_url, _WALKS) == before


async def test_a_first_import_checks_its_levels_by_the_items_keys(own_database_url: str) -> None:
    """What foreign keys ask was planned for a handful of items, by an index that names the guild.

    Kept, that plan would look at all items for each level.
    """
    db = DatabaseService(DatabaseSettings(own_database_url, pool_size=1))
    warehouse = await Warehouse.open(db)
    shelf = await warehouse.add_shelf("A1")
    for number in range(8):
        await warehouse.put(await warehouse.add_item(f"OLD-{number}"), 1, shelf)
    rows = [f"NEW-{number},Part {number},A1,1" for number in range(_PARTS)]
    before = await count(own_database_url, _LOOKED_AT)
    await import_file(warehouse, "\n".join(["sku,name,place,quantity", *rows]))
    await db.close()
    assert await count(own_database_url, _LOOKED_AT) - before < 20 * _PARTS


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
