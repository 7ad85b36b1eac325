"""Who may read which channel, for many guilds at once: what a start compares with Discord.

A start that asked for each guild by itself would read all books, of which hardly one has changed.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import GuildChannel, Role, RoleBinding
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.permissions import EVERYONE_PERMISSIONS
from bot.domain.purposes import readers_by_purpose

_MAX_GUILDS: Final = 500

_binding, _role, _channel = (table_of(each).c for each in (RoleBinding, Role, GuildChannel))
_BOUND: Final = (
    select(_binding.guild_id, _binding.discord_role_id, _role.id, _role.permissions)
    .join_from(
        table_of(RoleBinding),
        table_of(Role),
        and_(_role.guild_id == _binding.guild_id, _role.id == _binding.role_id),
    )
    .where(_binding.guild_id.in_(bindparam("guilds", expanding=True)))
)
_CHANNELS: Final = select(_channel.guild_id, _channel.purpose, _channel.channel_id).where(
    _channel.guild_id.in_(bindparam("guilds", expanding=True))
)


@dataclass(slots=True)
class DiscordAccess:
    """The Discord roles and channels that a guild's books name."""

    guild_id: int
    channel_ids: dict[str, int] = field(default_factory=dict)
    bindings: list[tuple[int, int]] = field(default_factory=list)
    permissions: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def discord_role_ids(self) -> frozenset[int]:
        """The Discord roles that are bound to app roles."""
        return frozenset(discord_role_id for discord_role_id, _ in self.bindings)

    @property
    def readers(self) -> dict[str, frozenset[int]]:
        """The Discord roles that read each purpose's channel."""
        return readers_by_purpose(self.guild_id, self.permissions, self.bindings)

    def find_holders(self, permission: str) -> frozenset[int]:
        """Return the Discord roles that grant a permission."""
        return frozenset(
            discord_role_id
            for discord_role_id, role_id in self.bindings
            if permission in self.permissions.get(role_id, ())
            and (discord_role_id != self.guild_id or permission in EVERYONE_PERMISSIONS)
        )


async def list_access(
    db: DatabaseService, guild_ids: Sequence[int]
) -> AsyncIterator[DiscordAccess]:
    """Read it for guilds that have any, five hundred with two statements; raises Unavailable."""
    for begin in range(0, len(guild_ids), _MAX_GUILDS):
        asked = {"guilds": list(guild_ids[begin : begin + _MAX_GUILDS])}

        async def work(
            connection: AsyncConnection, asked: dict[str, list[int]] = asked
        ) -> dict[int, DiscordAccess]:
            found: dict[int, DiscordAccess] = {}
            for bound in await connection.execute(_BOUND, asked):
                access = found.setdefault(bound.guild_id, DiscordAccess(bound.guild_id))
                access.bindings.append((bound.discord_role_id, bound.id))
                access.permissions[bound.id] = bound.permissions
            for named in await connection.execute(_CHANNELS, asked):
                access = found.setdefault(named.guild_id, DiscordAccess(named.guild_id))
                access.channel_ids[named.purpose] = named.channel_id
            return found

        for access in (await db.maintenance.read(work)).values():
            yield access
