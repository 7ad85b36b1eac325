"""Previews of imports: kept for a day, so that one can be applied after a restart."""

from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.import_words import BEGINNING, delete_kept, lock_book
from bot.database.models import ImportPreview
from bot.database.models.base import table_of
from bot.database.resting import wake
from bot.database.service import DatabaseService

_table = table_of(ImportPreview)
_INSERT: Final = insert(_table)
_now = bindparam("now", type_=_table.c.expires_at.type)
# What was applied is kept without its content: the same file is known by it.
_PURGE: Final = (
    delete(_table)
    .where(
        _table.c.guild_id == bindparam("g"),
        _table.c.expires_at < _now,
        _table.c.applied_record.is_(None),
    )
    .returning(BEGINNING)
)
_CANCEL: Final = (
    delete(_table)
    .where(
        _table.c.guild_id == bindparam("g"),
        _table.c.token == bindparam("t"),
        _table.c.applied_record.is_(None),
    )
    .returning(BEGINNING)
)

_FORGET: Final = (
    update(_table)
    .where(
        _table.c.guild_id == bindparam("g"),
        _table.c.expires_at < _now,
        _table.c.applied_record.is_not(None),
        _table.c.content != b"",
    )
    .values(content=b"")
)


class KeptPreviews:
    """The previews of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def keep(self, preview: ImportPreview) -> None:
        """Keep what was read of a file; what has lapsed goes with the same transaction."""
        row = {name: getattr(preview, name) for name in _table.c.keys()}  # noqa: SIM118  # columns

        async def work(connection: AsyncConnection) -> None:
            await _end(connection, _PURGE, {"g": preview.guild_id, "now": preview.made_at})
            await connection.execute(_INSERT, row)
            # It lapses, whatever else happens in these books.
            if (await lock_book(connection, preview.guild_id)).is_asleep:
                await wake(connection, preview.guild_id, preview.made_at)

        await self._db.maintenance.write(work)

    async def cancel(self, guild_id: int, token: str) -> bool:
        """Delete a preview that was not applied; returns whether there was one."""

        async def work(connection: AsyncConnection) -> bool:
            return await _end(connection, _CANCEL, {"g": guild_id, "t": token})

        return await self._db.maintenance.write(work)

    async def purge(self, guild_id: int) -> None:
        """Delete a guild's previews that have lapsed, and what suppliers were a month ago."""
        values = {"g": guild_id, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> None:
            await _end(connection, _PURGE, values)
            await connection.execute(_FORGET, values)

        await self._db.maintenance.write(work)


async def _end(connection: AsyncConnection, statement: Any, values: dict[str, Any]) -> bool:
    """Delete previews with the words that they kept; returns whether there were any."""
    await lock_book(connection, values["g"])
    beginnings = (await connection.scalars(statement, values)).all()
    await delete_kept(connection, values["g"], beginnings)
    return bool(beginnings)
