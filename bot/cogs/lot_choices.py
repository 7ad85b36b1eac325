"""Autocomplete of lots: those of the item that was chosen in the same command."""

from bot.cogs.autocomplete import Choices, look_up
from bot.database.unit import Books
from bot.interactions import Interaction
from bot.interactions.look_ups import Found
from bot.services.suggested_lots import find_lots
from bot.views.catalogue_lots import lot_choice


async def suggest_lots(interaction: Interaction, typed: str) -> Choices:
    """Offer the lots of the item of the same command, the first to expire on top."""
    return await _offer(interaction, typed, "")


async def suggest_stocked_lots(interaction: Interaction, typed: str) -> Choices:
    """Offer lots as well, first those at the location that stock comes from."""
    for option in ("from", "location"):
        location = str(getattr(interaction.namespace, option, "") or "")
        if location:
            return await _offer(interaction, typed, location)
    return await _offer(interaction, typed, "")


async def _offer(interaction: Interaction, typed: str, location: str) -> Choices:
    item = str(getattr(interaction.namespace, "item", "") or "")

    async def find(books: Books) -> Found:
        found = await find_lots(books, typed, item=item, location=location)
        return [(lot_choice(row, found), row.code) for row in found.rows]

    return await look_up(interaction, find)
