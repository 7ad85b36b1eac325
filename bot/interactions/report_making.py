"""Making a report: it is read once, by what writes its file, and drawn from the rows that it read.

A file that Discord would not take is written again: as CSV in an archive, which is smaller, and
then with the first rows alone.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final, Literal

from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.imports import FileTooLarge
from bot.services.reports.kinds import (
    REPORTS,
    Cell,
    ReportInMaking,
    ReportKind,
    ReportScope,
    Tables,
)
from bot.views.pages import Picture
from bot.views.reports.charts import report_chart
from bot.views.reports.pages import PICTURE, MadeReport

Form = Literal["xlsx", "csv"]
_Rows = AsyncIterator[list[Sequence[Cell]]]
# What is tried when all rows are too many.
_FIRST_ROWS: Final = (100_000, 20_000)


async def make_report(
    db: DatabaseService,
    actor: Actor,
    kind: ReportKind,
    scope: ReportScope,
    *,
    form: Form = "xlsx",
    name: str = "",
) -> MadeReport:
    """Read a report, write its file and draw its picture; the caller has the guild's place."""
    forms: tuple[Form, ...] = (form, "csv") if form == "xlsx" else (form,)
    tries = [*((each, None) for each in forms), *((form, first) for first in _FIRST_ROWS)]
    for each, first_rows in tries:
        report = REPORTS[kind].begin(scope)
        tables = report.tables(db, actor)
        if first_rows is not None:
            tables = {
                name: (heads, _cut(rows, first_rows)) for name, (heads, rows) in tables.items()
            }
        try:
            file = await _write(each, name or kind, tables)
        except FileTooLarge:
            continue
        return MadeReport(report, file, await _draw(report), first_rows)
    raise FileTooLarge


async def _write(form: Form, name: str, tables: Tables) -> tuple[str, bytes]:
    from bot.reports.tables import write_report_csv, write_workbook  # noqa: PLC0415

    made = await (write_report_csv if form == "csv" else write_workbook)(name, tables)
    # What is one table is called by its kind; what is posted is called by its day.
    extension = made.name.rpartition(".")[2]
    return f"{name}.{extension}", made.content


async def _cut(rows: _Rows, first_rows: int) -> _Rows:
    """Yield the first rows; the others are read as well, because they count."""
    left = first_rows
    async for piece in rows:
        yield piece[:left]
        left -= len(piece[:left])


async def _draw(report: ReportInMaking) -> Picture | None:
    """Draw a report that was read, where a picture says more."""
    drawing = report_chart(report)
    if drawing is None:
        return None
    from bot.reports.charts import draw_chart  # noqa: PLC0415

    return Picture(PICTURE, await draw_chart(drawing), drawing.description)
