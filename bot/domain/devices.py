"""Devices: their links and tokens as text, how long they last, and what their rules refuse.

DeviceRefused        a token that lets no one in
  DeviceUnknown      no such device, one that was never linked, or another secret
  DeviceRevoked      its owner or a manager ended it
  DeviceExpired      it was not heard of for 90 days
LinkRefused          a link that links nothing
  LinkUnknown        no such link, or another code
  LinkUsed           a device was linked by it
  LinkExpired        it was valid for ten minutes
  LinkRevoked        its device was revoked before the link was used
PageUnreachable      no address at which a device could open the page
AlreadyRevoked       the device was revoked before
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain.sync import SESSION
from bot.errors import NothingToDo, RuleBroken

MAX_DEVICES: Final = 20
MAX_DEVICE_NAME: Final = 40

_CODE_BYTES: Final = 16
_SECRET_BYTES: Final = 32
_CREDENTIAL: Final = re.compile(
    r"([1-9][0-9]{0,18})\.([1-9][0-9]{0,15})\.([A-Za-z0-9_-]{20,64})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a link or a token says: whose books, which device, and the secret that proves it.

    The secret is in no operation, receipt, record or log: those get its hash.
    """

    guild_id: int
    device_id: int
    secret: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Credential | None":
        """Read what `write` wrote; None for anything else."""
        match = _CREDENTIAL.fullmatch(text)
        return cls(int(match[1]), int(match[2]), match[3]) if match else None

    def write(self) -> str:
        """Write it as text: the token itself, or what follows `#link=`."""
        return f"{self.guild_id}.{self.device_id}.{self.secret}"

    @property
    def hash(self) -> str:
        """The hash of the secret, as the books keep it."""
        return hash_secret(self.secret)


def link_of(page_url: str, credential: Credential) -> str:
    """Return the link to the page that links a device.

    Behind the `#` it is sent to no server, and so stays out of every log on the way.
    """
    return f"{page_url}/app#link={credential.write()}"


def make_code() -> str:
    """Make the secret of a link: 128 random bits."""
    return secrets.token_urlsafe(_CODE_BYTES)


def make_secret() -> str:
    """Make the secret of a token: 256 random bits."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """Return a secret's hash; a secret of so many random bits needs no slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same_hash(kept: str, given: str) -> bool:
    """Whether two hashes are the same, in a time that does not tell how much of them is."""
    return bool(kept) and hmac.compare_digest(kept.encode(), given.encode())


def session_ends_at(linked_at: datetime, last_used_at: datetime | None) -> datetime:
    """Return when a device has to be linked again unless it calls before."""
    return max(linked_at, last_used_at or linked_at) + SESSION


class PageUnreachable(RuleBroken):
    """The operator has not said where devices reach the page."""


@dataclass(eq=False)
class DeviceRefused(RuleBroken):
    """A token lets no one in."""


class DeviceUnknown(DeviceRefused):
    """There is no such device, it was never linked, or the secret is another one."""


@dataclass(eq=False)
class DeviceRevoked(DeviceRefused):
    """The device was revoked."""

    name: str
    at: datetime


@dataclass(eq=False)
class DeviceExpired(DeviceRefused):
    """The device was not heard of for too long."""

    name: str
    at: datetime


@dataclass(eq=False)
class LinkRefused(RuleBroken):
    """A link links nothing."""


class LinkUnknown(LinkRefused):
    """There is no such link, or its code is another one."""


@dataclass(eq=False)
class LinkUsed(LinkRefused):
    """A device was linked by it before."""

    at: datetime


@dataclass(eq=False)
class LinkExpired(LinkRefused):
    """It was not used in time."""

    at: datetime


@dataclass(eq=False)
class LinkRevoked(LinkRefused):
    """Its device was revoked before it was linked."""

    at: datetime


class AlreadyRevoked(NothingToDo):
    """The device was revoked before."""


def default_name(number: int) -> str:
    """Return the name of a person's device that was given none."""
    return f"Device {number}"
