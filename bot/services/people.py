"""People as others manage them: list, show, switch access off and on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.database.controllers.base import Page
from bot.database.models import Member, Role
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.actors import Actor
from bot.domain.changes import Change, Changed
from bot.domain.contacts import mask_email
from bot.domain.members import (
    AccessKept,
    AlreadyActive,
    AlreadyDeactivated,
    DeactivationExceeded,
    ReactivationExceeded,
)
from bot.domain.names import MAX_NOTE, clean_text, key_of, remembered_name
from bot.domain.rights import permissions_of
from bot.services.access import Way, list_ways
from bot.services.roles import (
    MAX_ROLES,
    RoleShown,
    list_shown,
)

declare_actions("member.deactivated", way_back="people reactivate")
declare_actions("member.reactivated", way_back="people deactivate")

NOUN: Final = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPeople:
    """Look at the people by name, or at those who were given one role by name."""

    role: int | str | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleListed:
    """A page of people, the names of the roles that each was given, and who has roles besides.

    No one knows who holds a Discord role, so `bound` names the Discord roles that grant roles.
    """

    page: Page[Member]
    roles: dict[int, tuple[str, ...]]
    role: Role | None
    bound: tuple[RoleShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPerson:
    """Look at a person as Discord describes them; one who left, by their id alone."""

    person: Actor
    has_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """A person, with as much of the e-mail as the one who looks may see, and their roles."""

    guild_id: int
    user_id: int
    member: Member | None
    email: str
    ways: tuple[Way, ...]
    has_left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivatePerson:
    """Deactivate a member; their Discord roles say what they hold, if they are in the guild."""

    user_id: int
    reason: str
    name: str = ""
    is_owner: bool = False
    is_program: bool = False
    discord_role_ids: tuple[int, ...] = ()
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivatePerson:
    """Switch a member's access on again; their Discord roles say what they would get back."""

    user_id: int
    discord_role_ids: tuple[int, ...]
    joined_at: datetime | None


@query(permission="people.view")
async def list_people(books: Books, request: ListPeople) -> PeopleListed:
    """Look at a page of people."""
    role = None if request.role is None else await books.roles.require_reference(request.role)
    page = await books.members.paginate_by_name(
        role.id if role else None, after=request.after, before=request.before
    )
    names = {each.id: each.name for each in await books.roles.find_all(limit=MAX_ROLES)}
    given: dict[int, tuple[str, ...]] = {row.user_id: () for row in page.rows}
    for each in await books.role_assignments.list_of_people(list(given)):
        given[each.user_id] += (names[each.role_id],)
    bound = [shown for shown in await list_shown(books) if shown.discord_role_ids]
    return PeopleListed(
        page=page,
        roles=given,
        role=role,
        bound=tuple(each for each in bound if role is None or each.role.id == role.id),
    )


@query(permission="people.view", is_sensitive=True)
async def get_person(books: Books, request: GetPerson) -> PersonShown:
    """Look at one person; their e-mail is whole for themselves and for who manages people."""
    user_id = request.person.user_id
    member = await books.members.get_by_id(user_id)
    may_see = user_id == books.actor.user_id or books.rights.holds("people.manage")
    email = (member.email or "") if member else ""
    return PersonShown(
        guild_id=books.actor.guild_id,
        user_id=user_id,
        member=member,
        email=email if may_see else mask_email(email),
        ways=await list_ways(books, request.person),
        has_left=request.has_left,
    )


@operation("member.deactivate", permission="people.manage")
async def deactivate_person(uow: UnitOfWork, request: DeactivatePerson) -> Changed:
    """Take every right from a person at once, if the actor holds all that they hold.

    They need not have registered.
    """
    user_id = request.user_id
    is_oneself = user_id == uow.actor.user_id
    if is_oneself or request.is_owner or request.is_program:
        raise AccessKept(user_id, is_oneself=is_oneself, is_program=request.is_program)
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    member = await uow.members.get_by_id(user_id)
    if member is not None and member.deactivated_at is not None:
        raise AlreadyDeactivated(str(user_id))
    missing = await _list_beyond(uow, request)
    if missing:
        raise DeactivationExceeded(user_id, missing)
    state = {"deactivated_at": uow.now, "deactivation_reason": reason}
    await remember_person(uow, user_id, request.name, **state)
    changes = [Change("reason", "", reason)]
    return uow.record_changes("member.deactivated", NOUN, user_id, str(user_id), changes)


@operation("member.reactivate", permission="people.manage")
async def reactivate_person(uow: UnitOfWork, request: ReactivatePerson) -> Changed:
    """Let a member have again what their roles grant, if the actor holds all of it."""
    user_id = request.user_id
    member = await uow.members.get_by_id(user_id)
    if member is None or member.deactivated_at is None:
        raise AlreadyActive(str(user_id))
    missing = await _list_beyond(uow, request)
    if missing:
        raise ReactivationExceeded(user_id, missing)
    await uow.members.update_by_id(user_id, deactivated_at=None, deactivation_reason="")
    return uow.record_changes("member.reactivated", NOUN, user_id, str(user_id), [])


async def _list_beyond(
    uow: UnitOfWork, request: DeactivatePerson | ReactivatePerson
) -> tuple[str, ...]:
    """Return what a member's roles grant, were they active, that the actor does not hold."""
    person = Actor(
        guild_id=uow.actor.guild_id,
        user_id=request.user_id,
        discord_role_ids=frozenset({*request.discord_role_ids, uow.actor.guild_id}),
        joined_at=request.joined_at,
    )
    held = permissions_of((await uow.explain_rights(person)).grants)
    return () if uow.rights.may_grant(held) else tuple(sorted(held - uow.rights.permissions))


async def remember_person(uow: UnitOfWork, user_id: int, name: str, **values: Any) -> Member:
    """Keep a person's name as Discord shows it, if it does, and other columns beside it."""
    if clean := remembered_name(name):
        values |= {"name": clean, "name_key": key_of(clean)}
    if await uow.members.get_by_id(user_id) is None:
        return await uow.members.create(user_id=user_id, **values)
    if not values:
        return await uow.members.require(user_id)
    return await uow.members.update_by_id(user_id, **values)
