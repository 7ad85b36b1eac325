"""Lines of an order as its form writes them, so that they are read back as what they are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.database.unit import Books
from bot.domain.conversions import FurtherUnit, is_as_before
from bot.domain.orders import count_units
from bot.domain.prices import Price, restate
from bot.services.orders.documents import OrderedLine
from bot.services.orders.pricing import ONE


async def write_as_of_now(
    books: Books, lines: Sequence[OrderedLine], currency: str
) -> list[OrderedLine]:
    """Return lines of units that became others in their items' own units.

    A price that is not exact there is left out: see `shows_price`.
    """
    ids = sorted({line.item_id for line in lines if line.unit})
    units = await books.item_units.list_of_items(ids) if ids else {}
    return [_as_of_now(line, units.get(line.item_id, ()), currency) for line in lines]


def shows_price(line: OrderedLine) -> bool:
    """Whether a form has the price of a line, as `write_as_of_now` returned it."""
    return line.unit_price is not None and count_units(line.quantity, line.factor) is not None


def _as_of_now(line: OrderedLine, units: Iterable[FurtherUnit], currency: str) -> OrderedLine:
    if is_as_before(units, line.unit, line.factor):
        return line
    amount = None
    if line.unit_price is not None:
        priced = restate(Price(line.unit_price, currency, line.unit, line.factor), "", ONE)
        amount = None if priced.unit else priced.amount
    return replace(line, unit="", factor=ONE, unit_price=amount)
