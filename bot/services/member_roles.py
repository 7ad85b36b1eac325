"""The roles that people are given by name: look at them, and replace them."""

from dataclasses import dataclass
from datetime import datetime

from bot.database.models import Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.actors import Actor
from bot.domain.changes import Change, Changed
from bot.domain.members import (
    MemberLeft,
    MemberUnchanged,
)
from bot.domain.names import key_of
from bot.domain.rights import was_made_ahead
from bot.errors import NamesUnknown, NotFound
from bot.services.default_role import note_taken
from bot.services.people import NOUN, remember_person
from bot.services.roles import (
    MAX_ROLES,
    require_grantable,
    require_may_take,
)

declare_actions("member.roles", way_back="people roles")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMemberRoles:
    """Look at a person's roles in order to replace them; `name` is what Discord shows."""

    person: Actor
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRolesShown:
    """A person, all roles, and the ids of those that the person was given and that count."""

    person: Actor
    name: str
    roles: tuple[Role, ...]
    held_ids: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoles:
    """Give a person just these roles by name; `joined_at` is when they last joined, if known.

    It is as of now, not as of when a menu was drawn: leaving ends what was assigned before.
    """

    user_id: int
    roles: tuple[int | str, ...]
    name: str = ""
    joined_at: datetime | None = None
    has_left: bool = False


@query(permission="people.manage")
async def get_member_roles(books: Books, request: GetMemberRoles) -> MemberRolesShown:
    """Look at what there is to choose from, and at what was chosen before."""
    explained = await books.explain_rights(request.person)
    held = [g for g in explained.grants if g.through == "assignment" and not g.is_expired]
    return MemberRolesShown(
        person=request.person,
        name=request.name,
        roles=tuple(await books.roles.find_all(limit=MAX_ROLES)),
        held_ids=frozenset(grant.role_id for grant in held if grant.role_id is not None),
    )


@operation("member.set_roles", permission="people.manage")
async def set_roles(uow: UnitOfWork, request: SetRoles) -> Changed:
    """Replace the roles assigned to a member; the actor must hold what is added or removed."""
    user_id, joined_at = request.user_id, request.joined_at
    known = {role.id: role for role in await uow.roles.find_all(limit=MAX_ROLES)}
    wanted = _require_all(known, request.roles)
    given = {row.role_id: row for row in await uow.role_assignments.find_all(user_id=user_id)}
    expired = {
        role_id
        for role_id, row in given.items()
        if request.has_left
        or (joined_at and row.assigned_at < joined_at)
        or was_made_ahead(row.assigned_at, joined_at, uow.now)
    }
    added, removed = wanted - (given.keys() - expired), given.keys() - wanted
    if added and request.has_left:
        raise MemberLeft(user_id)
    if not added and not removed:
        raise MemberUnchanged(str(user_id))
    for role_id in sorted(added):
        # Renewing what has expired grants it as well.
        require_grantable(uow, known[role_id])
    for role_id in sorted(removed - expired):
        require_may_take(uow, known[role_id], known[role_id].permissions)
    for role_id in sorted(added):
        await assign_role(uow, user_id, role_id, joined_at)
    for role_id in sorted(removed):
        await uow.role_assignments.delete_by_id(user_id, role_id)
    if removed:
        await note_taken(uow, user_id)
    await remember_person(uow, user_id, request.name)
    before, after = (_names(known, ids) for ids in (given.keys() - expired, wanted))
    changes = [Change("roles", before, after)]
    return uow.record_changes("member.roles", NOUN, user_id, str(user_id), changes)


async def assign_role(
    uow: UnitOfWork, user_id: int, role_id: int, joined_at: datetime | None
) -> None:
    """Assign a role to a person by name, or renew it.

    Discord's clock may be ahead of ours: what is given now was not given before they joined.
    """
    at = uow.now if joined_at is None else max(uow.now, joined_at)
    values = {"assigned_at": at, "assigned_by": uow.actor.user_id}
    if await uow.role_assignments.get_by_id(user_id, role_id) is None:
        await uow.role_assignments.create(user_id=user_id, role_id=role_id, **values)
    else:
        await uow.role_assignments.update_by_id(user_id, role_id, **values)


def _require_all(known: dict[int, Role], references: tuple[int | str, ...]) -> set[int]:
    """Return the ids of all these roles; raises NamesUnknown, or NotFound for one deleted since."""
    by_key = {role.name_key: role.id for role in known.values()}
    names = [reference for reference in references if isinstance(reference, str)]
    missing = tuple(dict.fromkeys(name for name in names if key_of(name) not in by_key))
    if missing:
        raise NamesUnknown("role", missing)
    ids = {reference for reference in references if isinstance(reference, int)}
    if not ids <= known.keys():
        raise NotFound("role")
    return ids | {by_key[key_of(name)] for name in names}


def _names(known: dict[int, Role], role_ids: set[int]) -> str:
    return ", ".join(sorted(known[role_id].name for role_id in role_ids))
