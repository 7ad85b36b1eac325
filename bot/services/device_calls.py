"""Devices that call: which one a link or a token is of, and the link that becomes a token.

`find_link` and `find_device` answer before it is known who calls, so the program itself asks
(`system_actor(guild_id, "sync")`). What they find says for which member to look up the rights;
`redeem_device` and all that follows runs as that member.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.database.models import DeviceContact, DeviceSession
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change
from bot.domain.devices import (
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
    is_same_hash,
    session_ends_at,
)
from bot.services.devices import record_device

REDEEMED: Final = "device.redeemed"

declare_actions(REDEEMED, way_back="device revoke")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLink:
    """Ask which device a link is of; `link_hash` is the hash of its code."""

    device_id: int
    link_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFound:
    """A link that can be used, and the member whose device it links."""

    device_id: int
    user_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemDevice:
    """Use a link, once: from now on the device has a token, of which `token_hash` is the hash."""

    device_id: int
    link_hash: str
    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLinked:
    """A device that was linked."""

    record: int
    guild_id: int
    device_id: int
    user_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDevice:
    """Ask which device a token is of; `token_hash` is the hash of its secret."""

    device_id: int
    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFound:
    """A device that may call, its member, and when it did last with what Discord said then."""

    device_id: int
    user_id: int
    name: str
    linked_at: datetime
    contact: DeviceContact | None


@query(permission="device.use", is_shown=False)
async def find_link(books: Books, request: FindLink) -> LinkFound:
    """Return whose device a link is of; raises LinkUnknown, LinkUsed, LinkExpired, LinkRevoked.

    It uses nothing: a page may ask before the member's rights are looked up.
    """
    device = await _require_link(books, request.device_id, request.link_hash)
    return LinkFound(device_id=device.id, user_id=device.user_id, name=device.name)


@operation("device.redeem", permission="device.use")
async def redeem_device(uow: UnitOfWork, request: RedeemDevice) -> DeviceLinked:
    """Turn a link into a token, as the member whose link it is; of several callers one does.

    Raises LinkUnknown, LinkUsed, LinkExpired or LinkRevoked, and NotAllowed for a member who may
    no longer use devices.
    """
    device = await _require_link(uow, request.device_id, request.link_hash)
    if device.user_id != uow.actor.user_id:
        raise LinkUnknown
    # The link's hash stays: who comes second with the same code is told that it was used.
    linked = await uow.devices.update_by_id(
        device.id, token_hash=request.token_hash, linked_at=uow.now
    )
    changes = [Change("token", "", request.token_hash)]
    return DeviceLinked(
        record=record_device(uow, REDEEMED, linked, changes).record,
        guild_id=uow.actor.guild_id,
        device_id=device.id,
        user_id=device.user_id,
        name=device.name,
    )


@query(permission="device.use", is_shown=False)
async def find_device(books: Books, request: FindDevice) -> DeviceFound:
    """Return the device of a token; raises DeviceUnknown, DeviceRevoked or DeviceExpired.

    Only who knows the secret learns that a device was revoked or has expired. What its member
    may do is another question: their rights are looked up at every request.
    """
    device = await books.devices.get_by_id(request.device_id)
    if device is None or not is_same_hash(device.token_hash, request.token_hash):
        raise DeviceUnknown
    if device.revoked_at is not None:
        raise DeviceRevoked(device.name, device.revoked_at)
    assert device.linked_at is not None, "a device with a token was linked"
    contact = await books.device_contacts.get_by_id(device.id)
    ends_at = session_ends_at(device.linked_at, contact.last_used_at if contact else None)
    if ends_at <= books.now:
        raise DeviceExpired(device.name, ends_at)
    return DeviceFound(
        device_id=device.id,
        user_id=device.user_id,
        name=device.name,
        linked_at=device.linked_at,
        contact=contact,
    )


async def _require_link(books: Books, device_id: int, link_hash: str) -> DeviceSession:
    device = await books.devices.get_by_id(device_id)
    if device is None or not is_same_hash(device.link_hash, link_hash):
        raise LinkUnknown
    if device.linked_at is not None:
        raise LinkUsed(device.linked_at)
    if device.revoked_at is not None:
        raise LinkRevoked(device.revoked_at)
    if device.link_expires_at <= books.now:
        raise LinkExpired(device.link_expires_at)
    return device
