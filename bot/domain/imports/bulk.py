"""The lines of a bulk operation as a file has them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.domain.imports.content import Content
from bot.domain.lines import LineFault
from bot.domain.sheets import EXACT, Sheet
from bot.domain.sheets.days import read_last_day
from bot.domain.sheets.headings import EXPIRY, LOCATION, LOT, QUANTITY, SKU, UNIT
from bot.domain.sheets.numbers import read_cell
from bot.errors import InvalidValue, TallymanError


class ReadLine(NamedTuple):
    """A line of a file: its number, what it names, how much, where, of which lot, and its day."""

    number: int
    item: str
    quantity: Decimal
    unit: str
    location: str
    lot: str
    expires_on: date | None


def read_bulk_lines(
    sheet: Sheet, *, allow_zero: bool, has_days: bool
) -> tuple[list[ReadLine], list[LineFault]]:
    """Read the rows of a file, and say what is wrong with those that cannot be.

    Days are read of what may be new in stock; what is there already has its own.
    """
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
            day = content.text(row, EXPIRY) if has_days else ""
            expires_on = read_last_day(day, content.days_begin_with, field=EXPIRY) if day else None
        except TallymanError as error:
            faults.append(LineFault(row.line, f"{item} {cell.rstrip(EXACT)}".strip()[:60], error))
            continue
        unit = typed.unit or content.text(row, UNIT)
        place, lot = content.text(row, LOCATION), content.text(row, LOT)
        lines.append(ReadLine(row.line, item, typed.value, unit, place, lot, expires_on))
    return lines, faults
