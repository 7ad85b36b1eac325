"""Upkeep of the database as a whole: what the planner knows, and whether SQLite's file is whole.

Neither belongs to a guild. Both go table by table, so that no one waits for more than one of them.
"""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from loguru import logger
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.condition import Condition
from bot.database.engine import Engines
from bot.database.maintenance import Maintenance
from bot.database.models import metadata

# How many rows of an index SQLite looks at: milliseconds, however large the books are.
ANALYSIS_LIMIT: Final = text("PRAGMA analysis_limit = 400")
# A bot that is not the owner may not gather statistics; then the server's own daemon does.
_OWNED: Final = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = current_schema()::regnamespace AND pg_has_role(relowner, 'USAGE')"
)
_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


class Upkeep:
    """What the database needs now and then; each call may be repeated or left out."""

    def __init__(
        self, engines: Engines, maintenance: Maintenance, condition: Condition, file: Path | None
    ) -> None:
        self._engines = engines
        self._maintenance = maintenance
        self._condition = condition
        self._file = file

    async def gather_statistics(self) -> None:
        """Let the planner know how many rows a value of an index has; raises Unavailable."""
        for table in await self._maintenance.write(self._list_tables):
            await self._maintenance.write(partial(_analyze, table=table))
        if self._engines.is_sqlite:
            # A connection reads the statistics when it is opened, and never again.
            await self._engines.read.dispose()

    async def check_file(self) -> None:
        """Look through SQLite's file for damage; what is found stays said until the next start."""
        if self._file is None or not self._file.exists():
            return
        address = f"{self._file.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        try:
            damage = await asyncio.to_thread(_find_damage, connection)
        except asyncio.CancelledError:
            # The thread would look on, and the process wait for it.
            connection.interrupt()
            raise
        if damage is not None:
            self._condition.is_damaged = True
            logger.error("The database is damaged; stop the bot and restore a backup: {}", damage)

    async def _list_tables(self, connection: AsyncConnection) -> list[str]:
        if self._engines.is_sqlite:
            return sorted(metadata.tables)
        return sorted(metadata.tables.keys() & set(await connection.scalars(_OWNED)))


async def _analyze(connection: AsyncConnection, table: str) -> None:
    if connection.dialect.name == "sqlite":
        await connection.execute(ANALYSIS_LIMIT)
    await connection.execute(text(f"ANALYZE {table}"))  # a model's own name


def _find_damage(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the first table that is damaged; a table is a snapshot."""
    with closing(connection):
        try:
            for (table,) in connection.execute(_TABLES).fetchall():
                (verdict,) = connection.execute(f'PRAGMA quick_check("{table}")').fetchone()
                if verdict != "ok":
                    return f"{table}: {verdict}"
        except sqlite3.OperationalError as error:
            logger.info("The database's file was not looked through: {}", error)
        except sqlite3.DatabaseError as error:
            return str(error)
    return None
