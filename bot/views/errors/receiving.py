"""Refusals about deliveries."""

from decimal import Decimal
from typing import Final

from bot.domain.orders import CANCELLED, CLOSED, RECEIVED
from bot.domain.quantities import format_quantity
from bot.domain.receiving import (
    DeliveredMeanwhile,
    Excess,
    LotUntyped,
    NothingAwaited,
    NothingDelivered,
    NotOrdered,
    SerialsDiffer,
    SerialTwice,
    TooMuchDelivered,
)
from bot.domain.stock import BY_SERIAL
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import amount, bold, more_of, plain

_MAX_LINES: Final = 10


@explain.register
def explain_too_much_delivered(error: TooMuchDelivered) -> str:
    """Give the figures of each item, and what may come in."""
    lines = [
        _("More came in than {label} allows, so nothing was booked:").format(label=error.label)
    ]
    lines += [_excess(each) for each in error.lines[:_MAX_LINES]]
    more = len(error.lines) - _MAX_LINES
    if more > 0:
        lines.append(more_of(more))
    lines.append(
        _("Receive at most that, or have `over_delivery_percent` raised with `/settings set`.")
    )
    return "\n".join(lines)


def _excess(each: Excess) -> str:
    room = max(each.limit - each.received, Decimal(0))
    return _(
        "{item}: {ordered} ordered, {received} received before, {delivered} now: "
        "**{too_many} too many**; at most {room} may come in."
    ).format(
        item=bold(each.sku),
        ordered=amount(each.ordered, each.unit),
        received=format_quantity(each.received),
        delivered=format_quantity(each.delivered),
        too_many=format_quantity(each.too_many),
        room=amount(room, each.unit),
    )


@explain.register
def explain_nothing_delivered(error: NothingDelivered) -> str:
    """Ask for what came in."""
    return _("Nothing was filled in for {label}, so nothing was booked.").format(
        label=bold(error.label)
    )


@explain.register
def explain_nothing_awaited(error: NothingAwaited) -> str:
    """Say why nothing of the order can come in."""
    label = bold(error.label)
    if error.status == RECEIVED:
        return _("All of {label} came in already.").format(label=label)
    if error.status in {CLOSED, CANCELLED}:
        text = _("{label} is over: what had not come in by then was cancelled.")
        return text.format(label=label)
    return _("{label} was not sent to the supplier yet, so nothing can be received.").format(
        label=label
    )


@explain.register
def explain_not_ordered(error: NotOrdered) -> str:
    """Say that the item is not on the order."""
    if error.meant:
        return _(
            "{item} is not on {label}: that SKU was the one of {meant} before. If you mean that "
            "item, write {meant}."
        ).format(item=bold(error.item), label=plain(error.label), meant=bold(error.meant))
    return _("{item} is not on {label}; put it away with `/put`.").format(
        item=bold(error.item), label=plain(error.label)
    )


@explain.register
def explain_delivered_meanwhile(error: DeliveredMeanwhile) -> str:
    """Ask to look at what is left now."""
    return _(
        "{label} went on since you opened the form: someone received of it. Nothing was booked; "
        "look at what is still to come."
    ).format(label=bold(error.label))


@explain.register
def explain_serials_differ(error: SerialsDiffer) -> str:
    """Ask for as many serial numbers as pieces."""
    return _(
        "{item}: {quantity} came in and {given} serial numbers are behind it. Write one for each "
        "piece, with spaces between: `SKU 2 S-1 S-2`."
    ).format(item=bold(error.item), quantity=format_quantity(error.quantity), given=error.given)


@explain.register
def explain_serial_twice(error: SerialTwice) -> str:
    """Say that a serial number is one piece."""
    return _("A serial number of {item} is written twice.").format(item=bold(error.item))


@explain.register
def explain_lot_untyped(error: LotUntyped) -> str:
    """Ask for the lot or the serial numbers."""
    if error.tracking == BY_SERIAL:
        text = _("Write the serial numbers of {item} behind the quantity: `SKU 2 S-1 S-2`.")
    else:
        text = _(
            "Write the lot of {item} behind the quantity and, if it expires, the day: "
            "`SKU 5 LOT-1 2027-03-01`."
        )
    return text.format(item=bold(error.item))
