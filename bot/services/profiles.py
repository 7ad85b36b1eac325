"""What people do about themselves: register, keep an e-mail, take their data away, erase it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.database.models import Member
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.chain import canonical_json
from bot.domain.changes import Change, Changed
from bot.domain.contacts import check_email, mask_email
from bot.domain.members import (
    AlreadyRegistered,
    MemberUnchanged,
    NotRegistered,
    TooManyChanges,
)
from bot.domain.names import NOTHING, key_of
from bot.errors import NotAllowed
from bot.services.access import Way, list_ways
from bot.services.default_role import find_default_role, had_default_role, note_given
from bot.services.devices import NOUN as DEVICE
from bot.services.devices import describe_devices, revoke_all
from bot.services.member_roles import assign_role
from bot.services.people import NOUN, remember_person
from bot.services.permissions import list_seen

declare_actions("member.registered", way_back="my erase")
declare_actions("member.edited", way_back="my profile")
declare_actions("member.erased", way_back="my register")

# Numbers alone; a file of more would not go through Discord.
MAX_EXPORTED: Final = 300_000
# What needs no permission may not fill the books, where it would stay for good.
MAX_CHANGES: Final = 10
_CHANGES_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMember:
    """Become known to the books, under the name that Discord shows."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRegistered:
    """The answer to a registration; `role` is empty when none came with it."""

    record: int
    role: str
    email: str  # masked, for receipts are kept
    is_renewed: bool
    had_role_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEmail:
    """Keep another e-mail address, or `none`."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfile:
    """Look at what is kept about oneself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileShown:
    """What is kept about the one who asks, and the roles that count for them or have expired."""

    guild_id: int
    member: Member | None
    ways: tuple[Way, ...]
    permissions: tuple[str, ...]
    is_deactivated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProfile:
    """Take away what is kept about oneself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileExported:
    """All that is kept about the one who asks, as plain values."""

    content: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseProfile:
    """Remove what is kept about oneself, but for the id in ledger and audit."""


@operation("member.register", everyone=True)
async def register_member(uow: UnitOfWork, request: RegisterMember) -> MemberRegistered:
    """Make the actor a member, with the default role if they never had it.

    After they rejoined, a default role that was not taken away is renewed.
    """
    _require_active(uow)
    await _require_few_changes(uow)
    email = None if request.email is None else check_email(request.email)
    user_id, joined_at = uow.actor.user_id, uow.actor.joined_at
    member = await uow.members.get_by_id(user_id)
    since = member.registered_at if member else None
    role = await find_default_role(uow)
    standing = await _standing(uow, role.id if role else None)
    if since is not None and standing != "expired":
        raise AlreadyRegistered(since, has_new_email=email is not None)
    values: dict[str, Any] = {"registered_at": since or uow.now}
    if email is not None:
        values["email"] = email
    await remember_person(uow, user_id, request.name, **values)
    changes = []
    had_role_before = standing == "none" and await had_default_role(uow, user_id)
    if had_role_before:
        role = None
    if role is not None and standing != "held":
        await assign_role(uow, user_id, role.id, joined_at)
        await note_given(uow, user_id)
        changes.append(Change("role", "", role.name))
    if email is not None:
        changes.append(Change("email", "", mask_email(email)))
    changed = uow.record_changes("member.registered", NOUN, user_id, str(user_id), changes)
    return MemberRegistered(
        record=changed.record,
        role=role.name if role else "",
        email=mask_email(email or ""),
        is_renewed=since is not None,
        had_role_before=had_role_before,
    )


@operation("member.set_email", everyone=True)
async def set_email(uow: UnitOfWork, request: SetEmail) -> Changed:
    """Keep another e-mail address of the actor's, or none."""
    _require_active(uow)
    await _require_few_changes(uow)
    user_id = uow.actor.user_id
    email = None if key_of(request.email) == NOTHING else check_email(request.email)
    member = await uow.members.get_by_id(user_id)
    if member is None or member.registered_at is None:
        raise NotRegistered
    if member.email == email:
        raise MemberUnchanged(str(user_id))
    await uow.members.update_by_id(user_id, email=email)
    change = Change("email", mask_email(member.email or ""), mask_email(email or ""))
    return uow.record_changes("member.edited", NOUN, user_id, str(user_id), [change])


