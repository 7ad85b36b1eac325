"""The form of a delivery: what is still to come is filled in, line by line."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.domain.documents import ORDER
from bot.domain.lines import write_name
from bot.domain.names import MAX_NOTE
from bot.domain.quantities import PLACES, format_quantity
from bot.domain.stock import UNTRACKED
from bot.locales import _
from bot.services.receiving.lines import AwaitedLine
from bot.services.receiving.preparing import DeliveryPrepared
from bot.views.components import Button, Form, number

RECEIVE: Final = Button(ORDER.noun, "receive", number)
DELIVERY_FORM: Final = Form(ORDER.noun, "deliver", number, number)

# What Discord takes of a field; what is typed behind lots has to fit as well.
_MAX_TEXT: Final = 4000
_MAX_FILLED: Final = 3000
_MAX_LOCATION: Final = 200


def delivery_form(prepared: DeliveryPrepared) -> discord.ui.Modal:
    """Ask what came in, and where it is put."""
    lines = discord.ui.TextInput[Any](
        custom_id="lines",
        style=discord.TextStyle.paragraph,
        default="\n".join(_fill(prepared)) or None,
        placeholder=_("BOLT-8 20\nMILK 6 LOT-1 2027-03-01"),
        max_length=_MAX_TEXT,
    )
    location = discord.ui.TextInput[Any](
        custom_id="location",
        default=prepared.location[:_MAX_LOCATION] or None,
        max_length=_MAX_LOCATION,
    )
    note = discord.ui.TextInput[Any](custom_id="note", required=False, max_length=MAX_NOTE)
    return DELIVERY_FORM(
        _("Receive {label}").format(label=prepared.label),
        prepared.order_id,
        prepared.version,
        fields={
            _("What came in: SKU, quantity, lot, expiry"): lines,
            _("Location"): location,
            _("Note, such as the delivery note"): note,
        },
    )


def _fill(prepared: DeliveryPrepared) -> Iterator[str]:
    """Write the lines as far as they fit: the others stay open, and are in the next form."""
    room = _MAX_FILLED
    for line in prepared.lines:
        text = _line(line)
        room -= len(text) + 1
        if room < 0:
            return
        yield text


def _line(line: AwaitedLine) -> str:
    """Write a line as it is read back; behind a lot's quantity its code is still to be typed."""
    quantity = format_quantity(line.left)
    packs = line.left / line.pack
    if line.pack_unit and packs * line.pack == line.left and packs == round(packs, PLACES):
        quantity = f"{format_quantity(packs)} {line.pack_unit}"
    text = f"{write_name(line.ordered_sku or line.sku)} {quantity}"
    return text if line.tracking == UNTRACKED else f"{text} "
