"""Rights: what an actor may do, computed in one place from the guild's own rows.

A cached snapshot counts only while its version equals the book's, which comes with the lock
or with a read's first statement: another process's change is seen at once, without messages.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import DefaultRoleGrant, Guild, Member, Role, RoleAssignment, RoleBinding
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.actors import Actor
from bot.domain.rights import Grant, Rights, RoleBook, Standing, combine, list_grants

_MAX_GUILDS = 5_000
_MAX_PEOPLE = 2_000

_role = table_of(Role).c
_role_binding = table_of(RoleBinding).c
_role_assignment = table_of(RoleAssignment).c
_guild = table_of(Guild).c
_member = table_of(Member).c
_grant = table_of(DefaultRoleGrant).c
_guild_id: BindParameter[int] = bindparam("guild_id")
_ROLES = Prepared(select(_role.id, _role.permissions).where(_role.guild_id == _guild_id))
_BINDINGS = Prepared(
    select(_role_binding.discord_role_id, _role_binding.role_id).where(
        _role_binding.guild_id == _guild_id
    )
)
_SET_UP = Prepared(
    select(_guild.set_up_at, _guild.default_role_id).where(_guild.guild_id == _guild_id)
)
_ASSIGNMENTS = Prepared(
    select(_role_assignment.role_id, _role_assignment.assigned_at).where(
        _role_assignment.guild_id == _guild_id, _role_assignment.user_id == bindparam("user_id")
    )
)
_MEMBER = Prepared(
    select(_member.deactivated_at, _member.registered_at).where(
        _member.guild_id == _guild_id, _member.user_id == bindparam("user_id")
    )
)
_HAD_DEFAULT_ROLE = Prepared(
    select(_grant.user_id).where(
        _grant.guild_id == _guild_id, _grant.user_id == bindparam("user_id")
    )
)


@dataclass(slots=True)
class _CachedGuild:
    version: int
    roles: RoleBook
    people: dict[int, Standing] = field(default_factory=dict)
    # By user: what Discord said of them last, and the rights that followed from it.
    rights: dict[int, tuple[Actor, bool, Rights]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RightsExplained:
    """What a member may do, and every way by which they get it, expired ones included."""

    rights: Rights
    grants: tuple[Grant, ...]


class RightsCache:
    """Snapshots of guilds' roles, bindings and assignments, each valid for one version."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._guilds: OrderedDict[int, _CachedGuild] = OrderedDict()

    async def of(
        self, connection: AsyncConnection, actor: Actor, version: int, *, founding: bool = False
    ) -> Rights:
        """Compute the actor's rights as of this version of the guild's rights.

        `founding` is for the operation that sets a guild up; see `combine`.
        """
        guild = self._guilds.get(actor.guild_id)
        if guild is None or guild.version != version:
            guild = _CachedGuild(version, await _load_roles(connection, actor.guild_id))
            self._keep(actor.guild_id, guild)
        known = guild.rights.get(actor.user_id)
        if known is not None and known[0] == actor and known[1] == founding:
            return known[2]
        standing = guild.people.get(actor.user_id)
        if standing is None:
            standing = await _load_standing(connection, actor, self._clock())
            if len(guild.people) >= _MAX_PEOPLE:
                guild.people.clear()
                guild.rights.clear()
            guild.people[actor.user_id] = standing
        rights = combine(actor, guild.roles, standing, is_founding=founding)
        guild.rights[actor.user_id] = (actor, founding, rights)
        return rights

    def forget(self) -> None:
        """Forget all guilds: versions of other books say nothing of these."""
        self._guilds.clear()

    def peek(self, actor: Actor, *, founding: bool = False) -> Rights | None:
        """Return the rights that followed last for this very actor, however old they are."""
        guild = self._guilds.get(actor.guild_id)
        known = None if guild is None else guild.rights.get(actor.user_id)
        if known is None or known[0] != actor or known[1] != founding:
            return None
        return known[2]

    def _keep(self, guild_id: int, guild: _CachedGuild) -> None:
        self._guilds[guild_id] = guild
        self._guilds.move_to_end(guild_id)
        if len(self._guilds) > _MAX_GUILDS:
            self._guilds.popitem(last=False)


async def explain_rights(
    connection: AsyncConnection, actor: Actor, now: datetime
) -> RightsExplained:
    """Compute a member's rights from the rows, with every way by which they get them."""
    roles = await _load_roles(connection, actor.guild_id)
    standing = await _load_standing(connection, actor, now)
    return RightsExplained(
        rights=combine(actor, roles, standing),
        grants=tuple(list_grants(actor, roles, standing)),
    )


async def _load_roles(connection: AsyncConnection, guild_id: int) -> RoleBook:
    here = {"guild_id": guild_id}
    bindings: dict[int, tuple[int, ...]] = {}
    for discord_role_id, role_id in await _BINDINGS.fetch(connection, here):
        bindings[discord_role_id] = (*bindings.get(discord_role_id, ()), role_id)
    set_up = await _SET_UP.fetch(connection, here)
    return RoleBook(
        permissions={row[0]: row[1] for row in await _ROLES.fetch(connection, here)},
        bindings=bindings,
        is_set_up=bool(set_up) and set_up[0][0] is not None,
        default_role_id=set_up[0][1] if set_up else None,
    )


async def _load_standing(connection: AsyncConnection, actor: Actor, now: datetime) -> Standing:
    values = {"guild_id": actor.guild_id, "user_id": actor.user_id}
    assignments = await _ASSIGNMENTS.fetch(connection, values)
    member = await _MEMBER.fetch(connection, values)
    return Standing(
        is_deactivated=bool(member) and member[0][0] is not None,
        is_registered=bool(member) and member[0][1] is not None,
        had_default_role=bool(await _HAD_DEFAULT_ROLE.fetch(connection, values)),
        assignments=tuple((row[0], row[1]) for row in assignments),
        read_at=now,
    )
