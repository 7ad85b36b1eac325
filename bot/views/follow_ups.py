"""Refusals with a next step: buttons to choose a location, or to insist."""

from decimal import Decimal
from functools import singledispatch

import discord

from bot.domain.quantities import format_quantity, parse_quantity
from bot.domain.records import DoneBefore
from bot.domain.stock import InsufficientStock, LocationNeeded
from bot.domain.virtual_locations import VirtualLocation, is_virtual
from bot.locales import _
from bot.views.components import MAX_LABEL, Button, Component, number, row_of
from bot.views.replies import Reply
from bot.views.stock import INSIST
from bot.views.text import clip

# The location was left out: each button contains item, quantity and one location.
TAKE_FROM = Button("stock", "take", number, parse_quantity, number)
PUT_TO = Button("stock", "put", number, parse_quantity, number)
MOVE_FROM = Button("stock", "move", number, parse_quantity, number, number)
_CHOICES = {"take": TAKE_FROM, "put": PUT_TO}
_MAX_CHOICES = 25
_MAX_OFFERED = 5
_MAX_FOOTER = 2048


@singledispatch
def choices_after(error: BaseException, text: str) -> Reply:
    """Show a refusal with the buttons for the next step, if there is one."""
    del error
    return Reply(text)


@choices_after.register
def ask_for_location(error: LocationNeeded, text: str) -> Reply:
    """Offer a button for each location."""
    if not error.choices:
        return Reply(text)
    quantity = format_quantity(error.quantity)
    choose = _CHOICES[error.verb]
    buttons = [
        choose(_label(name, there, error.unit), error.item_id, quantity, location_id)
        for location_id, name, there in error.choices[:_MAX_CHOICES]
    ]
    return Reply(embed=_with_note(text, error.note), view=row_of(*buttons))


@choices_after.register
def offer_the_rest(error: InsufficientStock, text: str) -> Reply:
    """Offer a button for each location that has enough."""
    quantity = format_quantity(error.wanted)
    buttons: list[Component] = []
    for location_id, name, there in error.elsewhere:
        if there < error.wanted or len(buttons) == _MAX_OFFERED:
            continue
        label = _label(name, there, error.unit)
        if error.target_id == VirtualLocation.CUSTOMER:
            buttons.append(TAKE_FROM(label, error.item_id, quantity, location_id))
        elif not is_virtual(error.target_id):
            ends = (location_id, error.target_id)
            buttons.append(MOVE_FROM(label, error.item_id, quantity, *ends))
    if not buttons:
        return Reply(text)
    if error.note:
        return Reply(embed=_with_note(text, error.note), view=row_of(*buttons))
    return Reply(text, view=row_of(*buttons))


@choices_after.register
def ask_whether_again(error: DoneBefore, text: str) -> Reply:
    """Offer to do the same once more."""
    insist = INSIST(_("Again"), error.record, style=discord.ButtonStyle.danger)
    return Reply(text, view=row_of(insist))


def _with_note(text: str, note: str) -> discord.Embed:
    shown = discord.Embed(description=text)
    if note:
        # The note waits in the message itself: it does not fit a button, and no restart
        # loses it there. A footer shows text as it is.
        shown.set_footer(text=clip(note, _MAX_FOOTER))
    return shown


def _label(name: str, there: Decimal, unit: str) -> str:
    held = f" · {format_quantity(there)} {unit}" if there else ""
    return clip(name, MAX_LABEL - len(held)) + held
