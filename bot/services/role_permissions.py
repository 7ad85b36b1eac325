"""What a role holds: show it, and replace it as a whole or an area at a time."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change
from bot.domain.permissions import PERMISSION_AREAS, REGISTRATION_PERMISSIONS, may_everyone_hold
from bot.domain.roles import DefaultRoleExceeded, EveryoneOnlyLooks
from bot.errors import NamesUnknown, NothingToDo
from bot.services.permissions import list_areas, list_offered
from bot.services.roles import RoleChanged, changed_role, require_may_grant, require_may_take

declare_actions("role.permitted", way_back="role permissions")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRolePermissions:
    """Look at what a role holds, in order to change it in one area."""

    role: int | str
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePermissionsShown:
    """A role with what it holds, and the area to choose permissions of."""

    role: Role
    area: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPermissions:
    """Let a role hold just these permissions; or just these of one area, and all others as before.

    An area is one of PERMISSION_AREAS. Permissions that are not offered yet stay as they are.
    """

    role: int | str
    permissions: tuple[str, ...]
    area: str | None = None


@query(permission="role.manage")
async def get_role_permissions(books: Books, request: GetRolePermissions) -> RolePermissionsShown:
    """Look at what a role holds."""
    role = await books.roles.require_reference(request.role)
    return RolePermissionsShown(role=role, area=request.area)


@operation("role.set_permissions", permission="role.manage")
async def set_permissions(uow: UnitOfWork, request: SetPermissions) -> RoleChanged:
    """Replace what a role holds, all or nothing; what is added or removed must be held."""
    known = frozenset(list_areas().get(request.area, ()) if request.area else list_offered())
    unknown = tuple(dict.fromkeys(name for name in request.permissions if name not in known))
    if unknown:
        raise NamesUnknown("permission", unknown)
    role = await uow.roles.require_reference(request.role)
    before, after = role.permissions, (role.permissions - known) | set(request.permissions)
    changes = list_permission_changes(before, after)
    if not changes:
        raise NothingToDo("role", role.name)
    require_may_grant(uow, role, after - before)
    require_may_take(uow, role, before - after)
    await _require_fit(uow, role, after, after - before)
    role = await uow.roles.update_by_id(role.id, permissions=after)
    changed = uow.record_changes("role.permitted", "role", role.id, role.name, changes)
    return changed_role(changed, role, request.area)


async def _require_fit(
    uow: UnitOfWork, role: Role, permissions: frozenset[str], added: frozenset[str]
) -> None:
    """Raise EveryoneOnlyLooks or DefaultRoleExceeded if people would get too much unasked."""
    is_everyones = not may_everyone_hold(permissions) and (
        await uow.role_bindings.get_by_id(uow.actor.guild_id, role.id) is not None
    )
    if is_everyones:
        raise EveryoneOnlyLooks(role.name)
    beyond = added - REGISTRATION_PERMISSIONS
    if beyond and (await uow.guilds.require()).default_role_id == role.id:
        raise DefaultRoleExceeded(role.name, tuple(sorted(beyond)))


def list_permission_changes(before: frozenset[str], after: frozenset[str]) -> list[Change]:
    """Return the areas that differ, each as a whole before and after."""
    changes = []
    for area, names in PERMISSION_AREAS.items():
        was, now = (", ".join(name for name in names if name in held) for held in (before, after))
        if was != now:
            changes.append(Change(area, was, now))
    return changes
