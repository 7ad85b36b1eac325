"""Orders as suppliers write them down: which of their columns is which, row by row.

A supplier has numbers of its own and those of the maker, and either may be what an item is called
here. A dash is nothing. Whether `5.000` is five or five thousand is decided for its whole column.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.imports import UnknownColumns
from bot.domain.orders import MAX_ORDER_LINES
from bot.domain.quantities import AmbiguousQuantity, format_quantity
from bot.domain.sheets import EXACT, Sheet, SheetRow
from bot.domain.sheets.amounts import number_in, read_amount, split_amount, split_heading
from bot.domain.sheets.headings import (
    AMOUNT,
    BARCODE,
    CURRENCY,
    LINE_TOTAL,
    MAKER_PART,
    QUANTITY,
    SKU,
    SUPPLIER_PART,
    UNIT,
    find_columns,
    missing_of,
)
from bot.domain.sheets.numbers import Mark, find_mark, read_number_cell
from bot.errors import InvalidValue, RuleBroken

KIND: Final = "orders"
_NOTHING: Final = frozenset({"-", "\u2013", "\u2014", "n/a"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row of a supplier's file, as it is written there; `total` is what all of it costs."""

    line: int
    sku: str
    supplier_part: str
    maker_part: str
    barcode: str
    quantity: str
    unit: str
    price: str
    total: Decimal | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return by what its item may be known here, the surest first."""
        named = (self.sku, self.supplier_part, self.barcode, self.maker_part)
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def text(self) -> str:
        """Return it as a person recognises it."""
        return " ".join([*self.names, self.quantity])


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """The rows of a supplier's file, and the headings that were not read."""

    rows: tuple[FileRow, ...]
    ignored: tuple[str, ...] = ()


@dataclass(eq=False)
class MeansSeveral(RuleBroken):
    """The numbers in one row are those of two items."""

    first: str
    second: str


@dataclass(eq=False)
class SameMakersNumber(RuleBroken):
    """Several rows have one maker's number, and the supplier's own numbers differ."""

    number: str
    lines: tuple[int, ...]


def read_order_file(sheet: Sheet) -> OrderFile:
    """Return what a file orders; raises UnknownColumns, and InvalidValue for too many rows."""
    found = find_columns(KIND, sheet.headings, (row.cells for row in sheet.rows))
    missing = missing_of(KIND, found)
    if missing:
        raise UnknownColumns(KIND, missing, sheet.headings)
    if len(sheet.rows) > MAX_ORDER_LINES:
        raise InvalidValue(field="lines", reason="too_many_lines", limit=MAX_ORDER_LINES)
    sign = split_heading(sheet.headings[found[AMOUNT]]).sign if AMOUNT in found else ""
    quantities = find_mark(map(number_in, _column(sheet, found.get(QUANTITY))))
    amounts = [split_amount(cell) for cell in _column(sheet, found.get(AMOUNT))]
    prices = find_mark(each.number for each in amounts if each is not None)
    summed = [split_amount(cell) for cell in _column(sheet, found.get(LINE_TOTAL))]
    totals = find_mark(each.number for each in summed if each is not None)
    return OrderFile(
        rows=tuple(
            replace(
                _read(row, found, sign, quantities=quantities, prices=prices),
                total=_read_total(row, found.get(LINE_TOTAL), totals),
            )
            for row in sheet.rows
        ),
        ignored=tuple(
            heading
            for place, heading in enumerate(sheet.headings)
            if heading and place not in found.values()
        ),
    )


def _column(sheet: Sheet, place: int | None) -> list[str]:
    return [] if place is None else [r.cells[place] for r in sheet.rows if place < len(r.cells)]


def _read(
    row: SheetRow,
    found: dict[str, int],
    sign: str,
    *,
    quantities: Mark | None,
    prices: Mark | None,
) -> FileRow:
    cells = {column: _cell(row.cells, place) for column, place in found.items()}
    written = {
        column: row.cells[place] for column, place in found.items() if place < len(row.cells)
    }
    price = cells.get(AMOUNT, "") and _write_price(written[AMOUNT], prices, cells[AMOUNT])
    quantity = cells.get(QUANTITY, "") and _write_quantity(
        written[QUANTITY], quantities, cells[QUANTITY]
    )
    currency = cells.get(CURRENCY, "") or sign
    if price and currency and not any(each.isalpha() or each in "€$£¥" for each in price):
        price = f"{price} {currency}"
    return FileRow(
        line=row.line,
        sku=cells.get(SKU, ""),
        supplier_part=cells.get(SUPPLIER_PART, ""),
        maker_part=cells.get(MAKER_PART, ""),
        barcode=cells.get(BARCODE, ""),
        quantity=quantity,
        unit=cells.get(UNIT, ""),
        price=price,
    )


def _read_total(row: SheetRow, place: int | None, mark: Mark | None) -> Decimal | None:
    """Return what a row says that all of it costs; None for nothing, or what cannot be read."""
    parts = None if place is None or place >= len(row.cells) else split_amount(row.cells[place])
    try:
        return None if parts is None else read_amount(parts, mark, parts.number)
    except (InvalidValue, AmbiguousQuantity):
        return None


def _write_quantity(cell: str, mark: Mark | None, shown: str) -> str:
    """Write a quantity as its column has it, with a point; what stays open is left as it is."""
    try:
        read = read_number_cell(number_in(cell), mark, field="quantity")
    except (InvalidValue, AmbiguousQuantity):
        return shown
    return f"{format_quantity(read.value)} {read.unit}".strip()


def _write_price(cell: str, mark: Mark | None, shown: str) -> str:
    """Write a price likewise, with its currency and what it is divided by."""
    parts = split_amount(cell)
    try:
        value = None if parts is None else read_amount(parts, mark, shown)
    except (InvalidValue, AmbiguousQuantity):
        return shown
    if parts is None or value is None:
        return shown
    return f"{format_quantity(value)} {parts.sign}".strip() + (
        f" / {parts.per}" if parts.per else ""
    )


def _cell(cells: Sequence[str], place: int) -> str:
    text = cells[place].strip().rstrip(EXACT) if place < len(cells) else ""
    return "" if text.casefold() in _NOTHING else text
