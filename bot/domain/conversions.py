"""Conversions: a quantity in any unit of an item becomes one in its own, exactly or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Final, NamedTuple

from bot.domain.quantities import MAX_QUANTITY, PLACES, TypedQuantity, format_quantity
from bot.domain.units import is_same_unit
from bot.errors import InvalidValue, RuleBroken

# The largest quantity times the largest factor has 33 digits: Python's default rounds at 28.
_EXACT = Context(prec=60, traps=[Inexact])
# As many as a refusal can name.
MAX_UNITS: Final = 25
_STEP = Decimal(1).scaleb(-PLACES)


class FurtherUnit(NamedTuple):
    """Another unit of an item: one of it is `factor` of the item's own."""

    unit: str
    factor: Decimal


class Measured(NamedTuple):
    """A quantity in the item's own unit, and how it was given if that was in another."""

    quantity: Decimal
    given: str = ""


@dataclass(eq=False)
class NotExact(RuleBroken):
    """A quantity of another unit is no quantity of three places in the item's own."""

    item: str
    item_unit: str
    factor: Decimal
    quantity: Decimal
    unit: str


def find_unit(units: Iterable[FurtherUnit], name: str) -> FurtherUnit | None:
    """Return the unit that a text names, or None."""
    return next((each for each in units if is_same_unit(name, each.unit)), None)


def is_as_before(units: Iterable[FurtherUnit], name: str, factor: Decimal) -> bool:
    """Whether one of a unit, empty for the item's own, is as much as when something was kept in it.

    The item's units may have changed since, or it was merged into an item of other units.
    """
    if not name:
        return True
    found = find_unit(units, name)
    return found is not None and found.factor == factor


def times(typed: TypedQuantity, per: TypedQuantity) -> TypedQuantity:
    """Return a number of things as the quantity that each of them is."""
    return TypedQuantity(_EXACT.multiply(typed.value, per.value), per.unit)


def convert(
    typed: TypedQuantity, by: FurtherUnit, *, item: str, unit: str, field: str = "quantity"
) -> Decimal:
    """Return a quantity in the item's own unit; raises NotExact rather than round."""
    value = _EXACT.multiply(typed.value, by.factor)
    if abs(value) > MAX_QUANTITY:
        raise InvalidValue(field=field, reason="too_large", limit=MAX_QUANTITY)
    exact = value.quantize(_STEP)
    if exact != value:
        raise NotExact(item, unit, by.factor, typed.value, by.unit)
    return exact


def write_given(typed: TypedQuantity) -> str:
    """Write a quantity as it was given: `2 box`."""
    return f"{format_quantity(typed.value)} {typed.unit}"


def write_packs(count: Decimal, pack: TypedQuantity, unit: str) -> str:
    """Write a number of packs of so much in the item's own unit: `2 x 6 pcs`."""
    return f"{format_quantity(count)} \u00d7 {format_quantity(pack.value)} {unit}"
