"""Reports as pictures: the rows that were read, so that table and picture cannot differ."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain.charts import Bars, Chart, Drawing, Panel, RankedBar, Ranking
from bot.domain.line_amounts import round_amount
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.services.reports.kinds import ReportInMaking
from bot.services.reports.listed import ListedReport
from bot.services.reports.worth import Report, ReportedItem
from bot.views.reports.titles import report_title
from bot.views.text import clip

if TYPE_CHECKING:
    from bot.services.reports.abc import AbcRow
    from bot.services.reports.cover import CoverRow
    from bot.services.reports.low import LowRow
    from bot.services.reports.moves import MovesRow

_MAX_BARS: Final = 12
_MAX_PANELS: Final = 3
_MAX_TITLE: Final = 90
_MAX_DESCRIPTION: Final = 1000
_SAID_BARS: Final = 5
_WEEK: Final = timedelta(days=7)
# Of one style there is nothing to tell apart.
_ONE_STYLE: Final = {"": ""}


def report_chart(report: ReportInMaking) -> Drawing | None:
    """Return what is drawn of a report that was read; None where no picture says more."""
    if isinstance(report, Report):
        return _worth(report) if report.has_prices else None
    assert isinstance(report, ListedReport)
    draw = _DRAWN.get(report.kind)
    return draw(report) if draw is not None and report.rows else None


def _worth(report: Report) -> Ranking | None:
    """Draw what is worth most, in the guild's own currency alone."""
    currency = report.ledger.currency
    worth = [(row, _worth_of(row, currency)) for row in report.rows]
    shown = [(row, each) for row, each in worth if each > 0]
    if not shown:
        return None
    bars = [
        RankedBar(row.sku, Fraction(each), str(round_amount(Fraction(each), currency)), "")
        for row, each in shown[:_MAX_BARS]
    ]
    return _ranking(report, _("value"), bars)


def _worth_of(row: ReportedItem, currency: str) -> Decimal:
    return dict(row.value.amounts).get(currency, Decimal(0))


def _low(report: ListedReport) -> Ranking:
    """Draw how much of its reorder point there is of each item."""
    rows: list[LowRow] = report.rows[:_MAX_BARS]
    bars = []
    for row in rows:
        part = Fraction(max(row.available, Decimal(0))) / Fraction(row.reorder_point or 1)
        text = _("{available} of {point}").format(
            available=format_quantity(row.available),
            point=f"{format_quantity(row.reorder_point)} {row.unit}",
        )
        bars.append(RankedBar(row.sku, part, text, "missing" if row.suggested else "coming"))
    words = {"missing": _("to be ordered"), "coming": _("in orders already")}
    return _ranking(report, _("available of the reorder point"), bars, words)


def _cover(report: ListedReport) -> Ranking:
    """Draw for how many days stock lasts."""
    rows: list[CoverRow] = report.rows[:_MAX_BARS]
    bars = [RankedBar(row.sku, Fraction(row.days), format_quantity(row.days), "") for row in rows]
    return _ranking(report, _("days"), bars)


def _abc(report: ListedReport) -> Ranking | None:
    """Draw what makes up most of what left, each in the colour of its class."""
    rows: list[AbcRow] = report.rows[:_MAX_BARS]
    bars = []
    for row in rows:
        known = row.value is not None and row.currency is not None
        text = f"{row.value} {row.currency}" if known else f"{format_quantity(row.left)} {row.unit}"
        text = f"{text} · {format_quantity(row.cumulative_share)} %"
        weight = row.left if row.value is None else row.value
        bars.append(RankedBar(row.sku, Fraction(weight), text, row.abc_class))
    words = {
        "A": _("A: the first 80 %"),
        "B": _("B: the next 15 %"),
        "C": _("C: the last 5 %"),
    }
    return _ranking(report, _("share so far"), bars, words)


def _moves(report: ListedReport) -> Chart:
    """Draw what came in and left by weeks, a panel for each of the units that moved most."""
    rows: list[MovesRow] = report.rows
    moved: Counter[str] = Counter()
    for row in rows:
        moved[row.unit] += row.moves
    weeks = sorted({row.week for row in rows})
    panels, said = [], [_title(report)]
    for unit, _count in moved.most_common(_MAX_PANELS):
        of_unit = [row for row in reversed(rows) if row.unit == unit]
        came = tuple((row.week, Fraction(row.came_in)) for row in of_unit)
        left = tuple((row.week, -Fraction(row.left)) for row in of_unit)
        panels.append(Panel(unit, bars=(Bars(_("in"), came), Bars(_("out"), left))))
        text = _("{unit}: in {came}, out {left}").format(
            unit=unit,
            came=format_quantity(sum((row.came_in for row in of_unit), Decimal(0))),
            left=format_quantity(sum((row.left for row in of_unit), Decimal(0))),
        )
        said.append(text)
    return Chart(
        title=_title(report),
        panels=tuple(panels),
        until=weeks[-1] + _WEEK,
        styles=(),
        description=_describe(said),
        since=weeks[0],
    )


_DRAWN: Final[dict[str, Callable[[ListedReport], Drawing | None]]] = {
    "low": _low,
    "cover": _cover,
    "abc": _abc,
    "moves": _moves,
}


def _ranking(
    report: ReportInMaking,
    label: str,
    bars: Sequence[RankedBar],
    words: dict[str, str] | None = None,
) -> Ranking:
    used = {bar.style for bar in bars}
    said = [_title(report), label]
    said += [f"{bar.name}: {bar.text}" for bar in bars[:_SAID_BARS]]
    if (rest := len(bars) - _SAID_BARS) > 0:
        said.append(ngettext("and {count} more", "and {count} more", rest).format(count=rest))
    return Ranking(
        title=_title(report),
        label=label,
        bars=tuple(bars),
        styles={name: text for name, text in (words or _ONE_STYLE).items() if name in used},
        description=_describe(said),
    )


def _title(report: ReportInMaking) -> str:
    return clip(report_title(report), _MAX_TITLE)


def _describe(said: Sequence[str]) -> str:
    return clip(". ".join(said), _MAX_DESCRIPTION)
