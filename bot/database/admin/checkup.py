"""What `tallyman doctor` asks a database: facts, which it puts into words itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, inspect, select, text
from sqlalchemy.engine import make_url

from bot.database.admin.revisions import on_connection
from bot.database.models import Guild, GuildChannel
from bot.database.models.base import table_of
from bot.errors import Unavailable

Trouble = Literal["unreachable", "refused", "absent", "broken"]

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
    except Unavailable:
        return "unreachable"
    except Exception as error:  # noqa: BLE001  # drivers have classes of their own
        return _trouble_of(error)
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


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database, None for a server or for memory."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, ":memory:"}
    return Path(str(parsed.database)) if is_file else None


def _trouble_of(error: Exception) -> Trouble:
    state = ""
    for candidate in (error, getattr(error, "orig", None), error.__cause__):
        found: Any = getattr(candidate, "sqlstate", None)
        state = state or (found if isinstance(found, str) else "")
    if state.startswith("28"):
        return "refused"
    return "absent" if state == "3D000" else "broken"
