"""Setting a guild up: its channels, and the Discord roles that grant its app roles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.database.models import Guild, Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.guild_settings import SetUpUnchanged
from bot.domain.lanes import ALERTS, APPROVALS, AUDIT, REQUESTS
from bot.domain.permissions import DEFAULT_ROLES, OPEN_BOOKS_ROLE, DefaultRole
from bot.domain.purposes import readers_by_purpose
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.services.member_roles import assign_role
from bot.services.people import remember_person
from bot.services.roles import MAX_ROLES, bind, require_grantable, require_may_take

declare_actions("guild.set_up", way_back="setup")

ADMIN = "admin"
# What books that are not open yet give to those who register.
_DEFAULT_ROLE_ID = next(role.id for role in DEFAULT_ROLES if role.name == OPEN_BOOKS_ROLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpGuild:
    """Name channels, and Discord roles for the app roles of these names.

    A Discord role is added to those that grant the app role; when replacing, it is the only one.
    What is claimed is a role that the actor gets by name.
    """

    audit_channel_id: int | None = None
    approvals_channel_id: int | None = None
    alerts_channel_id: int | None = None
    requests_channel_id: int | None = None
    discord_role_ids: dict[str, int] = field(default_factory=dict)  # app role name -> Discord role
    is_replacing: bool = False
    claimed: str = ""  # app role
    name: str = ""  # of the actor, as Discord shows it

    @property
    def channel_ids(self) -> dict[str, int]:
        """The channels that are named, by purpose."""
        named = {
            AUDIT: self.audit_channel_id,
            APPROVALS: self.approvals_channel_id,
            ALERTS: self.alerts_channel_id,
            REQUESTS: self.requests_channel_id,
        }
        return {purpose: each for purpose, each in named.items() if each is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSetup:
    """Look at what is set up already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRole:
    """A default role, what it holds, and the Discord roles that grant it."""

    name: str
    permissions: frozenset[str]
    discord_role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFound:
    """What is set up: channels and their readers by purpose, roles, and what there is besides."""

    guild_id: int
    set_up_at: datetime | None
    channel_ids: dict[str, int]
    readers: dict[str, frozenset[int]]
    roles: tuple[SetupRole, ...]
    is_owner: bool
    is_admin: bool
    has_manager: bool
    has_locations: bool
    has_items: bool
    open_role: str | None  # with which everyone who registers moves stock

    @property
    def may_claim(self) -> bool:
        """Whether the one who looks may make themselves admin, and has a reason to."""
        return self.is_owner and not self.is_admin and any(r.name == ADMIN for r in self.roles)

    @property
    def is_founding(self) -> bool:
        """Whether nothing was set up yet."""
        return self.set_up_at is None


@query(all_of=("settings.manage", "role.manage"), is_founding=True, is_shown=False)
async def get_setup(books: Books, request: GetSetup) -> SetupFound:
    """Look at what is set up; refused before any channel is made if the actor may not."""
    del request
    known = await books.guilds.get_by_id()
    guild = known or Guild(guild_id=books.actor.guild_id, default_role_id=_DEFAULT_ROLE_ID)
    # Books that are not open yet have no rows of the roles that they will start with.
    roles: Sequence[Role | DefaultRole] = (
        await books.roles.find_all(limit=MAX_ROLES) or DEFAULT_ROLES
    )
    bindings = await books.role_bindings.find_all()
    bound: dict[int, tuple[int, ...]] = {}
    for each in bindings:
        bound[each.role_id] = (*bound.get(each.role_id, ()), each.discord_role_id)
    defaults = {role.id for role in DEFAULT_ROLES}
    managing = {role.id for role in roles if "item.manage" in role.permissions}
    assigned = [await books.role_assignments.exists(role_id=role_id) for role_id in managing]
    return SetupFound(
        guild_id=guild.guild_id,
        set_up_at=guild.set_up_at,
        channel_ids=await books.guild_channels.find_ids(),
        readers=readers_by_purpose(
            guild.guild_id,
            {role.id: role.permissions for role in roles},
            [(each.discord_role_id, each.role_id) for each in bindings],
        ),
        roles=tuple(
            SetupRole(
                name=role.name,
                permissions=role.permissions,
                discord_role_ids=bound.get(role.id, ()),
            )
            for role in reversed(roles)
            if role.id in defaults
        ),
        is_owner=books.rights.is_owner,
        is_admin=any(r.name == ADMIN and r.id in books.rights.role_ids for r in roles),
        has_manager=bool(managing & bound.keys()) or any(assigned),
        has_locations=len(await books.locations.find_all(limit=LAST_VIRTUAL_ID + 1))
        > LAST_VIRTUAL_ID,
        has_items=await books.items.exists(),
        open_role=_find_open_role(guild, roles),
    )


