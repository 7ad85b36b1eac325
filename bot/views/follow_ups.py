"""Refusals with a next step: buttons to choose a location, or to insist."""

from decimal import Decimal
from functools import singledispatch

import discord

from bot.domain.quantities import format_quantity, parse_quantity
from bot.domain.records import DoneBefore
from bot.domain.stock import LocationNeeded
from bot.locales import _
from bot.views.components import MAX_LABEL, Button, number, row_of
from bot.views.replies import Reply
from bot.views.stock import AGAIN
from bot.views.text import clip

# The location was left out: each button contains item, quantity and one location.
TAKE_FROM = Button("stock", "take", number, parse_quantity, number)
PUT_TO = Button("stock", "put", number, parse_quantity, number)
_CHOICES = {"take": TAKE_FROM, "put": PUT_TO}
_MAX_CHOICES = 25
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
    shown = discord.Embed(description=text)
    if error.note:
        # The note waits in the message itself: it does not fit a button, and no restart
        # loses it there. A footer shows text as it is.
        shown.set_footer(text=clip(error.note, _MAX_FOOTER))
    return Reply(embed=shown, view=row_of(*buttons))


@choices_after.register
def ask_whether_again(error: DoneBefore, text: str) -> Reply:
    """Offer to do the same once more."""
    insist = AGAIN(_("Again"), error.record, style=discord.ButtonStyle.danger)
    return Reply(text, view=row_of(insist))


def _label(name: str, there: Decimal, unit: str) -> str:
    held = f" · {format_quantity(there)} {unit}" if there else ""
    return clip(name, MAX_LABEL - len(held)) + held
