"""The commands last registered with Discord, as a hash per application."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import CommandTree
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_table = table_of(CommandTree)
_GET = select(_table.c.hash).where(_table.c.application_id == bindparam("a"))


def _upsert(insert: Any) -> Any:
    statement = insert(_table)
    new = {c.name: statement.excluded[c.name] for c in _table.c if c.name != "application_id"}
    return statement.on_conflict_do_update(index_elements=("application_id",), set_=new)


# One statement: processes that start at once do this at the same time.
_SET = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


class CommandTrees:
    """The command trees of all applications."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def get_hash(self, application_id: int) -> str | None:
        """Return the hash of the commands that Discord knows, None before the first time."""

        async def work(connection: AsyncConnection) -> str | None:
            found = await connection.execute(_GET, {"a": application_id})
            return found.scalar_one_or_none()

        return await self._db.maintenance.read(work)

    async def set_hash(self, application_id: int, tree_hash: str) -> None:
        """Note what was registered just now."""
        row = {
            "application_id": application_id,
            "hash": tree_hash,
            "synced_at": self._db.clock(),
        }

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_SET[connection.dialect.name], row)

        await self._db.maintenance.write(work)
