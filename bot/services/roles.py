"""App roles and what brings them: bind and unbind Discord roles, list."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.permissions import only_views
from bot.errors import EveryoneOnlyLooks, GrantExceeded, NotFound, NothingToDo

MAX_ROLES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class BindRole:
    """Let a Discord role bring an app role."""

    discord_role_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbindRole:
    """Let a Discord role no longer bring an app role."""

    discord_role_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoles:
    """Look at the app roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    """An app role and the Discord roles that bring it."""

    role: Role
    discord_role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesListed:
    """The guild's app roles, at most 25."""

    roles: tuple[RoleShown, ...]


@operation(permission="role.manage")
async def bind_role(uow: UnitOfWork, request: BindRole) -> Changed:
    """Let a Discord role bring an app role, if the actor may grant all of it."""
    role = await uow.roles.require_reference(request.role)
    if await uow.role_bindings.get_by_id(request.discord_role_id, role.id) is not None:
        raise NothingToDo("role", role.name, state="bound")
    await bind(uow, request.discord_role_id, role)
    change = Change("discord role", "", str(request.discord_role_id))
    return uow.record_changes("role.bound", "role", role.id, role.name, [change])


@operation(permission="role.manage")
async def unbind_role(uow: UnitOfWork, request: UnbindRole) -> Changed:
    """Let a Discord role no longer bring an app role."""
    role = await uow.roles.require_reference(request.role)
    if not await uow.role_bindings.delete_by_id(request.discord_role_id, role.id):
        raise NotFound("binding", wanted=role.name)
    uow.rights_changed()
    change = Change("discord role", str(request.discord_role_id), "")
    return uow.record_changes("role.unbound", "role", role.id, role.name, [change])


@query(permission="people.view")
async def list_roles(books: Books, request: ListRoles) -> RolesListed:
    """Look at the app roles and what brings them."""
    del request
    bindings = await books.role_bindings.find_all()
    return RolesListed(
        roles=tuple(
            RoleShown(
                role=role,
                discord_role_ids=tuple(b.discord_role_id for b in bindings if b.role_id == role.id),
            )
            for role in await books.roles.find_all(limit=MAX_ROLES)
        )
    )


@query(permission=("people.view", "role.manage", "settings.manage"))
async def name_roles(books: Books, request: ListRoles) -> tuple[str, ...]:
    """Name the app roles, for whoever looks at them, binds them or sets the default."""
    del request
    return tuple(role.name for role in await books.roles.find_all(limit=MAX_ROLES))


async def bind(uow: UnitOfWork, discord_role_id: int, role: Role) -> None:
    """Insert a binding under the rules of granting; raises GrantExceeded, EveryoneOnlyLooks."""
    require_grantable(uow, role)
    if discord_role_id == uow.actor.guild_id and not only_views(role.permissions):
        raise EveryoneOnlyLooks(role.name)
    await uow.role_bindings.get_or_create(discord_role_id, role.id)
    uow.rights_changed()


def require_grantable(uow: UnitOfWork, role: Role) -> None:
    """Raise GrantExceeded unless the actor holds all that the role holds (or owns the guild)."""
    if not uow.rights.may_grant(role.permissions):
        missing = role.permissions - uow.rights.permissions
        raise GrantExceeded(role.name, tuple(sorted(missing)))
