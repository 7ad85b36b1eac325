"""What reports are called."""

from bot.locales import _
from bot.services.reports.kinds import ReportInMaking, ReportKind
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report
from bot.views.reports.lists import LIST_WORDS
from bot.views.text import clip

_MAX_LOCATION = 100


def kind_title(kind: ReportKind) -> str:
    """Name a kind of report."""
    if kind in LIST_WORDS:
        return _(LIST_WORDS[kind].title)
    return _("Value of stock") if kind == "value" else _("Stock")


def report_title(report: ReportInMaking) -> str:
    """Name a report: its kind, its day, and its location."""
    assert isinstance(report, Report | ListedReport)
    ledger = report.ledger if isinstance(report, Report) else report.scope.ledger
    day = f"{ledger.day.isoformat()} {ledger.at_time}".rstrip()
    title = f"{kind_title(report.kind)} · " + _("as of {day}").format(day=day)
    return f"{title} · {clip(ledger.location, _MAX_LOCATION)}" if ledger.location else title
