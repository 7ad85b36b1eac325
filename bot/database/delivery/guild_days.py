"""Which guilds there are, and which day of theirs was closed last: what jobs go through."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Guild
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_MAX_ROWS = 500

_guild = table_of(Guild).c
_FOLLOWING = (
    select(_guild.guild_id, _guild.timezone, _guild.closed_on)
    .where(_guild.guild_id > bindparam("after"))
    .order_by(_guild.guild_id)
    .limit(_MAX_ROWS)
)


@dataclass(frozen=True, slots=True)
class GuildDay:
    """A guild's time zone, and its last closed day."""

    guild_id: int
    timezone: str
    closed_on: date | None


async def list_guilds(db: DatabaseService) -> list[GuildDay]:
    """List all guilds with books, in pieces that hold no connection for long."""
    found: list[GuildDay] = []
    while True:
        after = found[-1].guild_id if found else 0

        async def work(connection: AsyncConnection, after: int = after) -> list[GuildDay]:
            rows = await connection.execute(_FOLLOWING, {"after": after})
            return [GuildDay(*row) for row in rows]

        piece = await db.maintenance.read(work)
        found += piece
        if len(piece) < _MAX_ROWS:
            return found
