"""Picking in words: where to go, what was carried out, and what is left."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

import discord

from bot.domain.quantities import format_quantity
from bot.domain.requests import UNDER_WAY, PickRow
from bot.domain.stock import MovedLine
from bot.locales import _
from bot.services.requests.documents import RequestedLine
from bot.services.requests.picking import RequestPicked
from bot.services.requests.planning import PickPlanned
from bot.views.components import Component, row_of
from bot.views.replies import Reply, renders
from bot.views.requests import ALL, CLOSE, NEXT, PICK, SHORT
from bot.views.stock import UNDO, low_line
from bot.views.text import MAX_CONTENT, amount, bold, first_of, fit_lines, more_of, plain

_MAX_LEFT: Final = 5


@renders(PickPlanned)
def plan_page(planned: PickPlanned) -> Reply:
    """List what to take, place by place, and what does not suffice."""
    lines = [_("For {name}").format(name=bold(planned.wanted_for))]
    place = ""
    for row in planned.rows:
        if row.location != place:
            place = row.location
            lines.append(f"📍 {bold(place)}")
        lines.append(_row(row))
    if not planned.rows:
        lines.append(_("Nothing that is left of it is available now."))
    lines += _lacking_lines(planned)
    buttons: list[Component] = []
    if planned.rows:
        success = discord.ButtonStyle.success
        label = _("Picked all") if not planned.lacking else _("Picked all of this")
        buttons.append(ALL(label, planned.request_id, planned.signature, style=success))
        buttons.append(SHORT(_("Something is short"), planned.request_id))
    if planned.status == "picking":
        buttons.append(CLOSE(_("Close"), planned.request_id, planned.version))
    title = _("Pick {label}").format(label=planned.label)
    view = row_of(*buttons) if buttons else None
    return replace(Reply.of_lines(lines, title=title), view=view)


def _lacking_lines(planned: PickPlanned) -> list[str]:
    """Say of which lines more is at further locations, and of which there is none."""
    lines, taken = [], planned.planned
    for line in planned.lacking:
        further = planned.further.get(line.number, Decimal(0))
        missing = line.left - taken.get(line.number, Decimal(0)) - further
        if further:
            text = _("{item}: {quantity} more at other locations: pick these first.")
            quantity = amount(further, line.unit)
            lines.append(text.format(item=bold(line.sku), quantity=quantity))
        if missing:
            text = "⚠️ " + _("{item}: {quantity} missing")
            if line.number in planned.archived:
                text += " · " + _("the item is archived")
            quantity = amount(missing, line.unit)
            lines.append(text.format(item=bold(line.sku), quantity=quantity))
    return lines


@renders(RequestPicked)
def picked_page(picked: RequestPicked) -> Reply:
    """Show what was carried out, the number of the record, and what is left."""
    lines = [
        _("✅ Picked for {label}").format(label=bold(picked.label)) + f" `#{picked.record}`",
        *map(_moved_line, picked.moved),
    ]
    more = picked.move_count - len(picked.moved)
    if more > 0:
        lines.append(more_of(more))
    lines += [low_line(low) for low in picked.low]
    buttons: list[Component] = [UNDO(_("Undo"), picked.record)]
    if picked.status in UNDER_WAY:
        lines.append(_left_line(picked.left))
        if picked.next_row is not None:
            primary = discord.ButtonStyle.primary
            buttons.append(NEXT(_("Next lines"), picked.request_id, picked.next_row, style=primary))
        buttons.append(PICK(_("Pick the rest"), picked.request_id))
        buttons.append(CLOSE(_("Close"), picked.request_id, picked.version))
    else:
        lines.append(_("All of it is picked."))
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*buttons))


def _row(row: PickRow) -> str:
    text = f"• **{amount(row.quantity, row.unit)}** {bold(row.sku)} {plain(row.name)}"
    if row.lot:
        text += f" · {_('lot {lot}').format(lot=bold(row.lot))}"
    if row.expires_on is not None:
        text += " · " + _("good through {day}").format(day=row.expires_on.isoformat())
    return text


def _moved_line(line: MovedLine) -> str:
    before = format_quantity(line.source.before)
    after = amount(line.source.after, line.unit)
    lot = f" · {_('lot {lot}').format(lot=bold(line.lot))}" if line.lot else ""
    return (
        f"• **{amount(line.quantity, line.unit)}** {bold(line.sku)}{lot} · "
        f"{plain(line.source.name)}: {before} → {after}"
    )


def _left_line(left: tuple[RequestedLine, ...]) -> str:
    named = [f"{bold(line.sku)} {format_quantity(line.left)}" for line in left]
    return _("Left: {lines}").format(lines=first_of(named, _MAX_LEFT))
