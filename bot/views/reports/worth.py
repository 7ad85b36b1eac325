"""Stock and its value in words: the totals, the largest rows, and what left by month."""

from fractions import Fraction
from typing import Final

from bot.domain.line_amounts import round_amount
from bot.domain.valuation import Value
from bot.locales import _, ngettext
from bot.services.reports.kinds import SHOWN_ROWS
from bot.services.reports.worth import LeftMonth, Report, ReportedItem
from bot.views.text import amount, bold, clip, more_of, plain

_SHOWN_MONTHS: Final = 6
_MAX_NAME: Final = 40


def worth_lines(report: Report, rest: str) -> list[str]:
    """Write a report as of its day; `rest` says where all items are."""
    ledger, totals = report.ledger, report.totals
    lines = _totals(report)
    lines += [_row(row, has_prices=report.has_prices) for row in report.rows]
    if totals.items > SHOWN_ROWS:
        lines.append(more_of(totals.items - SHOWN_ROWS) + rest)
    if report.has_prices and ledger.location:
        lines += ["", _("_A location is worth its share of each item's value._")]
    elif report.has_prices and report.months:
        lines += ["", f"**{_('Cost of what left')}**"]
        lines += [_month(each) for each in report.months[:_SHOWN_MONTHS]]
    return lines


def _totals(report: Report) -> list[str]:
    totals = report.totals
    if not totals.items:
        return [_("_Nothing was in stock._")]
    count = ngettext("{count} item", "{count} items", totals.items).format(count=totals.items)
    if not report.has_prices:
        return [count, ""]
    worth = " · ".join(f"**{each}**" for each in report.amounts) or _("**no known value**")
    lines = [f"{worth} · {count}"]
    if totals.items_without_price:
        lines.append(
            "⚠️ "
            + ngettext(
                "Of {count} item some or all came in without a price; that is not in the value.",
                "Of {count} items some or all came in without a price; that is not in the value.",
                totals.items_without_price,
            ).format(count=totals.items_without_price)
        )
    return [*lines, ""]


def _row(row: ReportedItem, *, has_prices: bool) -> str:
    name = plain(clip(row.name, _MAX_NAME))
    text = f"{bold(row.sku)} {name} · {amount(row.value.quantity, row.unit)}"
    return f"{text} · {_worth(row.value, row.unit)}" if has_prices else text


def _worth(value: Value, unit: str) -> str:
    parts = [f"**{round_amount(Fraction(each), currency)}**" for currency, each in value.amounts]
    if value.without_price:
        missing = amount(value.without_price, unit)
        parts.append(_("{quantity} without a price").format(quantity=missing))
    return " · ".join(parts)


def _month(each: LeftMonth) -> str:
    parts, count = [f"**{worth}**" for worth in each.amounts], each.items_without_price
    if count:
        text = ngettext("{count} item without a price", "{count} items without a price", count)
        parts.append(text.format(count=count))
    return f"{each.month:%Y-%m}: {' · '.join(parts)}"