@operation("member.erase", everyone=True)
async def erase_profile(uow: UnitOfWork, request: EraseProfile) -> Changed:
    """Remove the actor's profile and roles; that their access is off stays, if it is."""
    del request
    await _require_few_changes(uow)
    user_id = uow.actor.user_id
    member = await uow.members.get_by_id(user_id)
    assigned = await uow.role_assignments.delete_all(user_id=user_id)
    revoked = await revoke_all(uow, user_id)
    if not (assigned or revoked) and (member is None or _is_erased(member)):
        raise NotRegistered
    if member is not None and member.deactivated_at is None:
        await uow.members.delete_by_id(user_id)
    elif member is not None:
        blank: dict[str, Any] = {"name": "", "name_key": "", "email": None, "registered_at": None}
        await uow.members.update_by_id(user_id, **blank)
    await _blank_receipts(uow, user_id)
    changes = [Change("devices", "", str(len(revoked)))] if revoked else []
    return uow.record_changes(
        "member.erased",
        NOUN,
        user_id,
        str(user_id),
        changes,
        subjects=[(DEVICE, number) for number in revoked],
    )


@query(everyone=True)
async def get_profile(books: Books, request: GetProfile) -> ProfileShown:
    """Look at what is kept about the one who asks, and at what they may do and why."""
    del request
    return ProfileShown(
        guild_id=books.actor.guild_id,
        member=await books.members.get_by_id(books.actor.user_id),
        ways=await list_ways(books, books.actor),
        permissions=list_seen(books.rights.permissions),
        is_deactivated=books.rights.is_deactivated,
    )


@query(everyone=True, is_heavy=True, is_sensitive=True)
async def export_profile(books: Books, request: ExportProfile) -> ProfileExported:
    """Gather what is kept about the one who asks: profile, roles, the numbers of records."""
    del request
    user_id = books.actor.user_id
    member = await books.members.get_by_id(user_id)
    profile = member.model_dump(exclude={"guild_id", "name_key"}) if member else None
    names = {role.id: role.name for role in await books.roles.find_all()}
    roles = [
        {"role": names[row.role_id], "given_at": row.assigned_at, "given_by": row.assigned_by}
        for row in await books.role_assignments.find_all(user_id=user_id)
    ]
    grant = await books.default_role_grants.get_by_id(user_id)
    kept = grant.model_dump(exclude={"guild_id", "user_id"}) if grant else None
    return ProfileExported(
        content={
            "guild_id": books.actor.guild_id,
            "user_id": user_id,
            "exported_at": books.now,
            "profile": profile,
            "roles": roles,
            "default_role": kept,
            "devices": await describe_devices(books, user_id),
            "records_by_you": await books.audit.list_records_by(user_id, MAX_EXPORTED),
            "records_about_you": await books.audit.list_records_about(NOUN, user_id, MAX_EXPORTED),
        }
    )


def _require_active(uow: UnitOfWork) -> None:
    if uow.rights.is_deactivated:
        raise NotAllowed((), reason="deactivated")


def _is_erased(member: Member) -> bool:
    return not member.name and member.email is None and member.registered_at is None


async def _require_few_changes(uow: UnitOfWork) -> None:
    """Raise TooManyChanges if the actor changed their own profile ten times within an hour."""
    user_id = uow.actor.user_id
    newest = await uow.audit.list_of_subject(NOUN, user_id, MAX_CHANGES, actor_id=user_id)
    if len(newest) == MAX_CHANGES:
        again_at = newest[-1].at + _CHANGES_WITHIN
        if again_at > uow.now:
            raise TooManyChanges(again_at)


async def _standing(uow: UnitOfWork, role_id: int | None) -> str:
    """Say whether the actor holds a role by name, or held it before they rejoined."""
    explained = await uow.explain_rights(uow.actor)
    for grant in explained.grants:
        if role_id is not None and grant.through == "assignment" and grant.role_id == role_id:
            return "expired" if grant.is_expired else "held"
    return "none"


async def _blank_receipts(uow: UnitOfWork, user_id: int) -> None:
    """Let the answers to what the person did about themselves say nothing of it any more.

    The fingerprint goes too: a guessed address could be tried on one.
    """
    for name in (register_member.name, set_email.name):
        for receipt in await uow.receipts.list_answered(user_id, name):
            answer = canonical_json(_blank_answer(name, receipt.record, user_id)).decode()
            await uow.receipts.update_by_id(receipt.key, answer=answer, fingerprint="")


def _blank_answer(operation_name: str, record: int, user_id: int) -> object:
    if operation_name == register_member.name:
        return MemberRegistered(record=record, role="", email="", is_renewed=False)
    return Changed(
        record=record,
        action="member.edited",
        noun=NOUN,
        subject_id=user_id,
        subject=str(user_id),
    )
