"""Rights: what an actor may do, computed in one place from the guild's own rows.

A cached snapshot counts only while its version equals the book's, which comes with the lock
or with a read's first statement: another process's change is seen at once, without messages.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Guild, Member, Role, RoleAssignment, RoleBinding
from bot.database.models.base import table_of
from bot.domain.actors import Actor, Grant, Rights
from bot.domain.permissions import OWNER_PERMISSIONS, PERMISSIONS

_MAX_GUILDS = 5_000
_MAX_PEOPLE = 2_000

_role = table_of(Role).c
_role_binding = table_of(RoleBinding).c
_role_assignment = table_of(RoleAssignment).c
_guild = table_of(Guild).c
_member = table_of(Member).c
_guild_id: BindParameter[int] = bindparam("guild_id")
_ROLES = select(_role.id, _role.permissions).where(_role.guild_id == _guild_id)
_BINDINGS = select(_role_binding.discord_role_id, _role_binding.role_id).where(
    _role_binding.guild_id == _guild_id
)
_SET_UP = select(_guild.set_up_at).where(_guild.guild_id == _guild_id)
_ASSIGNMENTS = select(_role_assignment.role_id, _role_assignment.assigned_at).where(
    _role_assignment.guild_id == _guild_id, _role_assignment.user_id == bindparam("user_id")
)
_DEACTIVATED = select(_member.deactivated_at).where(
    _member.guild_id == _guild_id, _member.user_id == bindparam("user_id")
)


@dataclass(slots=True)
class _Person:
    is_deactivated: bool
    assignments: tuple[tuple[int, datetime], ...]


@dataclass(slots=True)
class _GuildRights:
    version: int
    is_set_up: bool
    permissions: dict[int, frozenset[str]]
    bindings: dict[int, tuple[int, ...]]
    people: dict[int, _Person] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RightsExplained:
    """What somebody may do, and every way in which they come to it, void ones included."""

    rights: Rights
    grants: tuple[Grant, ...]


class RightsCache:
    """Snapshots of guilds' roles, bindings and assignments, each valid for one version."""

    def __init__(self) -> None:
        self._guilds: OrderedDict[int, _GuildRights] = OrderedDict()

    async def of(
        self, connection: AsyncConnection, actor: Actor, version: int, *, founding: bool = False
    ) -> Rights:
        """Compute the actor's rights as of this version of the guild's rights.

        `founding` is for the operation that sets a guild up: before it was ever run, Discord's
        administrators may run it as the owner could.
        """
        guild = self._guilds.get(actor.guild_id)
        if guild is None or guild.version != version:
            guild = await _load_guild(connection, actor.guild_id, version)
            self._keep(actor.guild_id, guild)
        person = guild.people.get(actor.user_id)
        if person is None:
            person = await _load_person(connection, actor)
            if len(guild.people) >= _MAX_PEOPLE:
                guild.people.clear()
            guild.people[actor.user_id] = person
        return _combine(actor, guild, person, founding=founding and not guild.is_set_up)

    def _keep(self, guild_id: int, guild: _GuildRights) -> None:
        self._guilds[guild_id] = guild
        self._guilds.move_to_end(guild_id)
        if len(self._guilds) > _MAX_GUILDS:
            self._guilds.popitem(last=False)


async def explain_rights(connection: AsyncConnection, actor: Actor) -> RightsExplained:
    """Compute somebody's rights anew, with every way in which they come to them."""
    guild = await _load_guild(connection, actor.guild_id, version=0)
    person = await _load_person(connection, actor)
    return RightsExplained(
        rights=_combine(actor, guild, person, founding=False),
        grants=tuple(_grants(actor, guild, person, is_founder=False)),
    )


def _combine(actor: Actor, guild: _GuildRights, person: _Person, *, founding: bool) -> Rights:
    if actor.kind == "system":
        return Rights(frozenset(PERMISSIONS))
    if person.is_deactivated and not actor.is_owner:
        return Rights(frozenset(), is_deactivated=True)
    is_founder = founding and actor.is_administrator
    grants = _grants(actor, guild, person, is_founder=is_founder)
    counting = [grant for grant in grants if not grant.is_void]
    return Rights(
        frozenset().union(*(grant.permissions for grant in counting)),
        frozenset(grant.role_id for grant in counting if grant.role_id is not None),
        is_owner=actor.is_owner or is_founder,
    )


def _grants(
    actor: Actor, guild: _GuildRights, person: _Person, *, is_founder: bool
) -> Iterator[Grant]:
    """Walk every way in which the actor comes to permissions: rights are the union of these."""
    if actor.is_owner or is_founder:
        yield Grant("ownership", OWNER_PERMISSIONS)
    for discord_role_id in actor.discord_role_ids:
        for role_id in guild.bindings.get(discord_role_id, ()):
            held = guild.permissions.get(role_id, frozenset())
            is_everyone = discord_role_id == actor.guild_id
            yield Grant(
                "everyone" if is_everyone else "discord role", held, role_id, discord_role_id
            )
    for role_id, since in person.assignments:
        held = guild.permissions.get(role_id, frozenset())
        is_void = not _counts(actor, since)
        yield Grant("assignment", held, role_id, assigned_at=since, is_void=is_void)


def _counts(actor: Actor, assigned_at: datetime) -> bool:
    """An assignment made before the person (last) joined is void: they left and came back."""
    if actor.joined_at is None:
        return actor.source != "discord"
    return assigned_at >= actor.joined_at


async def _load_guild(connection: AsyncConnection, guild_id: int, version: int) -> _GuildRights:
    here = {"guild_id": guild_id}
    bindings: dict[int, tuple[int, ...]] = {}
    for discord_role_id, role_id in await connection.execute(_BINDINGS, here):
        bindings[discord_role_id] = (*bindings.get(discord_role_id, ()), role_id)
    return _GuildRights(
        version=version,
        is_set_up=(await connection.execute(_SET_UP, here)).scalar_one_or_none() is not None,
        permissions={row.id: row.permissions for row in await connection.execute(_ROLES, here)},
        bindings=bindings,
    )


async def _load_person(connection: AsyncConnection, actor: Actor) -> _Person:
    who = {"guild_id": actor.guild_id, "user_id": actor.user_id}
    assignments = await connection.execute(_ASSIGNMENTS, who)
    deactivated_at = (await connection.execute(_DEACTIVATED, who)).scalar_one_or_none()
    return _Person(
        is_deactivated=deactivated_at is not None,
        assignments=tuple((row.role_id, row.assigned_at) for row in assignments),
    )
