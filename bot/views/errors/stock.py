"""Refusals about stock, and the question where it goes."""

from typing import Final

from bot.domain.availability import InQuarantine, InsufficientAvailable
from bot.domain.quantities import format_quantity
from bot.domain.stock import (
    InsufficientStock,
    LocationNeeded,
    NothingInStock,
    NothingToUndo,
    NotReversible,
    ReversalBlocked,
    SameLocation,
)
from bot.locales import N_, _, ngettext
from bot.views.errors.translator import explain
from bot.views.errors.ways import way, way_back
from bot.views.text import amount, bold, first_of, plain, when

_MAX_ELSEWHERE: Final = 3
# As many as fit below a message.
_MAX_BUTTONS: Final = 25

NOT_REVERSIBLE: Final = {
    "is_reversal": N_(
        "#{record} reverses #{other}. A reversal cannot be reversed; book the stock again instead."
    ),
    "not_stock": N_("#{record} did not move stock, so there is nothing to undo."),
    "already_reversed": N_("#{record} was already reversed by #{other}."),
    # Where one's own records can be undone for some time, a sentence says for how long.
    "too_old": N_("#{record} can be undone by someone with `stock.reverse` only."),
    "merged_on": N_("#{record} cannot be undone: its item was merged on. Undo that merge first."),
    "lot_changed": N_(
        "#{record} cannot be undone: a lot of both items was held, released or dated since. Set it "
        "back first."
    ),
    "lot_put": N_(
        "#{record} cannot be undone: more of a lot that went over was put since. Take that out "
        "first."
    ),
    "order_over": N_("#{record} cannot be undone: its order was closed or cancelled."),
    "billed": N_("#{record} cannot be undone: an invoice was matched with what came in."),
    "not_yours": N_("#{record} is not yours. Someone with `stock.reverse` can undo it."),
}
# What comes first, or instead, by the reason: a command, and what it does.
_INSTEAD: Final = {
    "order_over": ("adjust", N_("Take the goods out with `/adjust` instead.")),
    "billed": ("invoice dispute", N_("Dispute it first: `/invoice dispute`.")),
}


@explain.register
def explain_insufficient_stock(error: InsufficientStock) -> str:
    """Say how much there is, and where the rest is."""
    if error.since is not None:
        return _(
            "{location} held {quantity} of {item} at {when} and was counted later, so {wanted} "
            "cannot have left. Check the quantity and the location."
        ).format(
            location=plain(error.location),
            quantity=amount(error.available, error.unit),
            item=plain(error.item),
            when=when(error.since, "f"),
            wanted=format_quantity(error.wanted),
        )
    text = _("{location} holds {quantity} of {item}; you asked for {wanted}.").format(
        location=plain(error.location),
        quantity=amount(error.available, error.unit),
        item=plain(error.item),
        wanted=format_quantity(error.wanted),
    )
    if error.lot:
        text = _("{location} holds {quantity} of lot {lot} of {item}; you asked for {wanted}.")
        text = text.format(
            location=plain(error.location),
            quantity=amount(error.available, error.unit),
            lot=plain(error.lot),
            item=plain(error.item),
            wanted=format_quantity(error.wanted),
        )
    if error.set_aside:
        text += " " + _("Another {quantity} there is held or expired.").format(
            quantity=amount(error.set_aside, error.unit)
        )
    rest = [
        _("{location} holds {quantity}").format(
            location=plain(name), quantity=format_quantity(there)
        )
        for _id, name, there in error.elsewhere
    ]
    return f"{text} {first_of(rest, _MAX_ELSEWHERE)}." if rest else text


