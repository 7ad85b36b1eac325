"""Reading a supplier's file: each row becomes a line of its own, or is asked back."""

from collections import defaultdict

from bot.database.unit import Books
from bot.domain.lines import LineFault, LinesRefused
from bot.domain.names import key_of
from bot.domain.order_files import FileRow, MeansSeveral, OrderFile, SameMakersNumber
from bot.domain.quantities import TypedQuantity, read_quantity
from bot.domain.stock import StockedItem
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, NotFound, TallymanError, Unavailable
from bot.services.orders.pricing import Wanted
from bot.services.orders.reading import read_price, to_wanted


async def read_file_lines(books: Books, file: OrderFile, currency: str) -> list[Wanted]:
    """Return the lines of a file; raises LinesRefused with what is wrong with each row.

    Rows are neither joined nor left out: those of one maker's number are asked back.
    """
    found, faults = [], list[LineFault]()
    same = _list_same(file)
    for row in file.rows:
        try:
            if key_of(row.maker_part) in same and not row.sku:
                await _require_own(books, row, same[key_of(row.maker_part)])
            found.append(await _read_row(books, row, currency))
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(row.line, row.text[:60], error))
    if faults:
        raise LinesRefused(tuple(faults))
    return found


def _list_same(file: OrderFile) -> dict[str, tuple[int, ...]]:
    """Return the makers' numbers that rows of different numbers of the supplier share."""
    rows = defaultdict[str, list[FileRow]](list)
    for row in file.rows:
        if row.maker_part:
            rows[key_of(row.maker_part)].append(row)
    return {
        number: tuple(row.line for row in alike)
        for number, alike in rows.items()
        if len({row.supplier_part for row in alike}) > 1
    }


async def _require_own(books: Books, row: FileRow, lines: tuple[int, ...]) -> None:
    """Raise SameMakersNumber unless the supplier's own number names an item."""
    if not row.supplier_part or await _find(books, row.supplier_part) is None:
        raise SameMakersNumber(row.maker_part, lines)


async def _read_row(books: Books, row: FileRow, currency: str) -> Wanted:
    item = await _find_item(books, row)
    typed = read_quantity(row.quantity)
    if row.unit and not typed.unit:
        typed = TypedQuantity(typed.value, row.unit)
    price = read_price(row.price, currency) if row.price else None
    return await to_wanted(books, item, typed, price)


async def _find_item(books: Books, row: FileRow) -> StockedItem:
    """Return the item that a row's numbers name; raises NotFound, MeansSeveral, Archived."""
    found: dict[int, StockedItem] = {}
    # A SKU was written by someone who knows; the other numbers have to agree.
    for name in (row.sku,) if row.sku else row.names:
        item = await _find(books, name)
        if item is not None:
            found.setdefault(item.id, item)
    if not found:
        raise NotFound("item", wanted=" / ".join(row.names))
    first, *others = found.values()
    if others:
        raise MeansSeveral(first.sku, others[0].sku)
    if first.is_archived:
        raise Archived("item", first.sku, first.id)
    return first


async def _find(books: Books, name: str) -> StockedItem | None:
    try:
        ends = (VirtualLocation.SUPPLIER, VirtualLocation.CUSTOMER)
        return (await books.stock.line(name, *ends)).item
    except NotFound:
        return None
