"""Lots to choose from while a person types."""

from dataclasses import dataclass
from datetime import date

from bot.database.controllers.lot_levels import LotRow
from bot.database.unit import Books
from bot.services.availability import read_today


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsSuggested:
    """Lots of an item, with what is in stock of each (at a location, if one was typed)."""

    rows: tuple[LotRow, ...] = ()
    unit: str = ""
    today: date = date.min


async def find_lots(books: Books, typed: str, *, item: str, location: str = "") -> LotsSuggested:
    """Suggest the lots of an item whose code contains what was typed."""
    lots = books.lots  # its permission is asked for first, whatever item was typed
    items = [row for row in await books.items.find_exact(item) if item]
    if len(items) != 1 or items[0].tracking == "none":
        return LotsSuggested()
    places = await books.locations.find_exact(location) if location else []
    rows = await lots.suggest(items[0].id, typed, places[0].id if len(places) == 1 else None)
    return LotsSuggested(rows=tuple(rows), unit=items[0].unit, today=await read_today(books))
