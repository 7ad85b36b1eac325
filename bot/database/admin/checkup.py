"""What `tallyman doctor` asks a database: facts, which it puts into words itself."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.database.admin.revisions import on_connection
from bot.database.models import Guild, GuildChannel
from bot.database.models.base import table_of
from bot.errors import LoginRefused, Unavailable

Trouble = Literal["unreachable", "refused", "absent", "broken"]
_TROUBLES: dict[str, Trouble] = {
    "no such database": "absent",
    "damaged": "broken",
    "disk failing": "broken",
}

_guild, _channel = table_of(Guild).c, table_of(GuildChannel).c
_CHANNELS = (
    select(_guild.guild_id, _channel.purpose, _channel.channel_id)
    .outerjoin_from(table_of(Guild), table_of(GuildChannel), _channel.guild_id == _guild.guild_id)
    .where(
        _guild.guild_id.in_(
            select(_guild.guild_id).order_by(_guild.guild_id).limit(bindparam("most"))
        )
    )
    .order_by(_guild.guild_id)
)


@dataclass(frozen=True, slots=True)
class GuildChannels:
    """The channels that a guild uses, by purpose."""

    guild_id: int
    channel_ids: dict[str, int]


async def find_trouble(url: str) -> Trouble | None:
    """Return why a database cannot be used, None if it answers."""
    try:
        await on_connection(url, lambda connection: connection.scalar(text("SELECT 1")))
    except LoginRefused:
        return "refused"
    except Unavailable as error:
        return _TROUBLES.get(error.trouble, "unreachable")
    except DBAPIError:
        return "broken"
    return None


async def list_channels(url: str, *, most: int) -> list[GuildChannels]:
    """List the channels of the guilds whose books are kept here."""

    def work(connection: Connection) -> list[GuildChannels]:
        if not inspect(connection).has_table("guild_channel"):
            return []
        found: dict[int, GuildChannels] = {}
        for guild_id, purpose, channel_id in connection.execute(_CHANNELS, {"most": most}):
            guild = found.setdefault(guild_id, GuildChannels(guild_id, {}))
            if purpose is not None:
                guild.channel_ids[purpose] = channel_id
        return list(found.values())

    return await on_connection(url, work)
