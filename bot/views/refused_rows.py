"""The rows of an import that were refused, as a file to be corrected and sent again."""

import csv
import io

from bot.domain.imports import Fault, Outcome
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.sheets import EXACT
from bot.errors import NotFound
from bot.locales import _
from bot.views.errors import explain
from bot.views.errors.imports import COLUMN_NAMES
from bot.views.text import unformatted


def write_refused(content: Content, plan: ImportPlan) -> bytes:
    """Write the refused rows as they came, each with its line, column, value and reason.

    Headings that no import reads are ignored, so the file can be corrected and sent again.
    """
    text = io.StringIO()
    table = csv.writer(text)
    headings = content.sheet.headings
    table.writerow([*headings, "line", "column", "value", "reason"])
    cells = {row.line: row.cells for row in content.sheet.rows}
    for row in plan.of(Outcome.REFUSED, Outcome.WAITING):
        faults = _all_faults(row)
        shown = [_plain_cell(cell) for cell in cells[row.line]]
        shown += [""] * (len(headings) - len(shown))
        table.writerow(
            [
                *shown,
                row.line,
                " | ".join(_(COLUMN_NAMES.get(each.column, each.column)) for each in faults),
                " | ".join(each.value for each in faults),
                " | ".join(_reason(each) for each in faults),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _plain_cell(cell: str) -> str:
    """Return a cell as text; a number that a workbook kept stays no other in a text file."""
    return f"{cell.rstrip(EXACT)}0" if cell.endswith(EXACT) else cell


def _all_faults(row: PlannedRow) -> list[Fault]:
    if row.faults or row.level is None:
        return row.faults
    missing = NotFound("location", wanted=row.level.path)
    return [Fault("location", row.level.path, missing)]


def _reason(fault: Fault) -> str:
    return unformatted(explain(fault.error) or "")
