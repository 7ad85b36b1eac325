"""Refusals about lots and serial numbers."""

from bot.domain.bulk_lines import LotLeftOut
from bot.domain.days import AmbiguousDay
from bot.domain.lines import write_name
from bot.domain.lots import (
    ExpiryDiffers,
    LotNeeded,
    LotsDiffer,
    LotSetAside,
    LotUnchanged,
    NotTracked,
    OneOfSerial,
    SerialInStock,
)
from bot.domain.stock import BY_SERIAL
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold, plain


@explain.register
def explain_lot_needed(error: LotNeeded) -> str:
    """Say what to name."""
    item = bold(error.item)
    if error.tracking == BY_SERIAL:
        return _("{item} is kept by serial numbers. Name one in the option `lot`.").format(
            item=item
        )
    return _("{item} is kept by lots. Name one in the option `lot`.").format(item=item)


@explain.register
def explain_lot_left_out(error: LotLeftOut) -> str:
    """Say how a line names a lot, typed and in a file."""
    if error.tracking == BY_SERIAL:
        text = _(
            "{item} is kept by serial numbers. Write a line for each piece: `{example} 1 SN-1`; a "
            "file has them in a column `lot`."
        )
    else:
        text = _(
            "{item} is kept by lots. Write the lot behind the quantity (and the location) and, if "
            "it is new and expires, the day: `{example} 5 LOT-1 2027-03-01`; a file has columns "
            "`lot` and `expiry`."
        )
    example = write_name(error.item).replace("`", "'")
    return text.format(item=bold(error.item), example=example)


@explain.register
def explain_not_tracked(error: NotTracked) -> str:
    """Say that the item has no lots."""
    return _("{item} is not kept by lots. Leave out `lot` and `expiry`.").format(
        item=bold(error.item)
    )


@explain.register
def explain_lot_set_aside(error: LotSetAside) -> str:
    """Say why a lot is not used, and who may."""
    facts = {"lot": bold(error.lot), "item": bold(error.item)}
    if error.expires_on is not None:
        text = _("The lot {lot} of {item} expired after {day}.")
        text = text.format(**facts, day=error.expires_on.isoformat())
    else:
        text = _("The lot {lot} of {item} is held.").format(**facts)
    return text + " " + _("Someone with `lot.control` can use it.")


@explain.register
def explain_serial_in_stock(error: SerialInStock) -> str:
    """Say where the serial number is."""
    return _("The serial number {lot} of {item} is in stock already, at {location}.").format(
        lot=bold(error.lot), item=bold(error.item), location=plain(error.location)
    )


@explain.register
def explain_one_of_serial(error: OneOfSerial) -> str:
    """Say that a serial number is one piece."""
    return _("A serial number is one piece: name each of {item} with a quantity of 1.").format(
        item=bold(error.item)
    )


@explain.register
def explain_expiry_differs(error: ExpiryDiffers) -> str:
    """Say which day the lot has."""
    return _(
        "The lot {lot} of {item} is good through {day}, not {typed}. Leave out `expiry`, or name "
        "another lot."
    ).format(
        lot=bold(error.lot),
        item=bold(error.item),
        day=error.expires_on.isoformat(),
        typed=error.typed.isoformat(),
    )


@explain.register
def explain_lots_differ(error: LotsDiffer) -> str:
    """Say in what two lots of one code differ."""
    facts = {"lot": bold(error.lot), "item": bold(error.item), "into": bold(error.into)}
    if error.expires_on == error.expires_into:
        text = _("The lot {lot} is held for one of {item} and {into}. Release or hold both first.")
        return text.format(**facts)
    text = _(
        "Both items have a lot {lot}: of {item} it is good through {first}, of {into} through "
        "{second}. Lots that differ cannot be merged."
    )
    days = (error.expires_on, error.expires_into)
    first, second = (_("no day") if day is None else day.isoformat() for day in days)
    return text.format(**facts, first=first, second=second)


@explain.register
def explain_lot_unchanged(error: LotUnchanged) -> str:
    """Say that the lot is in this state."""
    text = _("The lot {lot} of {item} is held already.")
    if error.state == "open":
        text = _("The lot {lot} of {item} is not held.")
    return text.format(lot=bold(error.lot), item=bold(error.item))


@explain.register
def explain_ambiguous_day(error: AmbiguousDay) -> str:
    """Ask which day is meant."""
    return _("Is {typed} the day {first} or {second}?").format(
        typed=bold(error.typed), first=error.first.isoformat(), second=error.second.isoformat()
    )