@query(everyone=True, is_shown=False)
async def is_set_up(books: Books, request: GetSetup) -> bool:
    """Whether the guild was set up: until then no command does anything."""
    del request
    guild = await books.guilds.get_by_id()
    return guild is not None and guild.set_up_at is not None


@operation("guild.set_up", all_of=("settings.manage", "role.manage"), is_founding=True)
async def set_up_guild(uow: UnitOfWork, request: SetUpGuild) -> Changed:
    """Name channels and bind Discord roles; may be run again at any time.

    Raises SetUpUnchanged when all of it is so already.
    """
    before = await uow.guilds.require()
    changes = await _name_channels(uow, request.channel_ids)
    for name, discord_role_id in request.discord_role_ids.items():
        changes += await _bind(uow, name, discord_role_id, is_replacing=request.is_replacing)
    if request.claimed:
        changes += await _claim(uow, request.claimed, request.name)
    if not changes and before.set_up_at is not None:
        raise SetUpUnchanged
    await uow.guilds.update_by_id(set_up_at=before.set_up_at or uow.now)
    for lane in await uow.outbox_lanes.find_all():
        if lane.retry_at is not None:
            # What waited for a channel goes out now; its rows are parked, so the lane is looked up.
            await uow.outbox_lanes.update_by_id(lane.lane, retry_at=uow.now)
    return uow.record_changes("guild.set_up", "guild", before.guild_id, "setup", changes)


def _find_open_role(guild: Guild, roles: Sequence[Role | DefaultRole]) -> str | None:
    default = next((role for role in roles if role.id == guild.default_role_id), None)
    return default.name if default and "stock.move" in default.permissions else None


async def _name_channels(uow: UnitOfWork, wanted: dict[str, int]) -> list[Change]:
    known = await uow.guild_channels.find_ids()
    changes = []
    for purpose, channel_id in wanted.items():
        before = known.get(purpose)
        if before == channel_id:
            continue
        if before is not None:
            await uow.guild_channels.update_by_id(purpose, channel_id=channel_id)
        else:
            await uow.guild_channels.create(purpose=purpose, channel_id=channel_id)
        shown = "" if before is None else str(before)
        changes.append(Change(f"{purpose} channel", shown, str(channel_id)))
    return changes


async def _bind(
    uow: UnitOfWork, name: str, discord_role_id: int, *, is_replacing: bool
) -> list[Change]:
    """Let a Discord role grant an app role beside those that do, or instead of them."""
    role = await uow.roles.require_reference(name)
    bindings = await uow.role_bindings.find_all(role_id=role.id)
    before = sorted(each.discord_role_id for each in bindings)
    others = [each for each in before if each != discord_role_id]
    after = [discord_role_id] if is_replacing else [*others, discord_role_id]
    if set(before) == set(after):
        return []
    if discord_role_id not in before:
        await bind(uow, discord_role_id, role)
    if is_replacing and others:
        require_may_take(uow, role, role.permissions)
        for each in others:
            await uow.role_bindings.delete_by_id(each, role.id)
    return [Change(f"{role.name} role", _ids(before), _ids(after))]


async def _claim(uow: UnitOfWork, claimed: str, name: str) -> list[Change]:
    """Give a role to the actor by name: before anyone is admin, no one else could."""
    user_id = uow.actor.user_id
    role = await uow.roles.require_reference(claimed)
    require_grantable(uow, role)
    if role.id in uow.rights.role_ids:
        return []
    await assign_role(uow, user_id, role.id, uow.actor.joined_at)
    await remember_person(uow, user_id, name)
    return [Change(role.name, "", str(user_id))]


def _ids(discord_role_ids: list[int]) -> str:
    return ", ".join(map(str, discord_role_ids))
