"""What a refusal leaves as it was: every guild's head, and how many rows each table has."""

from typing import Any

from sqlalchemy import Select, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Book, PendingAnswer, metadata
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from tests.database.citus import CITUS_URL

Heads = list[tuple[Any, ...]]
# Every change of the books moves a head; everything else grows or shrinks a table.
_HEADS = select(table_of(Book)).order_by(table_of(Book).c.guild_id)
# The note that something was refused is kept for a while, and is no change.
_IS_WAITING = table_of(PendingAnswer).c.token != ""


def _counting(*, is_one_guild: bool) -> Select[Any]:
    """Return the statement that counts the rows of every table, of all guilds or of `:guild`."""
    return select(
        *(
            select(func.count())
            .select_from(table)
            .where(
                _IS_WAITING if table is table_of(PendingAnswer) else true(),
                table.c.guild_id == bindparam("guild")
                if is_one_guild and "guild_id" in table.c
                else true(),
            )
            .scalar_subquery()
            .label(table.name)
            for table in metadata.sorted_tables
        )
    )


_COUNTS, _COUNTS_OF_GUILD = _counting(is_one_guild=False), _counting(is_one_guild=True)


async def heads(db: DatabaseService) -> Heads:
    """Read every guild's book and count the rows of every table: a twentieth of a snapshot."""

    async def read(connection: AsyncConnection) -> Heads:
        rows = [*await connection.execute(_HEADS)]
        if CITUS_URL:
            # There each of sixty tables is asked on its own, unless the statement names a guild.
            for guild_id in [row.guild_id for row in rows]:
                rows += await connection.execute(_COUNTS_OF_GUILD, {"guild": guild_id})
        else:
            rows += await connection.execute(_COUNTS)
        return [tuple(row) for row in rows]

    return await db.maintenance.read(read)
