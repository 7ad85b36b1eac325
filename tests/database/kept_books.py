"""Books that were opened once on SQLite: tests of a warehouse begin in copies of them."""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from bot.database.engine import DatabaseSettings
from bot.database.models import metadata
from bot.database.service import DatabaseService
from tests.database.books import Warehouse, snapshot
from tests.database.clock import Clock
from tests.database.servers import Databases

# No two requests of a process have the same key, and the records' hashes are over theirs.
_KEYED = ("key", "operation_id", "hash", "chain_head")


@cache
def open_once(databases: Databases, data_key: str) -> Path:
    """Return a file with the books of `warehouse`, for the tests of this process."""
    file = databases.own_file("warehouse.db")
    settings = DatabaseSettings(databases.copy_sqlite(file), data_key=data_key)

    async def open_it() -> None:
        db = DatabaseService(settings, clock=Clock())
        await Warehouse.open(db)
        await db.close()

    asyncio.run(open_it())
    return file


async def read_but_keys(db: DatabaseService) -> dict[str, list[dict[str, Any]]]:
    """Read every row of every table, for a comparison with books that were opened elsewhere."""
    names = {table.name: table.columns.keys() for table in metadata.sorted_tables}
    return {
        table: sorted((_row(names[table], row) for row in rows), key=repr)
        for table, rows in (await snapshot(db)).items()
    }


def _row(names: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    row = zip(names, values, strict=True)
    return {name: value for name, value in row if name not in _KEYED}
