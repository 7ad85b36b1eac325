"""Callers: whose token this is, and what Discord says of that member now."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.database.delivery.device_contacts import note_contact
from bot.database.models import DeviceContact
from bot.database.service import DatabaseService
from bot.domain.actors import Actor, Membership, system_actor
from bot.domain.devices import (
    Credential,
    DeviceRefused,
    DeviceUnknown,
    LinkUnknown,
    hash_secret,
    is_same_hash,
    make_secret,
)
from bot.domain.sync import RIGHTS_KEPT
from bot.errors import Unavailable
from bot.services.device_calls import (
    DeviceFound,
    FindDevice,
    FindLink,
    RedeemDevice,
    find_device,
    find_link,
    redeem_device,
)
from bot.web.api.problems import Refused

SOURCE: Final = "sync"
# Noted once a minute: each is a commit, and a session ends after 90 days.
_NOTE_EVERY: Final = timedelta(minutes=1)
_MAX_NOTED: Final = 10_000
_MAX_SEEN: Final = 10_000
# PostgreSQL's largest number; ids beyond it are no one's.
_MAX_ID: Final = 2**63 - 1

AskMember = Callable[[int, int], Awaitable[Membership | None]]


@dataclass(frozen=True, slots=True)
class Caller:
    """A device that called, and its member; without `is_certain` Discord could not be asked.

    The rights are then as old as the last contact, and count for queued floor work alone.
    """

    guild_id: int
    device: DeviceFound
    actor: Actor
    is_certain: bool = True


class Callers:
    """Finds out who calls, at every request: what was revoked is refused at the next contact."""

    def __init__(self, db: DatabaseService, ask: AskMember) -> None:
        self._db = db
        self._ask = ask
        self._noted: OrderedDict[tuple[int, int], tuple[datetime, Membership | None]] = (
            OrderedDict()
        )
        # Of which token each device was let in last: it may be revoked, but it was not made up.
        self._seen: OrderedDict[tuple[int, int], str] = OrderedDict()

    def has_seen(self, credential: Credential) -> bool:
        """Whether a token let its device in when it called last."""
        kept = self._seen.get((credential.guild_id, credential.device_id), "")
        return is_same_hash(kept, credential.hash)

    async def find_device(self, credential: Credential) -> DeviceFound:
        """Return the device of a token; raises DeviceRefused."""
        asked = FindDevice(device_id=credential.device_id, token_hash=credential.hash)
        system = system_actor(credential.guild_id, SOURCE)
        try:
            found = await self._db.query(find_device, asked, system)
        except DeviceRefused:
            if self.has_seen(credential):
                del self._seen[credential.guild_id, credential.device_id]
            raise
        self._keep_seen(credential)
        return found

    def _keep_seen(self, credential: Credential) -> None:
        key = (credential.guild_id, credential.device_id)
        self._seen[key] = credential.hash
        self._seen.move_to_end(key)
        if len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)

    async def describe(self, guild_id: int, device: DeviceFound) -> Caller:
        """Say who a device works for, as Discord describes them now; raises Refused.

        While Discord cannot be asked, as it described them within the last RIGHTS_KEPT.
        """
        try:
            membership = await self._ask(guild_id, device.user_id)
        except Unavailable:
            kept = _kept(device.contact, self._db.clock())
            await self._note(guild_id, device, None, was_asked=False)
            if kept is None:
                raise Refused("discord_unavailable") from None
            actor = _actor(guild_id, device.user_id, kept)
            return Caller(guild_id, device, actor, is_certain=False)
        await self._note(guild_id, device, membership, was_asked=True)
        if membership is None:
            raise Refused("not_allowed", detail="left")
        return Caller(guild_id, device, _actor(guild_id, device.user_id, membership))

    async def redeem(self, credential: Credential) -> tuple[str, Caller]:
        """Exchange a link for a token, once; raises Refused, or what the books refuse with."""
        guild_id, device_id = credential.guild_id, credential.device_id
        system = system_actor(guild_id, SOURCE)
        asked = FindLink(device_id=device_id, link_hash=credential.hash)
        link = await self._db.query(find_link, asked, system)
        try:
            membership = await self._ask(guild_id, link.user_id)
        except Unavailable:
            raise Refused("discord_unavailable") from None
        if membership is None:
            raise Refused("not_allowed", detail="left")
        secret = make_secret()
        request = RedeemDevice(
            device_id=device_id, link_hash=credential.hash, token_hash=hash_secret(secret)
        )
        actor = _actor(guild_id, link.user_id, membership)
        await self._db.run(redeem_device, request, actor, f"redeem-{secrets.token_hex(16)}")
        token = Credential(guild_id, device_id, secret)
        device = await self.find_device(token)
        await self._note(guild_id, device, membership, was_asked=True)
        return token.write(), Caller(guild_id, device, actor)

    async def _note(
        self, guild_id: int, device: DeviceFound, membership: Membership | None, *, was_asked: bool
    ) -> None:
        key, now = (guild_id, device.device_id), self._db.clock()
        noted = self._noted.get(key)
        # What changed is noted at once: it must not be taken for what Discord said before.
        is_news = noted is None or (was_asked and noted[1] != membership)
        if noted is not None and not is_news and now - noted[0] < _NOTE_EVERY:
            return
        # Without it the device is let in all the same: it is noted at the next contact.
        with suppress(Unavailable):
            await note_contact(self._db, *key, membership=membership, was_asked=was_asked)
            self._noted[key] = (now, membership if was_asked or noted is None else noted[1])
            self._noted.move_to_end(key)
            if len(self._noted) > _MAX_NOTED:
                self._noted.popitem(last=False)


def credential_of_token(token: str) -> Credential:
    """Read a token; raises DeviceUnknown."""
    credential = _credential(token.strip())
    if credential is None:
        raise DeviceUnknown
    return credential


def credential_of_link(link: str) -> Credential:
    """Read a link, whole or what follows its `#link=`; raises LinkUnknown."""
    credential = _credential(link.strip().rpartition("#link=")[2])
    if credential is None:
        raise LinkUnknown
    return credential


def _credential(text: str) -> Credential | None:
    credential = Credential.read(text)
    if credential is None or max(credential.guild_id, credential.device_id) > _MAX_ID:
        return None
    return credential


def _kept(contact: DeviceContact | None, now: datetime) -> Membership | None:
    if contact is None or contact.asked_at is None or contact.asked_at < now - RIGHTS_KEPT:
        return None
    return Membership(
        discord_role_ids=contact.discord_role_ids,
        joined_at=contact.joined_at,
        is_owner=contact.is_owner,
    )


def _actor(guild_id: int, user_id: int, membership: Membership) -> Actor:
    return Actor(
        guild_id=guild_id,
        user_id=user_id,
        source=SOURCE,
        discord_role_ids=membership.discord_role_ids,
        joined_at=membership.joined_at,
        is_owner=membership.is_owner,
    )
