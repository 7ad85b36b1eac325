"""What people tell the books about themselves: register, look, change, take it home, erase it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.database.models import Member, Role
from bot.database.operations import operation, query
from bot.database.rights import RightsExplained
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.contacts import check_email, mask_email
from bot.domain.names import MAX_MEMBER_NAME, clean_text, key_of
from bot.errors import NotAllowed, NotFound, NothingToDo, NotRegistered

# Typed for an address, this removes the one that is kept.
NOTHING = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMember:
    """Make oneself known to the guild's books."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEmail:
    """Change one's own address; `none` removes it."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseMyself:
    """Erase what the books know of oneself, but for the id in what was done.

    `user_id` is who was asked whether they mean it.
    """

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowProfile:
    """Look at oneself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileShown:
    """What the books know of a person, and what they may do and why."""

    user_id: int
    member: Member | None
    explained: RightsExplained
    roles: dict[int, Role]
    assigned_role_ids: tuple[int, ...]


@operation(everyone=True)
async def register_member(uow: UnitOfWork, request: RegisterMember) -> Changed:
    """Make oneself known, and take the guild's default role; again after having rejoined.

    Raises NothingToDo for whoever is known and holds the role already.
    """
    email = None if request.email is None else check_email(request.email)
    if uow.rights.is_deactivated:
        raise NotAllowed((), reason="deactivated")
    user_id = uow.actor.user_id
    member = await uow.members.get_by_id(user_id)
    name = clean_text(request.name, field="name", limit=MAX_MEMBER_NAME)
    changes = []
    if member is None:
        await uow.members.create(user_id=user_id, name=name, email=email, registered_at=uow.now)
        changes = [Change("email", "", mask_email(email))] if email else []
    role = await _take_default_role(uow)
    if role is not None:
        changes.append(Change("role", "", role.name))
    elif member is not None:
        raise NothingToDo("member", member.name, state="registered")
    uow.rights_changed()
    return uow.record_changes("member.registered", "member", user_id, str(user_id), changes)


@operation(everyone=True)
async def change_email(uow: UnitOfWork, request: ChangeEmail) -> Changed:
    """Change one's own address."""
    member = await _require_myself(uow)
    is_removed = key_of(request.email) == NOTHING
    email = None if is_removed else check_email(request.email)
    if email == member.email:
        raise NothingToDo("email", "email")
    await uow.members.update_by_id(member.user_id, email=email)
    before, after = mask_email(member.email or ""), mask_email(email or "")
    change = Change("email", before, after)
    return uow.record_changes(
        "member.edited", "member", member.user_id, str(member.user_id), [change]
    )


@operation(everyone=True)
async def erase_myself(uow: UnitOfWork, request: EraseMyself) -> Changed:
    """Erase name, address and roles given by name; ledger and audit keep the id alone.

    Whoever was deactivated stays so: erasing oneself is no way back in.
    """
    if request.user_id != uow.actor.user_id:
        raise NotFound("profile")
    member = await _require_myself(uow)
    await uow.role_assignments.delete_all(user_id=member.user_id)
    if member.deactivated_at is None:
        await uow.members.delete_by_id(member.user_id)
    else:
        await uow.members.update_by_id(member.user_id, name="", email=None)
    uow.rights_changed()
    return uow.record_changes("member.erased", "member", member.user_id, str(member.user_id), [])


@query(everyone=True)
async def show_profile(books: Books, request: ShowProfile) -> ProfileShown:
    """Look at what the books know of oneself, and what one may do."""
    del request
    assigned = await books.role_assignments.find_all(user_id=books.actor.user_id)
    return ProfileShown(
        user_id=books.actor.user_id,
        member=await books.members.get_by_id(books.actor.user_id),
        explained=await books.explain_rights(books.actor),
        roles={role.id: role for role in await books.roles.find_all()},
        assigned_role_ids=tuple(each.role_id for each in assigned),
    )


@query(everyone=True)
async def export_myself(books: Books, request: ShowProfile) -> bytes:
    """Return everything that is kept about oneself as JSON: the profile, roles, records."""
    shown = await show_profile.function(books, request)
    member, user_id = shown.member, books.actor.user_id
    own = await books.audit.list_numbers_of(user_id)
    kept: dict[str, Any] = {
        "guild_id": str(books.actor.guild_id),
        "user_id": str(user_id),
        "profile": None
        if member is None
        else {
            "name": member.name,
            "email": member.email,
            "registered_at": _text(member.registered_at),
            "deactivated_at": _text(member.deactivated_at),
            "deactivation_reason": member.deactivation_reason,
        },
        "roles_given_by_name": [shown.roles[role_id].name for role_id in shown.assigned_role_ids],
        "permissions": sorted(shown.explained.rights.permissions),
        "records": own,
    }
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2)


async def _take_default_role(uow: UnitOfWork) -> Role | None:
    """Give the actor the guild's default role, if there is one that they have not."""
    guild = await uow.guilds.require()
    if guild.default_role_id is None:
        return None
    user_id, role_id = uow.actor.user_id, guild.default_role_id
    given = await uow.role_assignments.get_by_id(user_id, role_id)
    is_void = given is not None and (
        uow.actor.joined_at is not None and given.assigned_at < uow.actor.joined_at
    )
    if given is not None and not is_void:
        return None
    if given is not None:
        await uow.role_assignments.update_by_id(user_id, role_id, assigned_at=uow.now)
    else:
        await uow.role_assignments.create(
            user_id=user_id, role_id=role_id, assigned_at=uow.now, assigned_by=user_id
        )
    return await uow.roles.require(role_id)


async def _require_myself(books: Books) -> Member:
    member = await books.members.get_by_id(books.actor.user_id)
    if member is None:
        raise NotRegistered
    return member


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
