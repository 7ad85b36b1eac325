"""The form of many lines."""

from typing import Any, Final

import discord

from bot.locales import N_, _
from bot.views.components import Form, number

FORM: Final = Form("bulk", "fill", str, number, number)
MAX_TYPED: Final = 4000
_TITLES: Final = {
    "take": N_("Take many lines"),
    "put": N_("Put many lines"),
    "move": N_("Move many lines"),
    "count": N_("Count many lines"),
}


def lines_form(action: str, location_id: int, target_id: int) -> discord.ui.Modal:
    """Make the form that takes lines."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="lines",
        style=discord.TextStyle.paragraph,
        placeholder=_("BOLT-8 20")[:100],
        max_length=MAX_TYPED,
    )
    fields = {_("A line each: SKU quantity [location] [lot]")[:45]: field}
    return FORM(_(_TITLES[action]), action, location_id, target_id, fields=fields)
