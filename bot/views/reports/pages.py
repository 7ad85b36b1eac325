"""Reports in words: the totals, the first rows, a picture of them, and a file with all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.locales import _
from bot.services.reports.kinds import SHOWN_ROWS, ReportInMaking
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report
from bot.views.components import Component
from bot.views.pages import Picture, Row, list_page
from bot.views.replies import Reply
from bot.views.reports.lists import LIST_WORDS
from bot.views.reports.titles import report_title
from bot.views.reports.why import why_report, why_rows
from bot.views.reports.worth import worth_lines
from bot.views.text import fit_lines, more_of

PICTURE: Final = "report.png"
# What is above and below the table on the page has its own room.
_MAX_TEXT: Final = 2500


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was read, its file and its picture; `first_rows` if the file has no more."""

    report: ReportInMaking
    file: tuple[str, bytes] | None
    picture: Picture | None
    first_rows: int | None = None


def report_page(
    made: MadeReport,
    *,
    above: Sequence[str] = (),
    footer: str = "",
    buttons: Sequence[Component] = (),
) -> Reply:
    """Show a report that was read, with a picture where one says more, and all of it as a file."""
    report, rest = made.report, " · " + _("all of them in the file")
    if made.first_rows is not None:
        text = _("⚠️ All of it is too large for a file here: it has the first {count} rows.")
        above, rest = [*above, text.format(count=made.first_rows)], ""
    if isinstance(report, ListedReport):
        lines = _list_lines(report, rest)
    else:
        assert isinstance(report, Report)
        lines = worth_lines(report, rest)
    table = fit_lines(lines, _MAX_TEXT, rest=f"{_('… and more')}{rest}")
    return list_page(
        report_title(report),
        [Row(table)],
        above=above,
        footer=footer,
        picture=made.picture,
        menus=why_rows(report),
        buttons=[*buttons, why_report(report)],
        file=made.file,
    )


def _list_lines(report: ListedReport, rest: str) -> list[str]:
    words = LIST_WORDS[report.kind]
    if not report.rows:
        return [f"_{_(words.empty)}_"]
    lines = [words.totals(report.counts), "", *map(words.row, report.rows[:SHOWN_ROWS])]
    if (more := report.counts.total() - SHOWN_ROWS) > 0:
        lines.append(more_of(more) + rest)
    return lines
