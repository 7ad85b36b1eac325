"""What lines of orders and invoices cost: exact, and rounded once, at the document's end."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from bot.domain.money import Money, places_of


class PricedLine(Protocol):
    """A quantity in an item's own unit; its price is of one `unit`, which is `factor` of that."""

    @property
    def quantity(self) -> Decimal:
        """Return how much, in the item's own unit."""

    @property
    def factor(self) -> Decimal:
        """Return how much of the item's own unit the price is for."""

    @property
    def unit_price(self) -> Decimal | None:
        """Return the price of one unit, None while it is not known."""


def price_each(unit_price: Decimal, factor: Decimal) -> Fraction:
    """Return what one of an item's own unit costs, exactly."""
    return Fraction(unit_price) / Fraction(factor)


def line_amount(unit_price: Decimal, quantity: Decimal, factor: Decimal) -> Fraction:
    """Return what a quantity in an item's own unit costs, exactly."""
    return Fraction(quantity) * price_each(unit_price, factor)


def add_up(lines: Iterable[PricedLine], currency: str) -> Money:
    """Return what lines cost together; one whose price is not known yet costs nothing."""
    exact = sum(
        (
            line_amount(line.unit_price, line.quantity, line.factor)
            for line in lines
            if line.unit_price is not None
        ),
        Fraction(0),
    )
    return round_amount(exact, currency)


def round_amount(exact: Fraction, currency: str) -> Money:
    """Return an exact amount in the smallest unit of a currency, half to even."""
    places = places_of(currency)
    return Money(Decimal(round(exact * 10**places)).scaleb(-places), currency)
