"""The words of reports that are lists: what each is called, its totals, and a row of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.domain.money import Money
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.reports.abc import AbcRow
from bot.services.reports.cover import CoverRow
from bot.services.reports.documents import OrdersRow, RequestsRow
from bot.services.reports.expiry import ExpiryRow
from bot.services.reports.idle import IdleRow
from bot.services.reports.low import LowRow
from bot.services.reports.moves import MovesRow
from bot.views.approval_words import status_word
from bot.views.order_words import on_order_parts
from bot.views.text import amount, bold, clip, plain

_MAX_NAME: Final = 40
_WARNING: Final = "⚠️"


@dataclass(frozen=True, slots=True)
class ListWords:
    """A list's title, what is said of no rows, its totals by the sorts of rows, and a row."""

    title: str
    empty: str
    totals: Callable[[Counter[str]], str]
    row: Callable[[Any], str]


def _count_items(counts: Counter[str]) -> str:
    count = counts.total()
    return "**" + ngettext("{count} item", "{count} items", count).format(count=count) + "**"


def _count_lines(counts: Counter[str]) -> str:
    count, late = counts.total(), counts["late"]
    text = "**" + ngettext("{count} open line", "{count} open lines", count) + "**"
    if late:
        text += " · " + _WARNING + " " + ngettext("{late} late", "{late} late", late)
    return text.format(count=count, late=late)


def _count_spots(counts: Counter[str]) -> str:
    expired, soon = counts["expired"], counts["soon"]
    parts = [ngettext("{soon} expires soon", "{soon} expire soon", soon).format(soon=soon)]
    if expired:
        text = ngettext("{expired} has expired", "{expired} have expired", expired)
        parts.insert(0, f"{_WARNING} **{text.format(expired=expired)}**")
    return " · ".join(parts)


def _count_classes(counts: Counter[str]) -> str:
    parts = [
        ngettext("{abc}: {count} item", "{abc}: {count} items", counts[abc]).format(
            abc=abc, count=counts[abc]
        )
        for abc in "ABC"
    ]
    return f"**{' · '.join(parts)}**"


def _count_idle(counts: Counter[str]) -> str:
    text, never = _count_items(counts), counts["never left"]
    if not never:
        return text
    return f"{text} · " + ngettext(
        "{count} of them never left", "{count} of them never left", never
    ).format(count=never)


def _count_weeks(counts: Counter[str]) -> str:
    del counts
    return _("The last 13 weeks, each from Monday on.")


def _item(sku: str, name: str) -> str:
    return f"{bold(sku)} {plain(clip(name, _MAX_NAME))}"


def _low(row: LowRow) -> str:
    there = _("**{available}** of {point}").format(
        available=amount(row.available, row.unit), point=format_quantity(row.reorder_point)
    )
    parts = [_item(row.sku, row.name), there]
    parts += on_order_parts(row.on_order, row.approved, row.pending, row.in_drafts)
    if row.suggested:
        parts.append(_("order {quantity}").format(quantity=amount(row.suggested, row.unit)))
    return " · ".join(parts)


def _expiry(row: ExpiryRow) -> str:
    if row.days_left < 0:
        left = _WARNING + " " + ngettext("{days} day ago", "{days} days ago", -row.days_left)
    elif not row.days_left:
        left = _("today")
    else:
        left = ngettext("in {days} day", "in {days} days", row.days_left)
    parts = [
        f"**{row.expires_on.isoformat()}** ({left.format(days=abs(row.days_left))})",
        f"{bold(row.sku)} {plain(row.lot)}",
        f"{plain(row.location)}: {amount(row.quantity, row.unit)}",
    ]
    return " · ".join([*parts, _("held")] if row.state == "held" else parts)