@explain.register
def explain_insufficient_available(error: InsufficientAvailable) -> str:
    """Say how much is available, and for whom the rest is reserved."""
    stock = error.stock
    text = _("{quantity} of {item} are available; you asked for {wanted}.").format(
        quantity=amount(stock.available, error.unit),
        item=bold(error.item),
        wanted=format_quantity(error.wanted),
    )
    if error.holders:
        held = [
            f"{each.request} {plain(each.wanted_for)} ({format_quantity(each.quantity)})"
            for each in error.holders
        ]
        text += " " + _("Reserved: {quantity} for {requests}.").format(
            quantity=amount(stock.reserved, error.unit), requests=first_of(held, _MAX_ELSEWHERE)
        )
    if stock.usable < stock.on_hand:
        text += " " + _("In quarantine, held or expired: {quantity}.").format(
            quantity=amount(stock.on_hand - stock.usable, error.unit)
        )
    return text


@explain.register
def explain_in_quarantine(error: InQuarantine) -> str:
    """Say that quarantine comes first to an end."""
    return _("{location} is a quarantine: move {item} to a storage location first.").format(
        location=bold(error.location), item=bold(error.item)
    )


@explain.register
def explain_same_location(error: SameLocation) -> str:
    """Ask for another location."""
    return _("{location} is both ends of this move. Pick another location.").format(
        location=bold(error.location)
    )


@explain.register
def explain_nothing_in_stock(error: NothingInStock) -> str:
    """Say that there is none anywhere."""
    if error.is_set_aside:
        return _("What is in stock of {item} is held or expired.").format(item=bold(error.item))
    return _("There is no {item} in stock.").format(item=bold(error.item))


@explain.register
def explain_location_needed(error: LocationNeeded) -> str:
    """Ask where to take from or put to."""
    quantity = amount(error.quantity, error.unit)
    if error.given:
        quantity += f" ({plain(error.given)})"
    names = {"quantity": quantity, "item": bold(error.item)}
    if error.verb == "take":
        text = _("Where do you take {quantity} of {item} from?").format(**names)
    elif not error.choices:
        hint = way(error, "location add", _("Add one with `/location add`."))
        return _("There is no location yet. {way}").format(way=hint)
    else:
        text = _("Where do you put {quantity} of {item}?").format(**names)
    if len(error.choices) >= _MAX_BUTTONS:
        text += " " + _("If it is not below, name it with `location`.")
    return text


@explain.register
def explain_nothing_to_undo(_error: NothingToUndo) -> str:
    """Say that no record of the actor's can be reversed."""
    return _("You have no stock record that could be undone.")


@explain.register
def explain_not_reversible(error: NotReversible) -> str:
    """Say why a record stays."""
    if error.reason == "too_old" and error.minutes:
        return ngettext(
            "#{record} is more than {minutes} minute old. Someone with `stock.reverse` can still "
            "undo it.",
            "#{record} is more than {minutes} minutes old. Someone with `stock.reverse` can still "
            "undo it.",
            error.minutes,
        ).format(record=error.record, minutes=error.minutes)
    if back := way_back(error, error.action):
        return _("`/undo` does not take #{record} back. {way}").format(
            record=error.record, way=back
        )
    text = _(NOT_REVERSIBLE[error.reason]).format(record=error.record, other=error.other_record)
    if error.reason not in _INSTEAD:
        return text
    command, hint = _INSTEAD[error.reason]
    return f"{text} {way(error, command, _(hint))}"


@explain.register
def explain_reversal_blocked(error: ReversalBlocked) -> str:
    """Say what is missing to go back, and which record took it."""
    cause = error.cause
    facts = {
        "record": error.record,
        "location": plain(cause.location),
        "quantity": amount(cause.available, cause.unit),
        "item": plain(cause.item),
        "wanted": format_quantity(cause.wanted),
        "other": error.taken_by,
    }
    if cause.since is not None:
        facts["when"] = when(cause.since, "f")
        text = _(
            "#{record} cannot be undone: {location} held {quantity} of {item} at {when}, {wanted} "
            "would have to be gone by then."
        )
    elif not cause.available:
        text = _(
            "#{record} cannot be undone: {location} has no {item} left, {wanted} must go back."
        )
    else:
        text = _(
            "#{record} cannot be undone: {location} holds {quantity} of {item}, {wanted} must go "
            "back."
        )
    if error.taken_by is not None:
        text += " " + _("#{other} took from there: undo that first.")
    return text.format(**facts)
