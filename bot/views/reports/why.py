"""The buttons that open what makes the figures of a report."""

from typing import Any, Final

import discord

from bot.locales import _
from bot.services.reports.kinds import SHOWN_ROWS, ReportInMaking
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report
from bot.services.why.documents import NOUNS
from bot.views.components import Component
from bot.views.pages import FIRST
from bot.views.text import clip
from bot.views.why_controls import EVERYWHERE, WHY_DOCUMENTS, WHY_REPORT, WHY_ROW

_MAX_VALUE: Final = 100
# Between the parts of a row's key: no name has it.
_NEXT: Final = "\n"


def why_report(report: ReportInMaking) -> Component:
    """Make the button of a report as a whole."""
    kind, place, beyond = _of(report)
    if kind in NOUNS:
        return WHY_DOCUMENTS(_("Why?"), FIRST, NOUNS[kind])
    return WHY_REPORT(_("Why?"), FIRST, kind, place, beyond)


def why_rows(report: ReportInMaking) -> list[Component]:
    """Make the menu of a report's rows; none where no row is of one thing."""
    kind, place, beyond = _of(report)
    assert isinstance(report, Report | ListedReport)
    keys = [(_key(row), _label(row)) for row in report.rows[:SHOWN_ROWS]]
    # One document may be in several rows.
    options = {key: label for key, label in reversed(keys) if key}
    if not options:
        return []
    shown = [
        discord.SelectOption(label=clip(label, _MAX_VALUE), value=key)
        for key, label in reversed(options.items())
    ]
    return [WHY_ROW(_("Why? Choose a row"), kind, place, beyond, options=shown)]


def read_key(key: str) -> tuple[str, str | None, str | None]:
    """Return the item or document, the lot and the location of a row."""
    first, *others = key.split(_NEXT)
    lot, location = [*others, None, None][:2]
    return first, lot, location


def _of(report: ReportInMaking) -> tuple[str, int, int]:
    assert isinstance(report, Report | ListedReport)
    ledger = report.ledger if isinstance(report, Report) else report.scope.ledger
    return report.kind, ledger.location_id or EVERYWHERE, ledger.beyond


def _key(row: Any) -> str:
    """Return what a row is of, short enough for a menu."""
    for name in ("order", "request"):
        if document := getattr(row, name, ""):
            return str(document)
    sku = getattr(row, "sku", "")
    if lot := getattr(row, "lot", ""):
        whole = _NEXT.join([sku, lot, row.location])
        return whole if len(whole) <= _MAX_VALUE else _NEXT.join([sku, lot])
    return str(sku)


def _label(row: Any) -> str:
    parts = [getattr(row, name, "") for name in ("order", "request", "sku", "lot", "name")]
    return " · ".join(filter(None, map(str, parts)))
