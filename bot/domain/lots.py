"""Lots as values: batches and serial numbers, until when they are good, and their state."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypedDict

from bot.domain.changes import Change
from bot.domain.days import days_ahead, parse_day
from bot.domain.names import NOTHING, clean_name, key_of
from bot.errors import InvalidValue, RuleBroken

OPEN: Final = "open"
HELD: Final = "held"
MAX_CODE: Final = 40
MAX_WARNING_DAYS: Final = 3650

_MADE: Final = re.compile(r"lot (\d+)/(\d+)", re.ASCII)
_NO_DAY: Final = "-"
_BETWEEN: Final = " · "


@dataclass(frozen=True, slots=True)
class StockedLot:
    """A lot of a move; it is good through the day that it expires on, in the guild's zone."""

    id: int
    code: str
    expires_on: date | None = None
    state: str = OPEN

    @property
    def is_held(self) -> bool:
        """Whether it is held back."""
        return self.state == HELD

    def is_usable(self, today: date) -> bool:
        """Whether anyone may take of it: it is neither held nor expired."""
        return not self.is_held and not has_expired(self.expires_on, today)


@dataclass(eq=False)
class LotNeeded(RuleBroken):
    """The item is kept by lots (or serial numbers), and none was named; `choices` are known."""

    item: str
    tracking: str
    verb: str
    choices: tuple[str, ...] = ()  # codes


@dataclass(eq=False)
class NotTracked(RuleBroken):
    """A lot was named of an item that is not kept by lots."""

    item: str


@dataclass(eq=False)
class LotSetAside(RuleBroken):
    """A held or expired lot, named by a person who may not use such; `expires_on` if expired."""

    item: str
    lot: str
    expires_on: date | None = None


@dataclass(eq=False)
class SerialInStock(RuleBroken):
    """A serial number is in stock already, at one location."""

    item: str
    lot: str
    location: str


@dataclass(eq=False)
class OneOfSerial(RuleBroken):
    """A serial number is one piece."""

    item: str
    lot: str


@dataclass(eq=False)
class ExpiryDiffers(RuleBroken):
    """A lot with stock expires on another day than was typed."""

    item: str
    lot: str
    expires_on: date
    typed: date


@dataclass(eq=False)
class LotsDiffer(RuleBroken):
    """Lots of one code, of two items, are not one: another last day, or one of them is held."""

    item: str
    into: str
    lot: str
    expires_on: date | None
    expires_into: date | None


@dataclass(eq=False)
class LotUnchanged(RuleBroken):
    """A lot is held (or open) already."""

    item: str
    lot: str
    state: str


def has_expired(expires_on: date | None, today: date) -> bool:
    """Whether the last day on which a lot was good is over."""
    return expires_on is not None and expires_on < today


def clean_code(typed: str) -> str:
    """Return a lot's code or a serial number as it will be kept; raises InvalidValue."""
    return clean_name(typed, field="lot", limit=MAX_CODE)


def require_one(item: str, lot: str, quantity: Decimal) -> None:
    """Raise OneOfSerial unless the quantity of a serial number is one."""
    if quantity != 1:
        raise OneOfSerial(item, lot)


def parse_expiry(text: str) -> date:
    """Read the last day on which a lot is good: `2027-03-01`, `1.3.2027` or `13/3/2027`.

    Raises AmbiguousDay for what may be two days (`1/3/2027`, `03/2027`), InvalidValue for what is
    none.
    """
    return parse_day(text, field="expiry")


class Expiry(TypedDict, total=False):
    """The last good day of a lot as it was typed: a day, or one so many days after today."""

    expires_on: date
    expires_in: int


def read_expiry(text: str | None) -> Expiry:
    """Read an option for it: empty and `none` say nothing, `tomorrow` depends on the guild.

    Raises as `parse_expiry` does.
    """
    if text is None or not text.strip() or key_of(text) == NOTHING:
        return {}
    ahead = days_ahead(text)
    return {"expires_on": parse_expiry(text)} if ahead is None else {"expires_in": ahead}


def parse_warning_days(text: str) -> int:
    """Read how many days before it expires a lot is warned of."""
    typed = text.strip()
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) > MAX_WARNING_DAYS:
        raise InvalidValue(field="expiry_warning_days", reason="not_days", limit=MAX_WARNING_DAYS)
    return int(typed)


def lot_change(
    item_id: int,
    lot_id: int,
    code: str,
    expires_on: date | None,
    before: date | None = None,
    *,
    is_known: bool = False,
) -> Change:
    """Return how records keep that a lot was made, or that another last day was written on it."""
    was = f"{code}{_BETWEEN}{before or _NO_DAY}" if is_known else ""
    return Change(f"lot {item_id}/{lot_id}", was, f"{code}{_BETWEEN}{expires_on or _NO_DAY}")


def read_lot_change(field: str, after: str) -> tuple[int, dict[str, str]] | None:
    """Read back what `lot_change` wrote: the lot's id and facts; None for another field."""
    found = _MADE.fullmatch(field)
    if found is None:
        return None
    code, _, expires = after.rpartition(_BETWEEN)
    expires = "" if expires == _NO_DAY else expires
    return int(found[2]), {"item": found[1], "code": code, "expires": expires}
