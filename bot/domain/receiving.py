"""Receiving: how much of an order's lines comes in, what is too much, and what it cost.

A line is complete when all of it came in, whatever came of others: nothing is judged by a sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Final

from bot.domain.line_amounts import price_each
from bot.domain.money import UNIT_PRICE_PLACES
from bot.domain.quantities import ZERO, format_quantity
from bot.errors import RuleBroken

# Python's default rounds at 28 digits.
_WIDE: Final = Context(prec=60)
_HUNDRED: Final = Decimal(100)
# What records call what came of a line: its number follows.
_FIELD: Final = "received of line "


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line of an order, in the item's own unit; `limit` is what may come in at most."""

    number: int
    quantity: Decimal
    received: Decimal
    limit: Decimal

    @property
    def left(self) -> Decimal:
        """What is still to come."""
        return max(ZERO, self.quantity - self.received)

    @property
    def room(self) -> Decimal:
        """What may still come in."""
        return max(ZERO, self.limit - self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """More of an item than may come in: what was ordered and came before, and the limit."""

    sku: str
    unit: str
    ordered: Decimal
    received: Decimal
    delivered: Decimal
    limit: Decimal

    @property
    def too_many(self) -> Decimal:
        """How much more it is than may come in."""
        return self.received + self.delivered - self.limit


@dataclass(eq=False)
class TooMuchDelivered(RuleBroken):
    """More was delivered than may come in of some lines; nothing of the delivery was booked."""

    label: str
    order_id: int
    lines: tuple[Excess, ...]


@dataclass(eq=False)
class NothingDelivered(RuleBroken):
    """All that was filled in is zero."""

    label: str
    order_id: int


@dataclass(eq=False)
class NothingAwaited(RuleBroken):
    """The order is not sent yet, or nothing of it will come any more."""

    label: str
    status: str


@dataclass(eq=False)
class NotOrdered(RuleBroken):
    """An item that is not among the lines of the order.

    `meant` is one that is, and had the SKU that was typed before.
    """

    label: str
    item: str
    meant: str = ""


@dataclass(eq=False)
class DeliveredMeanwhile(RuleBroken):
    """The order went on since its form was made: what the form said is left may not be."""

    label: str
    order_id: int


@dataclass(eq=False)
class SerialsDiffer(RuleBroken):
    """There are not as many serial numbers as pieces."""

    item: str
    quantity: Decimal
    given: int


@dataclass(eq=False)
class SerialTwice(RuleBroken):
    """A serial number was typed twice."""

    item: str


@dataclass(eq=False)
class LotUntyped(RuleBroken):
    """Nothing was typed behind the quantity of an item that is kept by lots or serial numbers."""

    item: str
    tracking: str


def limit_of(ordered: Decimal, percent: Decimal | int) -> Decimal:
    """Return how much may come in of what was ordered."""
    limit = _WIDE.multiply(ordered, _WIDE.divide(_HUNDRED + percent, _HUNDRED))
    return limit.quantize(ZERO, ROUND_FLOOR, context=_WIDE)


def share_among(lines: Sequence[OpenLine], delivered: Decimal) -> dict[int, Decimal] | None:
    """Return how much of a delivery each line of an item gets, None if it is too much for them.

    What is still to come is filled first, in the order of the lines; then what may come beyond.
    """
    shares = dict.fromkeys((line.number for line in lines), ZERO)
    for rooms in ([line.left for line in lines], [line.room for line in lines]):
        for line, room in zip(lines, rooms, strict=True):
            part = min(delivered, max(ZERO, min(room, line.room) - shares[line.number]))
            shares[line.number] += part
            delivered -= part
    if delivered:
        return None
    return {number: share for number, share in shares.items() if share}


def is_complete(lines: Iterable[OpenLine], shares: dict[int, Decimal]) -> bool:
    """Whether every line came in, with what comes now."""
    return all(line.left <= shares.get(line.number, ZERO) for line in lines)


def unit_cost_of(unit_price: Decimal, factor: Decimal, rate: Decimal | None) -> Decimal:
    """Return what one of the item's own unit costs, to six places, half to even.

    The price is of `factor` of them; a rate turns its currency into the guild's.
    """
    exact = price_each(unit_price, factor) * (1 if rate is None else Fraction(rate))
    return Decimal(round(exact * 10**UNIT_PRICE_PLACES)).scaleb(-UNIT_PRICE_PLACES, _WIDE)


def received_field(line: int) -> str:
    """Return what records call how much came of a line."""
    return f"{_FIELD}{line}"


def read_received(field: str) -> int | None:
    """Return the line that `received_field` wrote, None for another field."""
    number = field.removeprefix(_FIELD)
    return int(number) if number != field and number.isdecimal() else None


def write_received(quantity: Decimal, sku: str, unit: str) -> str:
    """Write how much came of a line, as records have it."""
    return f"{format_quantity(quantity)} {unit} {sku}"


def parse_received(text: str) -> Decimal:
    """Return the quantity that `write_received` wrote; nothing is zero."""
    return Decimal(text.partition(" ")[0]) if text else ZERO
