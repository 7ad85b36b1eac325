"""The pages behind figures, for the plans of their statements."""

from datetime import date
from typing import Any

from tests.database.busy import FIRST_ITEM, FIRST_LOCATION

_ITEM, _LOCATION = FIRST_ITEM + 6, FIRST_LOCATION + 6


async def explain_figures(day: Any, cursor: dict[str, Any]) -> None:
    """Ask for figures of everything, of a location alone and with others inside, and of a lot."""
    for where in ({}, {"location": _LOCATION}, {"location": _LOCATION, "is_whole": True}):
        for item in (_ITEM, None):
            await day.ask("explain_stock", item=item, **where, **cursor)
    await day.ask("explain_stock", item=_ITEM, beyond=900, **cursor)
    await day.ask("list_item_levels", item=_ITEM, **cursor)
    await day.ask("list_reservations", item=_ITEM)
    await day.ask("explain_report", kind="stock", location_id=None, beyond=900, **cursor)
    await day.ask("explain_report", kind="stock", location_id=_LOCATION, beyond=900, **cursor)
    for location in (None, _LOCATION):
        left = {"item": _ITEM, "first": date(2026, 1, 2), "location": location}
        await day.ask("explain_left", **left, beyond=900, **cursor)
    await day.ask("find_valued", item=_ITEM, location_id=_LOCATION, beyond=900)
    await day.ask("name_receipts", records=(7, 900))


async def explain_documents(day: Any) -> None:
    """Ask for documents under way, and for the records of one."""
    for page in ({}, {"after": 4}, {"before": 4}):
        for noun in ("order", "request", "count"):
            await day.ask("explain_documents", noun=noun, **page)
    for page in ({}, {"older_than": 900}, {"newer_than": 900}):
        await day.ask("explain_document", noun="request", document="R-1", **page)
