"""Requests: goods that people need, what is held back for them, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zlib import crc32

import orjson

from bot.domain.days import parse_day
from bot.domain.periods import start_of
from bot.domain.quantities import format_quantity
from bot.domain.stock import NO_LOT
from bot.errors import InvalidValue, RuleBroken

MAX_FOR: Final = 80
# While a request has one of these statuses, what is left of its lines may be reserved.
LAPSED: Final = "lapsed"
CANCELLED: Final = "cancelled"
UNDER_WAY: Final = frozenset({"open", "picking"})
# How long reservations outlast the day on which the goods were needed, or the making.
LIFE: Final = timedelta(days=14)
_MAX_AHEAD: Final = timedelta(days=3660)
_FIELD: Final = "needed_by"


# What a record's detail has of the lines that it supplied.
SUPPLIED: Final = "supplied"


class SuppliedLine(NamedTuple):
    """A line of a request that a record of something else let hold back more."""

    request_id: int
    line: int
    before: Decimal
    after: Decimal


@dataclass(eq=False)
class LinePicked(RuleBroken):
    """More of a line was picked than is wanted now."""

    item: str
    unit: str
    picked: Decimal
    wanted: Decimal


@dataclass(eq=False)
class AskedForAgain(RuleBroken):
    """What is left of a request that lapsed was asked for again, as another one."""

    label: str
    again: str
    request_id: int  # of the other


@dataclass(eq=False)
class TooMuchPicked(RuleBroken):
    """More was said to be picked than is left of a line."""

    item: str
    unit: str
    left: Decimal
    picked: Decimal


@dataclass(eq=False)
class NothingPicked(RuleBroken):
    """All that was filled in is zero; `next_row` is what a next form begins behind, if any."""

    label: str
    request_id: int
    next_row: "RowKey | None" = None


@dataclass(eq=False)
class NothingToPick(RuleBroken):
    """Nothing that is left of the request is available now."""

    label: str


@dataclass(eq=False)
class PlanChanged(RuleBroken):
    """The request or the stock moved on since its list was shown, so it has to be shown again."""

    label: str
    request_id: int


@dataclass(frozen=True, slots=True, order=True)
class RowKey:
    """Which row of a list for picking this is: a line, at a location, of a lot."""

    line: int
    location_id: int
    lot_id: int = NO_LOT

    @classmethod
    def parse(cls, text: str) -> "RowKey":
        """Read what `str` writes; raises ValueError."""
        line, location_id, lot_id = map(int, text.split("."))
        if max(line, location_id, lot_id).bit_length() > 63:  # noqa: PLR2004  # a column's bits
            raise ValueError(text)
        return cls(line, location_id, lot_id)

    def __str__(self) -> str:
        return f"{self.line}.{self.location_id}.{self.lot_id}"


@dataclass(frozen=True, slots=True)
class PickRow:
    """What is to be taken from one place for a line."""

    key: RowKey
    item_id: int
    sku: str
    name: str
    unit: str
    location: str
    quantity: Decimal
    lot: str = ""
    expires_on: date | None = None


def sign_plan(version: int, rows: list[PickRow]) -> int:
    """Return a number by which a list that was shown is known again; any change makes another."""
    said = [f"{row.key}={format_quantity(row.quantity)}" for row in rows]
    return crc32(f"{version}:{';'.join(said)}".encode())


def read_supplied(detail: str) -> list[Any]:
    """Return request, line and what it holds back before and after, by a record's detail."""
    # As text first: the details of most records need not be parsed for it.
    if f'"{SUPPLIED}":' not in detail:
        return []
    found: list[Any] = orjson.loads(detail).get(SUPPLIED, [])
    return found


def reserved_by(detail: str) -> dict[int, Decimal]:
    """Return what the lines of a request hold back by a record that says their items, by item."""
    lines = orjson.loads(detail).get("contents", {}).get("lines", {})
    found: dict[int, Decimal] = {}
    for line in lines.values() if isinstance(lines, dict) else ():
        if line is not None and {"item_id", "quantity"} <= line.keys() and "reserved" in line:
            found[line["item_id"]] = Decimal(line["reserved"])
    return found


def parse_needed_by(text: str, today: date) -> date:
    """Read a day from today on; raises AmbiguousDay and InvalidValue."""
    day = parse_day(text, field=_FIELD, today=today)
    if day < today:
        raise InvalidValue(field=_FIELD, reason="past", value=day.isoformat())
    if day - today > _MAX_AHEAD:
        raise InvalidValue(field=_FIELD, reason="not_a_day", value=text.strip()[:40])
    return day


def lapse_time(needed_by: date | None, made_on: date, zone: str) -> datetime:
    """Return when the reservations of a request end by themselves."""
    return start_of((needed_by or made_on) + LIFE, zone)
