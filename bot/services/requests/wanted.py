"""Reading what is wanted: typed lines as quantities of items, one for each item."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.database.unit import Books
from bot.domain.lines import LineFault, LinesRefused, TypedLine, read_lines
from bot.domain.quantities import MAX_QUANTITY
from bot.domain.stock import StockedItem
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, InvalidValue, TallymanError, Unavailable
from bot.services.measuring import measure


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of an item is wanted, in its own unit."""

    item: StockedItem
    quantity: Decimal


async def read_wanted(books: Books, typed: str) -> dict[int, Wanted]:
    """Return what typed lines want, by item; of an item that is named twice the sum.

    Raises LinesRefused with what is wrong with each line, and InvalidValue for no lines.
    """
    lines, faults = read_lines(typed)
    found: dict[int, Wanted] = {}
    for line in lines:
        try:
            wanted = await _read_line(books, line)
            before = found.get(wanted.item.id)
            if before is not None:
                wanted = replace(wanted, quantity=wanted.quantity + before.quantity)
            if wanted.quantity > MAX_QUANTITY:
                raise InvalidValue(field="quantity", reason="too_large", limit=MAX_QUANTITY)
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(line.number, line.text, error))
        else:
            found[wanted.item.id] = wanted
    if faults:
        raise LinesRefused(tuple(sorted(faults, key=lambda fault: fault.number)))
    return found


async def _read_line(books: Books, line: TypedLine) -> Wanted:
    stock = await books.stock.line(line.name, VirtualLocation.SUPPLIER, VirtualLocation.CUSTOMER)
    if stock.item.is_archived:
        raise Archived("item", stock.item.sku, stock.item.id)
    return Wanted(stock.item, (await measure(books, stock.item, line.quantity)).quantity)
