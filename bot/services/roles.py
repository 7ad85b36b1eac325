"""App roles and their bindings: create, list; bind and unbind Discord roles."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed, join_first
from bot.domain.names import MAX_DESCRIPTION, MAX_ROLE_NAME, clean_name, clean_text, key_of
from bot.domain.permissions import may_everyone_hold
from bot.domain.roles import AlreadyBound, EveryoneOnlyLooks, GrantExceeded, NotBound
from bot.errors import AlreadyExists, LimitReached
from bot.services.lookalikes import keep_looks, require_distinct

declare_actions("role.created", way_back="role delete")
declare_actions("role.bound", way_back="role unbind")
declare_actions("role.unbound", "role.forgotten", way_back="role bind")

MAX_ROLES = 25
_MAX_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRole:
    """Add an app role that holds nothing yet."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindRole:
    """Let a Discord role grant an app role."""

    discord_role_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbindRole:
    """Let a Discord role no longer grant an app role."""

    discord_role_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetDiscordRole:
    """Unbind a Discord role that was deleted from everything that it granted."""

    discord_role_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoles:
    """Look at the app roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    """An app role and the Discord roles that grant it."""

    role: Role
    discord_role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesListed:
    """The guild's app roles, at most 25."""

    guild_id: int
    roles: tuple[RoleShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged:
    """The answer to a change of what a role holds: that, and all that it holds now."""

    record: int
    action: str
    role_id: int
    name: str
    permissions: tuple[str, ...]
    changes: tuple[Change, ...]
    area: str | None = None


@operation("role.create", permission="role.manage")
async def create_role(uow: UnitOfWork, request: CreateRole) -> RoleChanged:
    """Add an app role that holds nothing yet."""
    name = clean_name(request.name, limit=MAX_ROLE_NAME)
    description = clean_text(request.description, field="description", limit=MAX_DESCRIPTION)
    if await uow.roles.exists(name_key=key_of(name)):
        raise AlreadyExists("role", "name", name)
    if await uow.roles.count() >= MAX_ROLES:
        raise LimitReached("role", MAX_ROLES)
    await require_distinct(uow, uow.roles, ("name_key",), name, key_of(name))
    role = await uow.roles.create(
        name=name, name_key=key_of(name), description=description, permissions=frozenset()
    )
    await keep_looks(uow, "role", role.id, (role.name_key,))
    changes = [Change("description", "", description)] if description else []
    changed = uow.record_changes("role.created", "role", role.id, name, changes)
    return changed_role(changed, role)


@operation("role.bind", permission="role.manage")
async def bind_role(uow: UnitOfWork, request: BindRole) -> Changed:
    """Let a Discord role grant an app role, if the actor may grant all of it."""
    role = await uow.roles.require_reference(request.role)
    if await uow.role_bindings.get_by_id(request.discord_role_id, role.id) is not None:
        raise AlreadyBound(role.name)
    await bind(uow, request.discord_role_id, role)
    change = Change("discord role", "", str(request.discord_role_id))
    return uow.record_changes("role.bound", "role", role.id, role.name, [change])


@operation("role.unbind", permission="role.manage")
async def unbind_role(uow: UnitOfWork, request: UnbindRole) -> Changed:
    """Let a Discord role no longer grant an app role."""
    role = await uow.roles.require_reference(request.role)
    require_may_take(uow, role, role.permissions)
    if not await uow.role_bindings.delete_by_id(request.discord_role_id, role.id):
        raise NotBound(role.name)
    change = Change("discord role", str(request.discord_role_id), "")
    return uow.record_changes("role.unbound", "role", role.id, role.name, [change])


@operation("role.forget", permission="role.manage")
async def forget_discord_role(uow: UnitOfWork, request: ForgetDiscordRole) -> Changed:
    """Unbind a deleted Discord role from every app role; raises NotFound if it grants none."""
    discord_role_id = request.discord_role_id
    bindings = await uow.role_bindings.find_all(discord_role_id=discord_role_id)
    if not bindings:
        raise NotBound
    await uow.role_bindings.delete_all(discord_role_id=discord_role_id)
    names = {role.id: role.name for role in await uow.roles.find_all(limit=MAX_ROLES)}
    brought = join_first([names[binding.role_id] for binding in bindings], _MAX_NAMED)
    return uow.record_changes(
        "role.forgotten",
        "discord role",
        discord_role_id,
        str(discord_role_id),
        [Change("roles", brought, "")],
    )


@query(permission=("people.view", "role.manage"))
async def list_roles(books: Books, request: ListRoles) -> RolesListed:
    """List the app roles and their bindings."""
    del request
    return RolesListed(guild_id=books.actor.guild_id, roles=await list_shown(books))


@query(permission=("people.view", "role.manage", "settings.manage"), is_shown=False)
async def list_role_names(books: Books, request: ListRoles) -> tuple[str, ...]:
    """Name the app roles, for listing, binding and the default."""
    del request
    return tuple(role.name for role in await books.roles.find_all(limit=MAX_ROLES))


async def list_shown(books: Books) -> tuple[RoleShown, ...]:
    """Return every app role with its bindings."""
    bindings = await books.role_bindings.find_all()
    return tuple(
        RoleShown(
            role=role,
            discord_role_ids=tuple(b.discord_role_id for b in bindings if b.role_id == role.id),
        )
        for role in await books.roles.find_all(limit=MAX_ROLES)
    )


async def bind(uow: UnitOfWork, discord_role_id: int, role: Role) -> None:
    """Insert a binding under the rules of granting; raises GrantExceeded, EveryoneOnlyLooks."""
    require_grantable(uow, role)
    if discord_role_id == uow.actor.guild_id and not may_everyone_hold(role.permissions):
        raise EveryoneOnlyLooks(role.name)
    await uow.role_bindings.get_or_create(discord_role_id, role.id)


def require_grantable(uow: UnitOfWork, role: Role) -> None:
    """Raise GrantExceeded unless the actor holds all that the role holds (or owns the guild)."""
    require_may_grant(uow, role, role.permissions)


def require_may_grant(uow: UnitOfWork, role: Role, permissions: frozenset[str]) -> None:
    """Raise GrantExceeded unless the actor holds what the role holds or is to hold."""
    if not uow.rights.may_grant(permissions):
        missing = tuple(sorted(permissions - uow.rights.permissions))
        raise GrantExceeded(role.name, missing, is_asked_for=not permissions <= role.permissions)


def require_may_take(uow: UnitOfWork, role: Role, permissions: frozenset[str]) -> None:
    """Raise GrantExceeded unless the actor holds what would be taken away (or owns the guild)."""
    if not uow.rights.may_grant(permissions):
        missing = tuple(sorted(permissions - uow.rights.permissions))
        raise GrantExceeded(role.name, missing, is_taken=True)


def changed_role(changed: Changed, role: Role, area: str | None = None) -> RoleChanged:
    """Return the answer to a change of a role, with all that it holds now."""
    return RoleChanged(
        record=changed.record,
        action=changed.action,
        role_id=role.id,
        name=role.name,
        permissions=tuple(sorted(role.permissions)),
        changes=changed.changes,
        area=area,
    )
