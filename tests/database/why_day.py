"""The pages behind figures, for the plans of their statements."""

from typing import Any

from tests.database.busy import FIRST_ITEM, FIRST_LOCATION

_ITEM, _LOCATION = FIRST_ITEM + 6, FIRST_LOCATION + 6


async def explain_figures(day: Any, cursor: dict[str, Any]) -> None:
    """Ask for figures of everything, of a location alone and with others inside, and of a lot."""
    for where in ({}, {"location_id": _LOCATION}, {"location_id": _LOCATION, "is_whole": True}):
        for item in (_ITEM, None):
            await day.ask("explain_stock", item=item, **where, **cursor)
    await day.ask("explain_stock", item=_ITEM, beyond=900, **cursor)
    await day.ask("list_item_levels", item=_ITEM, **cursor)
    await day.ask("list_reservations", item=_ITEM)
