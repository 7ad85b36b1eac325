"""Prices as they were typed: of which of an item's units."""

from bot.database.unit import Books
from bot.domain.conversions import find_unit
from bot.domain.money_text import UnitPrice, read_unit_price
from bot.domain.prices import Price
from bot.domain.stock import StockedItem
from bot.domain.units import WrongUnit, is_same_unit


async def read_price_of(books: Books, item: StockedItem, typed: str, currency: str) -> UnitPrice:
    """Read the price of an item on a line: `12.90`, `12,90 / box`, `@12.90`."""
    units = await books.item_units.list_of(item.id) if "/" in typed or " " in typed else []
    names = (item.unit, *(each.unit for each in units))
    return read_unit_price(typed.removeprefix("@").strip(), currency, field="price", units=names)


async def price_named(books: Books, item: StockedItem, asked: UnitPrice) -> Price | None:
    """Return a price of the unit that it names, None if it names none; raises WrongUnit."""
    if not asked.unit:
        return None
    if is_same_unit(asked.unit, item.unit):
        return Price(asked.amount, asked.currency)
    units = await books.item_units.list_of(item.id)
    by = find_unit(units, asked.unit)
    if by is None:
        raise WrongUnit(item.sku, item.unit, asked.unit, tuple(each.unit for each in units))
    return Price(asked.amount, asked.currency, by.unit, by.factor)
