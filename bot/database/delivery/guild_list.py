"""All guilds with books, page by page: for operators, never for what runs by itself."""

from collections.abc import AsyncIterator

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Book
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_MAX_ROWS = 500

_book = table_of(Book).c
_FOLLOWING = (
    select(_book.guild_id)
    .where(_book.guild_id > bindparam("after"))
    .order_by(_book.guild_id)
    .limit(_MAX_ROWS)
)


async def list_guild_ids(db: DatabaseService) -> AsyncIterator[int]:
    """Name all guilds with books, in pieces that hold no connection for long."""
    after = 0
    while True:

        async def work(connection: AsyncConnection, after: int = after) -> list[int]:
            return list(await connection.scalars(_FOLLOWING, {"after": after}))

        piece = await db.maintenance.read(work)
        for guild_id in piece:
            yield guild_id
        if len(piece) < _MAX_ROWS:
            return
        after = piece[-1]
