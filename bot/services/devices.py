"""Devices: make a link for a phone or a program of a member's, list and revoke what was linked.

Codes and secrets are made by the callers and never come here: requests carry their hashes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.database.controllers.base import Page
from bot.database.models import DeviceContact, DeviceSession
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.devices import (
    MAX_DEVICE_NAME,
    MAX_DEVICES,
    AlreadyRevoked,
    default_name,
    session_ends_at,
)
from bot.domain.names import clean_name, key_of
from bot.domain.shifts import write_until
from bot.domain.stock import Reference
from bot.domain.sync import LINK_VALID
from bot.errors import Ambiguous, Candidate, LimitReached, NotFound

LINKED: Final = "device.linked"
REVOKED: Final = "device.revoked"
NOUN: Final = "device"
MANAGES: Final = "people.manage"
# Expired ones are listed until they are revoked; more than these no member has.
_MAX_LISTED: Final = 500

declare_actions(LINKED, way_back="device revoke")
declare_actions(REVOKED, way_back="device link")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDevice:
    """Make a link for a device of the actor's; `link_hash` is the hash of its code."""

    link_hash: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMade:
    """A device that can be linked until `expires_at`, by who knows the code."""

    record: int
    guild_id: int
    device_id: int
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDevices:
    """Look at one's own devices; who manages people looks at those of all members."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesListed:
    """A page of devices, and when each was last heard of."""

    page: Page[DeviceSession]
    contacts: Mapping[int, DeviceContact]
    now: datetime
    is_of_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestDevices:
    """Look for devices that the actor may revoke."""

    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDevice:
    """End a device by its name or id: the actor's own, or any for who manages people."""

    device: Reference


@operation("device.link", permission="device.use")
async def link_device(uow: UnitOfWork, request: LinkDevice) -> LinkMade:
    """Make room for a device of the actor's, which the link's code turns into a linked one."""
    user_id = uow.actor.user_id
    listed = await uow.devices.list_of(user_id, _MAX_LISTED)
    if len(await _list_live(uow, listed)) >= MAX_DEVICES:
        raise LimitReached(NOUN, MAX_DEVICES)
    name = request.name
    name = _free_name(listed) if name is None else clean_name(name, limit=MAX_DEVICE_NAME)
    device = await uow.devices.create(
        user_id=user_id,
        name=name,
        name_key=key_of(name),
        link_hash=request.link_hash,
        link_expires_at=uow.now + LINK_VALID,
    )
    changes = [
        Change("link", "", request.link_hash),
        Change("until", "", write_until(device.link_expires_at)),
    ]
    return LinkMade(
        record=record_device(uow, LINKED, device, changes).record,
        guild_id=uow.actor.guild_id,
        device_id=device.id,
        name=name,
        expires_at=device.link_expires_at,
    )


@operation("device.revoke", everyone=True)
async def revoke_device(uow: UnitOfWork, request: RevokeDevice) -> Changed:
    """End a device: its next contact is refused. Raises NotFound or AlreadyRevoked."""
    device = await _require_revocable(uow, request.device)
    if device.revoked_at is not None:
        raise AlreadyRevoked(NOUN, device.name)
    await uow.devices.update_by_id(device.id, revoked_at=uow.now)
    return record_device(uow, REVOKED, device, ())


@query(everyone=True)
async def list_devices(books: Books, request: ListDevices) -> DevicesListed:
    """Look at a page of devices, with when each was last heard of."""
    is_of_all = books.rights.holds(MANAGES)
    page = await books.devices.paginate_listed(
        None if is_of_all else books.actor.user_id, after=request.after, before=request.before
    )
    return DevicesListed(
        page=page,
        contacts=await books.device_contacts.get_many([row.id for row in page.rows]),
        now=books.now,
        is_of_all=is_of_all,
    )


@query(everyone=True, is_shown=False)
async def suggest_devices(books: Books, request: SuggestDevices) -> list[DeviceSession]:
    """List devices that the actor may revoke and whose name has what was typed in it."""
    own = await books.devices.list_of(books.actor.user_id, _MAX_LISTED)
    others: Iterable[DeviceSession] = ()
    if books.rights.holds(MANAGES):
        page = await books.devices.paginate_listed(None, limit=_MAX_LISTED)
        others = (row for row in page.rows if row.user_id != books.actor.user_id)
    wanted = key_of(request.typed)
    return [row for row in (*own, *others) if wanted in row.name_key]


async def revoke_all(uow: UnitOfWork, user_id: int) -> list[int]:
    """Revoke whatever a member who is erased had linked; return the ids of it.

    What Discord said of them goes with it.
    """
    devices = await uow.devices.find_all(user_id=user_id, revoked_at=None)
    numbers = [device.id for device in devices]
    await uow.devices.bulk_update([((number,), {"revoked_at": uow.now}) for number in numbers])
    for number in numbers:
        await uow.device_contacts.delete_by_id(number)
    return numbers


async def describe_devices(books: Books, user_id: int) -> list[dict[str, Any]]:
    """Return what is kept about a member's devices; of link and token only hashes are."""
    devices = await books.devices.find_all(user_id=user_id)
    contacts = await books.device_contacts.get_many([device.id for device in devices])
    kept = {"name", "link_expires_at", "linked_at", "revoked_at"}
    return [
        {
            **device.model_dump(include=kept),
            "last_contact": contacts[device.id].model_dump(exclude={"guild_id", "device_id"})
            if device.id in contacts
            else None,
        }
        for device in devices
    ]


async def _require_revocable(books: Books, reference: Reference) -> DeviceSession:
    """Return the device that was named, the actor's own first; raises NotFound."""
    manages = books.rights.holds(MANAGES)
    if isinstance(reference, int):
        device = await books.devices.get_by_id(reference)
        if device is None or not (manages or device.user_id == books.actor.user_id):
            raise NotFound(NOUN)
        return device
    key = key_of(reference)
    own = await books.devices.find_all(user_id=books.actor.user_id, name_key=key)
    known = own or (await books.devices.find_all(name_key=key) if manages else [])
    if not known:
        raise NotFound(NOUN, wanted=reference)
    named = [row for row in known if books.devices.is_listed(row)] or known[-1:]
    if len(named) > 1:
        # Which phone was lost is not guessed.
        candidates = tuple(Candidate(NOUN, row.id, row.name) for row in named)
        raise Ambiguous(NOUN, reference, candidates)
    return named[0]


async def _list_live(books: Books, listed: list[DeviceSession]) -> list[DeviceSession]:
    """Leave out the devices that have to be linked again."""
    contacts = await books.device_contacts.get_many([row.id for row in listed])
    return [
        row
        for row in listed
        if row.linked_at is None
        or session_ends_at(
            row.linked_at, contacts[row.id].last_used_at if row.id in contacts else None
        )
        > books.now
    ]


def _free_name(listed: list[DeviceSession]) -> str:
    taken = {row.name_key for row in listed}
    numbers = range(1, len(listed) + 2)
    return next(name for name in map(default_name, numbers) if key_of(name) not in taken)


def record_device(
    uow: UnitOfWork, action: str, device: DeviceSession, changes: Iterable[Change]
) -> Changed:
    """Record what happened to a device."""
    return uow.record_changes(action, NOUN, device.id, device.name, tuple(changes))
