"""What a role holds: show it, and replace it as a whole or an area at a time."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change
from bot.domain.permissions import PERMISSION_AREAS, PERMISSIONS, only_views
from bot.domain.roles import EveryoneOnlyLooks
from bot.errors import NamesUnknown, NothingToDo
from bot.services.roles import RoleChanged, changed_role, require_may_grant

declare_actions("role.permitted")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRolePermissions:
    """Look at what a role holds, in order to change it."""

    role: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePermissionsShown:
    """A role with what it holds."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPermissions:
    """Let a role hold just these permissions; or just these of one area, and all others as before.

    An area is one of PERMISSION_AREAS.
    """

    role: int | str
    permissions: tuple[str, ...]
    area: str | None = None


@query(permission="role.manage")
async def get_role_permissions(books: Books, request: GetRolePermissions) -> RolePermissionsShown:
    """Look at what a role holds."""
    return RolePermissionsShown(role=await books.roles.require_reference(request.role))


@operation("role.set_permissions", permission="role.manage")
async def set_permissions(uow: UnitOfWork, request: SetPermissions) -> RoleChanged:
    """Replace what a role holds, all or nothing, by what the actor may grant."""
    known = frozenset(PERMISSION_AREAS[request.area] if request.area else PERMISSIONS)
    unknown = tuple(dict.fromkeys(name for name in request.permissions if name not in known))
    if unknown:
        raise NamesUnknown("permission", unknown)
    role = await uow.roles.require_reference(request.role)
    before, after = role.permissions, (role.permissions - known) | set(request.permissions)
    changes = _list_changes(before, after)
    if not changes:
        raise NothingToDo("role", role.name)
    require_may_grant(uow, role, after - before)
    await _require_fit_for_everyone(uow, role, after)
    role = await uow.roles.update_by_id(role.id, permissions=after)
    changed = uow.record_changes("role.permitted", "role", role.id, role.name, changes)
    return changed_role(changed, role)


async def _require_fit_for_everyone(
    uow: UnitOfWork, role: Role, permissions: frozenset[str]
) -> None:
    """Raise EveryoneOnlyLooks if `@everyone` has the role and it would do more than look."""
    if only_views(permissions):
        return
    if await uow.role_bindings.get_by_id(uow.actor.guild_id, role.id) is not None:
        raise EveryoneOnlyLooks(role.name)


def _list_changes(before: frozenset[str], after: frozenset[str]) -> list[Change]:
    """Return the areas that differ, each as a whole before and after."""
    changes = []
    for area, names in PERMISSION_AREAS.items():
        was, now = (", ".join(name for name in names if name in held) for held in (before, after))
        if was != now:
            changes.append(Change(area, was, now))
    return changes
