"""Prices of suppliers: which one holds for a day and a quantity, and what is a jump."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Final, Protocol

from bot.domain.line_amounts import price_each
from bot.domain.money import MAX_UNIT_PRICE, UNIT_PRICE_PLACES
from bot.domain.quantities import MAX_QUANTITY, ZERO
from bot.errors import InvalidValue, NothingToDo

# A price that rose by more than this is marked wherever it is shown.
JUMP_PERCENT: Final = 20
# A price of 12 digits by a factor of 15 has more than Python's 28.
_WIDE: Final = Context(prec=60)


class Offered(Protocol):
    """A price of a supplier for one unit of an item, from a day and a quantity on."""

    unit: str
    unit_key: str
    min_quantity: Decimal
    valid_from: date
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one `unit` costs, of which an item's own unit has `factor`; empty for that itself."""

    amount: Decimal
    currency: str
    unit: str = ""
    factor: Decimal = Decimal("1.000000")

    @property
    def each(self) -> Fraction:
        """What one of the item's own unit costs, exactly."""
        return price_each(self.amount, self.factor)


@dataclass(eq=False)
class PriceUnchanged(NothingToDo):
    """The price is this already from that day on."""

    noun: str = field(default="price", init=False)


def in_force(offers: Iterable[Offered], day: date) -> list[Offered]:
    """Return what holds on a day: of each unit and quantity the last that began by then."""
    newest: dict[tuple[str, Decimal], Offered] = {}
    for offer in sorted(offers, key=lambda each: each.valid_from):
        if offer.valid_from <= day:
            newest[offer.unit_key, offer.min_quantity] = offer
    return [offer for offer in newest.values() if offer.amount is not None]


def choose_price(
    offers: Iterable[Offered],
    factors: dict[str, Decimal],
    day: date,
    quantity: Decimal,
    currency: str | None = None,
) -> Price | None:
    """Return what a quantity of an item costs by the unit, the cheapest if there are several.

    `factors` says how much of the item's own unit each other unit is, by its key; the quantity is
    in the item's own unit. Of one unit the price of the largest quantity that is reached holds.
    """
    reached: dict[str, tuple[Decimal, Price]] = {}
    for offer in in_force(offers, day):
        factor = Decimal("1.000000") if not offer.unit_key else factors.get(offer.unit_key)
        if factor is None or offer.amount is None or (currency and offer.currency != currency):
            continue
        least = offer.min_quantity * factor
        known = reached.get(offer.unit_key)
        if least <= quantity and (known is None or known[0] < least):
            price = Price(offer.amount, offer.currency, offer.unit, factor)
            reached[offer.unit_key] = (least, price)
    prices = [price for _least, price in reached.values()]
    return min(prices, key=lambda price: price.each, default=None)


def restate(price: Price, unit: str, factor: Decimal) -> Price:
    """Return a price as that of another unit, if that is exact to six places, else as it is."""
    if price.factor == factor:
        return Price(price.amount, price.currency, unit, factor)
    scaled = price.each * Fraction(factor) * 10**UNIT_PRICE_PLACES
    if scaled.denominator != 1:
        return price
    amount = _WIDE.scaleb(Decimal(scaled.numerator), -UNIT_PRICE_PLACES)
    return price if amount > MAX_UNIT_PRICE else Price(amount, price.currency, unit, factor)


def restate_least(value: Decimal, factor: Decimal, of_price: Decimal, typed: str) -> Decimal:
    """Return a least quantity in the unit that a price is of; raises InvalidValue.

    `factor` is that of the unit that it was typed in, `of_price` that of the price's.
    """
    with localcontext(_WIDE):
        exact = value * factor
        least = (exact / of_price).quantize(ZERO)
        if least * of_price != exact:
            raise InvalidValue(field="min_quantity", reason="uneven", value=typed.strip())
    if least > MAX_QUANTITY:
        raise InvalidValue(field="min_quantity", reason="too_large", limit=MAX_QUANTITY)
    return least


def is_jump(before: Price, after: Price) -> bool:
    """Whether a price is more than a fifth above another; of other currencies it is unknown."""
    return before.currency == after.currency and after.each > before.each * (
        1 + Fraction(JUMP_PERCENT, 100)
    )


def rise_percent(before: Price, after: Price) -> int | None:
    """Return by how many percent a price rose, rounded; None where that means nothing."""
    if before.currency != after.currency or not before.each:
        return None
    return round((after.each / before.each - 1) * 100)
