"""Deleting a role: first what goes with it, then all of it in one record."""

import hashlib
from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.chain import canonical_json
from bot.domain.changes import Change, Changed, join_first
from bot.domain.guild_settings import NO_ROLE
from bot.errors import StaleVersion
from bot.services.lookalikes import keep_looks
from bot.services.roles import require_may_take

declare_actions("role.deleted", way_back="role create")

MAX_NAMED = 20
_TOKEN_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDeletionPreview:
    """Ask what would go with a role."""

    role: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRole:
    """Delete a role and all that goes with it, if the preview of this token still holds."""

    role_id: int
    preview_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionPreviewed:
    """A role and what goes with it; `preview_token` identifies exactly that."""

    guild_id: int
    role: Role
    discord_role_ids: tuple[int, ...]
    user_ids: tuple[int, ...]  # of the first whom it was given by name
    people_count: int
    is_default: bool
    preview_token: str


@query(permission="role.manage")
async def get_deletion_preview(books: Books, request: GetDeletionPreview) -> DeletionPreviewed:
    """Look at what would go with a role."""
    return await _preview(books, await books.roles.require_reference(request.role))


@operation("role.delete", permission="role.manage")
async def delete_role(uow: UnitOfWork, request: DeleteRole) -> Changed:
    """Delete a role; whom it was given loses it, and a default role is none from then on."""
    preview = await _preview(uow, await uow.roles.require_reference(request.role_id))
    if preview.preview_token != request.preview_token:
        raise StaleVersion("role")
    role = preview.role
    require_may_take(uow, role, role.permissions)
    await uow.role_bindings.delete_all(role_id=role.id)
    await uow.role_assignments.delete_all(role_id=role.id)
    if preview.is_default:
        await uow.guilds.update_by_id(default_role_id=None)
    await uow.roles.delete_by_id(role.id)
    await keep_looks(uow, "role", role.id, ())
    return uow.record_changes("role.deleted", "role", role.id, role.name, _list_changes(preview))


async def _preview(books: Books, role: Role) -> DeletionPreviewed:
    bindings = await books.role_bindings.find_all(role_id=role.id)
    guild = await books.guilds.get_by_id()
    discord_role_ids = tuple(binding.discord_role_id for binding in bindings)
    people_count = await books.role_assignments.count(role_id=role.id)
    given = await books.role_assignments.find_all(role_id=role.id, limit=MAX_NAMED)
    is_default = guild is not None and guild.default_role_id == role.id
    parts = [role.name, sorted(role.permissions), discord_role_ids, people_count, is_default]
    return DeletionPreviewed(
        guild_id=books.actor.guild_id,
        role=role,
        discord_role_ids=discord_role_ids,
        user_ids=tuple(each.user_id for each in given),
        people_count=people_count,
        is_default=is_default,
        preview_token=hashlib.sha256(canonical_json(parts)).hexdigest()[:_TOKEN_LENGTH],
    )


def _list_changes(preview: DeletionPreviewed) -> list[Change]:
    role = preview.role
    people = join_first(preview.user_ids, MAX_NAMED, count=preview.people_count)
    changes = [
        Change("permissions", ", ".join(sorted(role.permissions)), ""),
        Change("discord roles", join_first(preview.discord_role_ids, MAX_NAMED), ""),
        Change("people", people, ""),
    ]
    if preview.is_default:
        changes.append(Change("default_role", role.name, NO_ROLE))
    return [change for change in changes if change.before]
