"""Reading a supplier's file: each row becomes a line of its own, or is asked back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.database.unit import Books
from bot.domain.line_amounts import line_amount, round_amount
from bot.domain.lines import LineFault, LinesRefused
from bot.domain.money import Money, places_of
from bot.domain.names import key_of
from bot.domain.order_files import FileRow, MeansSeveral, OrderFile, SameMakersNumber
from bot.domain.quantities import TypedQuantity, read_quantity
from bot.domain.stock import StockedItem
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, NotFound, TallymanError, Unavailable
from bot.services.orders.pricing import Wanted
from bot.services.orders.reading import read_price, to_wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDiffers:
    """A line of an order whose file says that all of it costs something else."""

    number: int
    sku: str
    costs: Money
    stated: Money


def list_differing(
    file: OrderFile, lines: Sequence[Wanted], currency: str
) -> tuple[TotalDiffers, ...]:
    """List the lines of a file, the last ones of an order, whose totals do not agree.

    A file rounds its totals half up or half to even: half of the smallest coin is no difference.
    """
    half = Fraction(1, 2 * 10 ** places_of(currency))
    found = []
    first = len(lines) - len(file.rows)
    for number, (row, line) in enumerate(zip(file.rows, lines[first:], strict=True), first + 1):
        if row.total is None or line.unit_price is None:
            continue
        exact = line_amount(line.unit_price, line.quantity, line.factor)
        if abs(exact - Fraction(row.total)) > half:
            costs, stated = (round_amount(each, currency) for each in (exact, Fraction(row.total)))
            found.append(TotalDiffers(number=number, sku=line.sku, costs=costs, stated=stated))
    return tuple(found)


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
    price = await read_price(books, item, row.price, currency) if row.price else None
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
