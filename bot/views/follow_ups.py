"""Refusals that come with a way on: buttons to choose a place, or to insist."""

from decimal import Decimal
from functools import singledispatch

import discord

from bot.domain.quantities import format_quantity, parse_quantity
from bot.domain.records import DoneBefore
from bot.domain.stock import LocationNeeded
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
    """Show a refusal with the buttons that lead on from it, if there are any."""
    del error
    return Reply(text)


@choices_after.register
def _(error: LocationNeeded, text: str) -> Reply:
    if not error.choices:
        return Reply(text)
    quantity = format_quantity(error.quantity)
    choose = _CHOICES[error.verb]
    buttons = [
        choose(_label(name, there, error.unit), error.item_id, quantity, place)
        for place, name, there in error.choices[:_MAX_CHOICES]
    ]
    shown = discord.Embed(description=text)
    if error.note:
        # The note waits in the message itself: it does not fit a button, and no restart
        # loses it there. A footer shows text as it is.
        shown.set_footer(text=clip(error.note, _MAX_FOOTER))
    return Reply(embed=shown, view=row_of(*buttons))


@choices_after.register
def _(error: DoneBefore, text: str) -> Reply:
    insist = AGAIN("Again", error.record, style=discord.ButtonStyle.danger)
    return Reply(text, view=row_of(insist))


def _label(name: str, there: Decimal, unit: str) -> str:
    held = f" · {format_quantity(there)} {unit}" if there else ""
    return clip(name, MAX_LABEL - len(held)) + held
