"""Reading the lines of an order: `SKU quantity [unit] [price]`, each a line of its own."""

from typing import Final

from bot.database.unit import Books
from bot.domain.conversions import find_unit
from bot.domain.lines import LineFault, LinesRefused, TypedLine, read_lines
from bot.domain.money_text import UnitPrice, divide_price
from bot.domain.orders import MAX_ORDER_LINES, OtherCurrency
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import StockedItem
from bot.domain.units import WrongUnit, is_same_unit
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, TallymanError, Unavailable
from bot.services.measuring import measure
from bot.services.orders.pricing import ONE, Wanted, with_price
from bot.services.prices.units import price_named, read_price_of

_MAX_UNIT_WORDS: Final = 2


async def read_order_lines(books: Books, typed: str, currency: str) -> list[Wanted]:
    """Return what typed lines order; an item that is named twice has two lines.

    Raises LinesRefused with what is wrong with each line, and InvalidValue for no lines.
    """
    lines, faults = read_lines(typed, has_third=True, limit=MAX_ORDER_LINES)
    found = []
    for line in lines:
        try:
            found.append(await _read_line(books, line, currency))
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(line.number, line.text, error))
    if faults:
        raise LinesRefused(tuple(sorted(faults, key=lambda fault: fault.number)))
    return found


async def _read_line(books: Books, line: TypedLine, currency: str) -> Wanted:
    stock = await books.stock.line(line.name, VirtualLocation.SUPPLIER, VirtualLocation.CUSTOMER)
    if stock.item.is_archived:
        raise Archived("item", stock.item.sku, stock.item.id)
    quantity, third = await _take_unit(books, stock.item, line)
    price = await read_price(books, stock.item, third, currency) if third else None
    return await to_wanted(books, stock.item, quantity, price)


async def to_wanted(
    books: Books, item: StockedItem, typed: TypedQuantity, price: UnitPrice | None
) -> Wanted:
    """Return a line for a quantity of an item in any of its units; raises as `measure` does.

    Where the code of a pack names the item, the price is of one pack, as the quantity is. A price
    of another unit than the quantity becomes one of that unit, or the line is of the price's.
    """
    measured = await measure(books, item, typed)
    of_unit = None if price is None else await price_named(books, item, price)
    unit_price = price.amount if price is not None and of_unit is None else None
    unit, factor, named = "", ONE, typed.unit
    if item.pack is not None and not named:
        named = item.pack.unit
        if unit_price is not None:
            unit_price = divide_price(unit_price, item.pack.value, field="price")
    if named and not is_same_unit(named, item.unit):
        by = find_unit(await books.item_units.list_of(item.id), named)
        if by is not None:
            unit, factor = by.unit, by.factor
        elif unit_price is not None:
            # A dozen that is no unit of the item: a price of one, or of twelve.
            raise WrongUnit(item.sku, item.unit, named)
    wanted = Wanted(
        item_id=item.id,
        sku=item.sku,
        item_unit=item.unit,
        quantity=measured.quantity,
        unit=unit,
        factor=factor,
        unit_price=unit_price,
    )
    return with_price(wanted, of_unit)


async def _take_unit(books: Books, item: StockedItem, line: TypedLine) -> tuple[TypedQuantity, str]:
    """Take a unit of the item off what is behind a quantity: its name may be any word."""
    words = line.third.split()
    if line.quantity.unit or not words or words[0][0].isdigit():
        return line.quantity, line.third
    units = await books.item_units.list_of(item.id)
    for count in range(min(len(words), _MAX_UNIT_WORDS), 0, -1):
        name = " ".join(words[:count])
        if is_same_unit(name, item.unit) or find_unit(units, name) is not None:
            return TypedQuantity(line.quantity.value, name), " ".join(words[count:])
    return line.quantity, line.third


async def read_price(books: Books, item: StockedItem, text: str, currency: str) -> UnitPrice:
    """Read the price of one unit; raises OtherCurrency unless it is in the order's currency."""
    price = await read_price_of(books, item, text, currency)
    if price.currency != currency:
        raise OtherCurrency(currency, price.currency)
    return price
