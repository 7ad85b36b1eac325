"""Receiving in words: what came in, what is still to come, and what is late."""

from typing import Final

from bot.domain.orders import AWAITED
from bot.domain.quantities import format_quantity
from bot.domain.stock import MovedLine
from bot.locales import _
from bot.services.receiving.delivering import OrderDelivered
from bot.services.receiving.lines import AwaitedLine
from bot.views.components import Component, row_of
from bot.views.lot_words import lot_text, warning_text
from bot.views.orders import ORDER_CONTROLS
from bot.views.receiving_forms import RECEIVE
from bot.views.replies import Reply, renders
from bot.views.stock import UNDO
from bot.views.text import MAX_CONTENT, amount, bold, first_of, fit_lines, more_of, plain

_MAX_LEFT: Final = 8


@renders(OrderDelivered)
def delivered_page(delivered: OrderDelivered) -> Reply:
    """Show what came in, before -> after, the number of the record, and what is still to come."""
    lines = [
        _("✅ Received of {label}").format(label=bold(delivered.label)) + f" `#{delivered.record}`",
        *(_moved_line(line, delivered) for line in delivered.moved),
    ]
    more = delivered.move_count - len(delivered.moved)
    if more > 0:
        lines.append(more_of(more))
    lines += [_beyond_line(line) for line in delivered.beyond]
    if delivered.note:
        lines.append(_("Note: {note}").format(note=plain(delivered.note)))
    buttons: list[Component] = [UNDO(_("Undo"), delivered.record)]
    if delivered.left:
        left = [f"{amount(line.left, line.unit)} {bold(line.sku)}" for line in delivered.left]
        lines.append(_("Still to come: {items}.").format(items=first_of(left, _MAX_LEFT)))
    else:
        lines.append(_("All of it came in."))
    if delivered.status in AWAITED:
        buttons.append(RECEIVE(_("Receive more"), delivered.order_id))
    buttons.append(ORDER_CONTROLS.open(_("Open"), delivered.order_id))
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*buttons))


def _moved_line(line: MovedLine, delivered: OrderDelivered) -> str:
    before = format_quantity(line.target.before)
    after = amount(line.target.after, line.unit)
    text = f"• **{amount(line.quantity, line.unit)}** {bold(line.sku)}"
    if line.lot:
        text += " · " + _("Lot {lot}").format(lot=lot_text(line.lot, line.expires_on))
        if delivered.today is not None:
            warned = warning_text(line.expires_on, delivered.today, delivered.warning_days)
            text = f"{text} {warned}".rstrip()
    return f"{text} · {plain(line.target.name)}: {before} → {after}"


def _beyond_line(line: AwaitedLine) -> str:
    return "⚠️ " + _("{item}: {more} more than was ordered.").format(
        item=bold(line.sku), more=amount(line.received - line.quantity, line.unit)
    )
