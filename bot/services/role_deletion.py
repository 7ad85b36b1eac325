"""Deleting a role: first what goes with it, then all of it in one record."""

import hashlib
from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.chain import canonical_json
from bot.domain.changes import Change, Changed, join_first
from bot.domain.guild_settings import NO_ROLE
from bot.errors import StaleVersion

MAX_NAMED = 20
_SEAL_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRoleDeletion:
    """Ask what would go with a role."""

    role: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRole:
    """Delete a role with all that goes with it, if that is still what `seal` was made of."""

    role_id: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDoomed:
    """A role and what goes with it; `seal` stands for just that."""

    role: Role
    discord_role_ids: tuple[int, ...]
    user_ids: tuple[int, ...]  # of the first whom it was given by name
    people_count: int
    is_default: bool
    seal: str


@query(permission="role.manage")
async def preview_role_deletion(books: Books, request: PreviewRoleDeletion) -> RoleDoomed:
    """Look at what would go with a role."""
    return await _doom(books, await books.roles.require_reference(request.role))


@operation("role.delete", permission="role.manage")
async def delete_role(uow: UnitOfWork, request: DeleteRole) -> Changed:
    """Delete a role; whom it was given loses it, and a default role is none from then on."""
    doomed = await _doom(uow, await uow.roles.require_reference(request.role_id))
    if doomed.seal != request.seal:
        raise StaleVersion("role")
    role = doomed.role
    await uow.role_bindings.delete_all(role_id=role.id)
    await uow.role_assignments.delete_all(role_id=role.id)
    if doomed.is_default:
        await uow.guilds.update_by_id(default_role_id=None)
    await uow.roles.delete_by_id(role.id)
    uow.rights_changed()
    return uow.record_changes("role.deleted", "role", role.id, role.name, _list_changes(doomed))


async def _doom(books: Books, role: Role) -> RoleDoomed:
    bindings = await books.role_bindings.find_all(role_id=role.id)
    guild = await books.guilds.get_by_id()
    discord_role_ids = tuple(binding.discord_role_id for binding in bindings)
    people_count = await books.role_assignments.count(role_id=role.id)
    given = await books.role_assignments.find_all(role_id=role.id, limit=MAX_NAMED)
    is_default = guild is not None and guild.default_role_id == role.id
    parts = [role.name, sorted(role.permissions), discord_role_ids, people_count, is_default]
    return RoleDoomed(
        role=role,
        discord_role_ids=discord_role_ids,
        user_ids=tuple(each.user_id for each in given),
        people_count=people_count,
        is_default=is_default,
        seal=hashlib.sha256(canonical_json(parts)).hexdigest()[:_SEAL_LENGTH],
    )


def _list_changes(doomed: RoleDoomed) -> list[Change]:
    role = doomed.role
    people = join_first(doomed.user_ids, MAX_NAMED, count=doomed.people_count)
    changes = [
        Change("permissions", ", ".join(sorted(role.permissions)), ""),
        Change("discord roles", join_first(doomed.discord_role_ids, MAX_NAMED), ""),
        Change("people", people, ""),
    ]
    if doomed.is_default:
        changes.append(Change("default_role", role.name, NO_ROLE))
    return [change for change in changes if change.before]
