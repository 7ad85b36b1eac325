"""Rest: a handler that finds nothing to repeat lets the books rest until something is written."""

from typing import Final

from sqlalchemy import bindparam, exists, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.import_words import lock_book
from bot.database.models import Book, ImportPreview
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_book, _preview = table_of(Book), table_of(ImportPreview)
_has_previews = exists().where(
    _preview.c.guild_id == bindparam("g"), _preview.c.applied_record.is_(None)
)
_BEGIN: Final = (
    update(_book)
    .where(
        _book.c.guild_id == bindparam("g"),
        _book.c.last_record == bindparam("seen"),
        # They lapse, and what they keep is deleted by the day's handler.
        ~_has_previews,
    )
    .values(is_asleep=True)
)


class Rest:
    """The books that rest."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def begin(self, guild_id: int, seen: int) -> bool:
        """Let books rest unless something was written after the record that was seen.

        Returns whether they rest: then what the caller handled need not be due again.
        """

        async def work(connection: AsyncConnection) -> bool:
            # First, so that the next statement sees all that was written before the lock.
            await lock_book(connection, guild_id)
            begun = await connection.execute(_BEGIN, {"g": guild_id, "seen": seen})
            return begun.rowcount > 0

        return await self._db.maintenance.write(work)
