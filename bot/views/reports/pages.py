"""Reports in words: the totals, the first rows, and a file with all of them."""

from typing import Final

from bot.locales import _
from bot.services.reports.kinds import SHOWN_ROWS, ReportInMaking
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report
from bot.views.replies import Reply, embed
from bot.views.reports.lists import LIST_WORDS
from bot.views.reports.worth import worth_page
from bot.views.text import clip, fit_lines, more_of

_MAX_TEXT: Final = 3800


def report_page(report: ReportInMaking, file: tuple[str, bytes]) -> Reply:
    """Show a report that was read, with all of it as a file."""
    if isinstance(report, ListedReport):
        return _list_page(report, file)
    assert isinstance(report, Report)
    return worth_page(report, file)


def _list_page(report: ListedReport, file: tuple[str, bytes]) -> Reply:
    words, ledger = LIST_WORDS[report.kind], report.scope.ledger
    title = _(words.title) + " · " + _("as of {day}").format(day=ledger.day.isoformat())
    if ledger.location:
        title += f" · {clip(ledger.location, 100)}"
    if not report.rows:
        return Reply(embed=embed(title, f"_{_(words.empty)}_"), file=file)
    lines = [words.totals(report.counts), "", *map(words.row, report.rows)]
    if (rest := report.counts.total() - SHOWN_ROWS) > 0:
        lines.append(more_of(rest) + " · " + _("all of them in the file"))
    return Reply(embed=embed(title, fit_lines(lines, _MAX_TEXT)), file=file)
