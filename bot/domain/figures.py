"""Figures that reports and charts share: weeks, classes by share, and how long stock lasts."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

# How far back is looked: what left for classes, for how long stock lasts, and the weeks of moves.
ABC_DAYS: Final = 365
COVER_DAYS: Final = 90
IDLE_DAYS: Final = 90
MOVE_WEEKS: Final = 13

_WEEK: Final = timedelta(days=7)
# An item's class follows from what those before it make up of all.
_CLASSES: Final = (("A", Fraction(80, 100)), ("B", Fraction(95, 100)))
_LAST_CLASS: Final = "C"
_WIDE: Final = Context(prec=60)


class ClassShare(NamedTuple):
    """What an amount makes up of all, what it and all larger ones do, and the class of that."""

    share: Fraction
    cumulative: Fraction
    abc: str


def class_by_share(amounts: Sequence[Decimal]) -> list[ClassShare]:
    """Return the share and class of each amount, which come with the largest first.

    A is what makes up the first 80 %, B the next 15 %; what reaches across a limit is still within.
    """
    exact = [Fraction(amount) for amount in amounts]
    total, before = sum(exact), Fraction(0)
    found = []
    for amount in exact:
        share = amount / total if total else Fraction(0)
        abc = next((name for name, limit in _CLASSES if before < limit), _LAST_CLASS)
        before += share
        found.append(ClassShare(share, before, abc))
    return found


def cover_days(quantity: Decimal, left: Decimal, days: int = COVER_DAYS) -> Decimal:
    """Return for how many days a quantity lasts, to one place, if it leaves as it did."""
    return round_to(Fraction(quantity) * days / Fraction(left), 1)


def percent(share: Fraction) -> Decimal:
    """Return a share in percent, to one place."""
    return round_to(share * 100, 1)


def round_to(exact: Fraction, places: int) -> Decimal:
    """Return an exact number rounded half to even."""
    number = _WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, context=_WIDE)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def list_weeks(until: date, count: int = MOVE_WEEKS) -> list[date]:
    """Return the Mondays of so many weeks, the oldest first; the last has the day in it."""
    last = week_of(until)
    return [last - _WEEK * back for back in range(count - 1, -1, -1)]


def first_day(until: date, days: int) -> date:
    """Return the first of so many days, of which one is the last."""
    return until - timedelta(days=days - 1)
