"""The commands that Discord was last told of, remembered as a hash per application."""

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import CommandTree
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_table = table_of(CommandTree)
_GET = select(_table.c.hash).where(_table.c.application_id == bindparam("a"))
_DELETE = delete(_table).where(_table.c.application_id == bindparam("a"))
_INSERT = insert(_table)


class CommandTrees:
    """What each application was last told."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def get_hash(self, application_id: int) -> str | None:
        """Return the hash of the commands that Discord knows, None before the first time."""

        async def work(connection: AsyncConnection) -> str | None:
            found = await connection.execute(_GET, {"a": application_id})
            return found.scalar_one_or_none()

        return await self._db.maintenance.read(work)

    async def set_hash(self, application_id: int, tree_hash: str) -> None:
        """Note what Discord was told just now."""
        row = {
            "application_id": application_id,
            "hash": tree_hash,
            "synced_at": self._db.clock(),
        }

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_DELETE, {"a": application_id})
            await connection.execute(_INSERT, row)

        await self._db.maintenance.write(work)
