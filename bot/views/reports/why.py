"""The buttons that open what makes the figures of a report."""

from datetime import date
from typing import Any, Final

import discord

from bot.domain.figures import first_day
from bot.errors import StaleControl
from bot.locales import _
from bot.services.reports.kinds import SHOWN_ROWS, ReportInMaking
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report
from bot.services.why.documents import NOUNS
from bot.services.why.left import LEFT_DAYS
from bot.views.components import Component, number
from bot.views.pages import FIRST
from bot.views.text import clip
from bot.views.why_controls import EVERYWHERE, WHY_DOCUMENTS, WHY_REPORT, WHY_ROW, read_day

_MAX_LABEL: Final = 100
# What a row is of, by ids: names and SKUs are others' once an item was merged or renamed.
_IDS: Final = ("item_id", "lot_id", "location_id")
_IDS_OF_STOCK: Final = len(_IDS)


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
    since = _since(report)
    keys = [
        (f"{key}.{since}" if key and since else key, _label(row))
        for row in report.rows[:SHOWN_ROWS]
        for key in [_key(row)]
    ]
    # One document may be in several rows.
    options = {key: label for key, label in reversed(keys) if key}
    if not options:
        return []
    shown = [
        discord.SelectOption(label=clip(label, _MAX_LABEL), value=key)
        for key, label in reversed(options.items())
    ]
    return [WHY_ROW(_("Why? Choose a row"), kind, place, beyond, options=shown)]


def read_key(key: str) -> tuple[int, int, int]:
    """Return the item, the lot and the location of a row, 0 for none; raises StaleControl."""
    try:
        item_id, lot_id, location_id = map(number, key.split(".")[:3])
    except ValueError as error:
        raise StaleControl from error
    return item_id, lot_id, location_id


def read_since(key: str) -> date | None:
    """Return from which day on a row counts what left; None if it is of stock."""
    parts = key.split(".")
    try:
        return read_day(parts[3]) if len(parts) > _IDS_OF_STOCK else None
    except ValueError as error:
        raise StaleControl from error


def _since(report: Report | ListedReport) -> str:
    days = LEFT_DAYS.get(report.kind)
    if days is None or isinstance(report, Report):
        return ""
    return first_day(report.scope.ledger.day, days).isoformat()


def _of(report: ReportInMaking) -> tuple[str, int, int]:
    assert isinstance(report, Report | ListedReport)
    ledger = report.ledger if isinstance(report, Report) else report.scope.ledger
    return report.kind, ledger.location_id or EVERYWHERE, ledger.beyond


def _key(row: Any) -> str:
    """Return what a row is of: a document, or ids; nothing if it is of more than one thing."""
    for name in ("order", "request"):
        if document := getattr(row, name, ""):
            return str(document)
    ids = [getattr(row, name, 0) for name in _IDS]
    return ".".join(map(str, ids)) if any(ids) else ""


def _label(row: Any) -> str:
    parts = [
        getattr(row, name, "") for name in ("order", "request", "sku", "lot", "location", "name")
    ]
    return " · ".join(filter(None, map(str, parts)))
