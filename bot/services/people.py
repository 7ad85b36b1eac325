"""The people of a guild's books: who they are, what roles they were given, who is shut out."""

from dataclasses import dataclass

from bot.database.controllers.base import Page
from bot.database.models import Member, Role
from bot.database.operations import operation, query
from bot.database.rights import RightsExplained
from bot.database.unit import Books, UnitOfWork
from bot.domain.actors import Actor
from bot.domain.changes import Change, Changed
from bot.domain.contacts import mask_email
from bot.domain.names import MAX_MEMBER_NAME, MAX_NOTE, clean_text
from bot.errors import CannotDeactivate, NamesUnknown, NothingToDo
from bot.services.roles import MAX_ROLES, require_grantable


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoles:
    """Replace the app roles that somebody was given by name; `name` is what to remember."""

    user_id: int
    roles: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateMember:
    """Take every right from somebody, whatever roles they hold."""

    user_id: int
    reason: str
    name: str = ""
    is_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivateMember:
    """Give somebody back what their roles bring."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPeople:
    """Look at a page of the people who are known, perhaps of one role."""

    role: str | int | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleListed:
    """One page of people by id, with the roles that each was given by name."""

    page: Page[Member]
    role_names: dict[int, tuple[str, ...]]
    role: Role | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMember:
    """Look at somebody, as Discord describes them; they may have left."""

    person: Actor
    has_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShown:
    """What the books know of somebody, and what they may do."""

    user_id: int
    member: Member | None
    email: str
    explained: RightsExplained
    roles: tuple[Role, ...]
    assigned_role_ids: frozenset[int]
    has_left: bool


@operation(permission="people.manage")
async def set_roles(uow: UnitOfWork, request: SetRoles) -> Changed:
    """Replace somebody's roles by a set, all or nothing; people grant only what they hold.

    The same set once more renews it for somebody who left and came back.
    """
    roles = await _require_roles(uow, request.roles)
    given = await uow.role_assignments.find_all(user_id=request.user_id)
    before = {each.role_id for each in given}
    wanted = {role.id for role in roles}
    if not before | wanted:
        raise NothingToDo("roles", "roles")
    for role in roles:
        if role.id not in before or before == wanted:
            require_grantable(uow, role)
    await _remember(uow, request.user_id, request.name)
    await uow.role_assignments.delete_all(user_id=request.user_id)
    await uow.role_assignments.bulk_create(
        [
            {
                "user_id": request.user_id,
                "role_id": role.id,
                "assigned_at": uow.now,
                "assigned_by": uow.actor.user_id,
            }
            for role in roles
        ]
    )
    uow.rights_changed()
    names = {role.id: role.name for role in await uow.roles.find_all(limit=MAX_ROLES)}
    changes = [Change("roles", _names(names, before), _names(names, wanted))]
    return _record(uow, "member.roles_set", request.user_id, changes)


@operation(permission="people.manage")
async def deactivate_member(uow: UnitOfWork, request: DeactivateMember) -> Changed:
    """Take every right from somebody, at once and for what they see on their screens too."""
    if request.is_owner:
        raise CannotDeactivate("owner")
    if request.user_id == uow.actor.user_id:
        raise CannotDeactivate("oneself")
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    member = await _remember(uow, request.user_id, request.name)
    if member.deactivated_at is not None:
        raise NothingToDo("member", member.name or str(member.user_id), state="deactivated")
    await uow.members.update_by_id(
        request.user_id, deactivated_at=uow.now, deactivation_reason=reason
    )
    uow.rights_changed()
    changes = [Change("active", "yes", "no"), Change("reason", "", reason)]
    return _record(uow, "member.deactivated", request.user_id, changes)


@operation(permission="people.manage")
async def reactivate_member(uow: UnitOfWork, request: ReactivateMember) -> Changed:
    """Give somebody back what their roles bring."""
    member = await uow.members.get_by_id(request.user_id)
    if member is None or member.deactivated_at is None:
        name = member.name if member else ""
        raise NothingToDo("member", name or str(request.user_id), state="active")
    await uow.members.update_by_id(request.user_id, deactivated_at=None, deactivation_reason="")
    uow.rights_changed()
    return _record(uow, "member.reactivated", request.user_id, [Change("active", "no", "yes")])


@query(permission="people.view")
async def list_people(books: Books, request: ListPeople) -> PeopleListed:
    """List the people who are known."""
    role = None
    if isinstance(request.role, int):
        role = await books.roles.require(request.role)
    elif request.role is not None:
        role = await books.roles.require_reference(request.role)
    page = await books.members.paginate_people(
        role.id if role else None, after=request.after, before=request.before
    )
    names = {each.id: each.name for each in await books.roles.find_all(limit=MAX_ROLES)}
    role_names = {}
    for member in page.rows:
        given = await books.role_assignments.find_all(user_id=member.user_id)
        role_names[member.user_id] = tuple(names[each.role_id] for each in given)
    return PeopleListed(page=page, role_names=role_names, role=role)


@query(permission=("people.view", "people.manage"))
async def show_member(books: Books, request: ShowMember) -> MemberShown:
    """Look at somebody; their address is whole for who manages people and for themselves."""
    user_id = request.person.user_id
    member = await books.members.get_by_id(user_id)
    may_see = books.rights.holds("people.manage") or user_id == books.actor.user_id
    email = (member.email if member else None) or ""
    given = await books.role_assignments.find_all(user_id=user_id)
    return MemberShown(
        user_id=user_id,
        member=member,
        email=email if may_see else mask_email(email),
        explained=await books.explain_rights(request.person),
        roles=tuple(await books.roles.find_all(limit=MAX_ROLES)),
        assigned_role_ids=frozenset(each.role_id for each in given),
        has_left=request.has_left,
    )


async def _require_roles(uow: UnitOfWork, names: tuple[str, ...]) -> list[Role]:
    """Return the roles of these names or ids; raises NamesUnknown with all that are missing."""
    known = {}
    for role in await uow.roles.find_all(limit=MAX_ROLES):
        known[role.name_key] = known[str(role.id)] = role
    keys = [name.strip().casefold() for name in names]
    missing = tuple(name for name, key in zip(names, keys, strict=True) if key not in known)
    if missing:
        raise NamesUnknown("role", missing)
    return list({known[key].id: known[key] for key in keys}.values())


async def _remember(uow: UnitOfWork, user_id: int, name: str) -> Member:
    """Return a person as the books know them, from now on at least."""
    shown = clean_text(name, field="name", limit=MAX_MEMBER_NAME)
    return await uow.members.get_or_create(user_id, name=shown, registered_at=uow.now)


def _names(names: dict[int, str], role_ids: set[int]) -> str:
    return ", ".join(names[role_id] for role_id in sorted(role_ids) if role_id in names)


def _record(uow: UnitOfWork, action: str, user_id: int, changes: list[Change]) -> Changed:
    """Record what was done to somebody: the audit knows people by their ids alone."""
    return uow.record_changes(action, "member", user_id, str(user_id), changes)