def _abc(row: AbcRow) -> str:
    left = amount(row.left, row.unit)
    worth = left
    if row.value is not None and row.currency:
        worth = str(Money(row.value, row.currency))
        if row.left_without_value:
            missing = amount(row.left_without_value, row.unit)
            worth += " · " + _("{quantity} without a price").format(quantity=missing)
    share = _("{share} %, together {cumulative} %").format(
        share=row.share, cumulative=row.cumulative_share
    )
    return f"**{row.abc_class}** {_item(row.sku, row.name)} · {worth} · {share}"


def _idle(row: IdleRow) -> str:
    days = ngettext("{days} day", "{days} days", row.days).format(days=row.days)
    since = _("since {day}") if row.last == "left" else _("never left, came {day}")
    shown = since.format(day=row.idle_since.isoformat())
    return f"{_item(row.sku, row.name)} · {amount(row.quantity, row.unit)} · **{days}** ({shown})"


def _cover(row: CoverRow) -> str:
    days = _("{days} days").format(days=format_quantity(row.days))
    left = _("{quantity} left in 90 days").format(quantity=format_quantity(row.left))
    item = _item(row.sku, row.name)
    return f"{item} · **{days}** · {amount(row.quantity, row.unit)}, {left}"


def _moves(row: MovesRow) -> str:
    parts = [
        f"**{row.week.isoformat()}**",
        _("in {quantity}").format(quantity=amount(row.came_in, row.unit)),
        _("out {quantity}").format(quantity=amount(row.left, row.unit)),
    ]
    if row.adjusted:
        parts.append(_("adjusted {quantity}").format(quantity=_signed(row.adjusted)))
    return " · ".join(parts)


def _signed(quantity: Decimal) -> str:
    return ("+" if quantity > 0 else "−") + format_quantity(abs(quantity))  # noqa: RUF001


def _orders(row: OrdersRow) -> str:
    to_come = _("{quantity} to come").format(quantity=amount(row.to_come, row.unit))
    head = f"**{row.order}** {plain(clip(row.supplier, _MAX_NAME))}"
    status = status_word(row.status, "order")
    return " · ".join([head, status, bold(row.sku), to_come, *_due(row)])


def _requests(row: RequestsRow) -> str:
    head = f"**{row.request}** {plain(clip(row.wanted_for, _MAX_NAME))}"
    parts = [head, bold(row.sku)]
    parts.append(_("{quantity} reserved").format(quantity=amount(row.reserved, row.unit)))
    if row.short:
        parts.append(_("**{quantity} short**").format(quantity=amount(row.short, row.unit)))
    return " · ".join([*parts, *_due(row)])


def _due(row: OrdersRow | RequestsRow) -> list[str]:
    if row.days_late is not None:
        late = ngettext("{days} day late", "{days} days late", row.days_late)
        return [f"{_WARNING} {late.format(days=row.days_late)}"]
    day = row.promised_on if isinstance(row, OrdersRow) else row.needed_by
    return [] if day is None else [_("by {day}").format(day=day.isoformat())]


LIST_WORDS: Final[dict[str, ListWords]] = {
    "low": ListWords(
        N_("Low stock"), N_("Nothing is down to its reorder point."), _count_items, _low
    ),
    "expiry": ListWords(
        N_("What expires"), N_("Nothing in stock expires soon."), _count_spots, _expiry
    ),
    "abc": ListWords(N_("ABC of what left in 365 days"), N_("Nothing left."), _count_classes, _abc),
    "idle": ListWords(
        N_("Idle for 90 days"), N_("Of everything in stock something left."), _count_idle, _idle
    ),
    "cover": ListWords(N_("Days of cover"), N_("Nothing left in 90 days."), _count_items, _cover),
    "moves": ListWords(N_("Moves by week"), N_("Nothing moved."), _count_weeks, _moves),
    "orders": ListWords(N_("Open orders"), N_("No order is open."), _count_lines, _orders),
    "requests": ListWords(N_("Open requests"), N_("No request is open."), _count_lines, _requests),
}
