"""The lines of a bulk operation as a file has them."""

from decimal import Decimal
from typing import NamedTuple

from bot.domain.imports.content import Content
from bot.domain.lines import LineFault
from bot.domain.sheets import EXACT, Sheet
from bot.domain.sheets.headings import LOCATION, LOT, QUANTITY, SKU, UNIT
from bot.domain.sheets.numbers import read_cell
from bot.errors import InvalidValue, TallymanError


class ReadLine(NamedTuple):
    """A line of a file: its number, what it names, how much, where, and of which lot."""

    number: int
    item: str
    quantity: Decimal
    unit: str
    location: str
    lot: str


def read_bulk_lines(sheet: Sheet, *, allow_zero: bool) -> tuple[list[ReadLine], list[LineFault]]:
    """Read the rows of a file, and say what is wrong with those that cannot be."""
    content = Content.of("bulk", sheet)
    lines, faults = [], []
    for row in sheet.rows:
        item = content.text(row, SKU)
        cell = content.cell(row, QUANTITY) or ""
        try:
            if not item:
                raise InvalidValue(field="item", reason="empty")  # noted below
            typed = read_cell(
                cell, content.marks[QUANTITY], field="quantity", allow_zero=allow_zero
            )
        except TallymanError as error:
            faults.append(LineFault(row.line, f"{item} {cell.rstrip(EXACT)}".strip()[:60], error))
            continue
        unit = typed.unit or content.text(row, UNIT)
        place, lot = content.text(row, LOCATION), content.text(row, LOT)
        lines.append(ReadLine(row.line, item, typed.value, unit, place, lot))
    return lines, faults
