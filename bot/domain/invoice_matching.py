"""The three-way match: what was ordered, what was received, what is billed, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

from bot.domain.line_amounts import line_amount, price_each, round_amount
from bot.domain.money import UNIT_PRICE_PLACES, Money, places_of
from bot.domain.quantities import ZERO
from bot.errors import RuleBroken

# Why a line does not agree.
UNORDERED: Final = "unordered"
TOO_MANY: Final = "too_many"
PRICE: Final = "price"


@dataclass(frozen=True, slots=True)
class LineKey:
    """A line of an order."""

    order_id: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line of an order of the supplier, and how much of it other bills ask for.

    `unbilled` is what was received and that no other agreed bill has.
    """

    key: LineKey
    order: str
    ordered: Decimal
    received: Decimal
    unit: str
    unit_price: Decimal
    factor: Decimal
    billed_elsewhere: Decimal = ZERO

    @property
    def unbilled(self) -> Decimal:
        """What was received and is not billed by others."""
        return max(ZERO, self.received - self.billed_elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """A line of a bill, with the line of an order that it is for, if there is one."""

    number: int
    sku: str
    item_unit: str
    quantity: Decimal
    unit_price: Decimal
    factor: Decimal
    key: LineKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedLine:
    """A billed line beside what was ordered and received, and what does not agree."""

    billed: BilledLine
    ordered: OrderedLine | None
    faults: tuple[str, ...]


@dataclass(eq=False)
class InvoiceDiffers(RuleBroken):
    """A bill does not agree with what was ordered and received, or with its own total."""

    label: str
    invoice_id: int
    currency: str
    lines: tuple[MatchedLine, ...]
    total: Money
    sum: Money


def match_lines(
    billed: Sequence[BilledLine],
    ordered: Mapping[LineKey, OrderedLine],
    tolerance_percent: Decimal,
) -> tuple[MatchedLine, ...]:
    """Compare each billed line with its line of an order.

    A price may differ by the tolerance either way. More may be billed than was received by the
    tolerance, and less by any amount: another bill follows. Lines for one line of an order are
    judged together.
    """
    share = Fraction(tolerance_percent) / 100
    together: dict[LineKey, Decimal] = {}
    for line in billed:
        if line.key is not None:
            together[line.key] = together.get(line.key, ZERO) + line.quantity
    found = []
    for line in billed:
        beside = None if line.key is None else ordered.get(line.key)
        faults = []
        if line.key is None or beside is None:
            faults.append(UNORDERED)
        else:
            limit = Fraction(beside.unbilled) * (1 + share)
            if Fraction(together[line.key]) > limit:
                faults.append(TOO_MANY)
            asked = price_each(beside.unit_price, beside.factor)
            each = price_each(line.unit_price, line.factor)
            if abs(each - asked) > asked * share and _written(each) != _written(asked):
                faults.append(PRICE)
        found.append(MatchedLine(billed=line, ordered=beside, faults=tuple(faults)))
    return tuple(found)


def _written(each: Fraction) -> int:
    """Return a price of one as a bill can write it: a third of a euro has six places."""
    return round(each * 10**UNIT_PRICE_PLACES)


def sum_of(billed: Sequence[BilledLine], currency: str) -> Money:
    """Return what the lines of a bill cost together, rounded once."""
    amounts = (line_amount(each.unit_price, each.quantity, each.factor) for each in billed)
    return round_amount(sum(amounts, Fraction(0)), currency)


def agrees_in_total(total: Money, billed: Sequence[BilledLine], tolerance_percent: Decimal) -> bool:
    """Whether the total of a bill is what its lines cost, within the tolerance either way.

    Many a bill rounds each line before it adds them up, half up or half to even.
    """
    exact = [line_amount(each.unit_price, each.quantity, each.factor) for each in billed]
    added = sum_of(billed, total.currency)
    if abs(Fraction(total.amount) - Fraction(added.amount)) * 100 <= sum(
        exact, Fraction(0)
    ) * Fraction(tolerance_percent):
        return True
    steps = 10 ** places_of(total.currency)
    asked = Fraction(total.amount) * steps
    halves_up = sum(floor(each * steps + Fraction(1, 2)) for each in exact)
    return asked in {sum(round(each * steps) for each in exact), halves_up}
