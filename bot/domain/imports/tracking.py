"""How a file says that items are tracked and counted, and lots of those that have none."""

from typing import Final

from bot.domain.imports import Fault, ItemFacts
from bot.domain.imports.content import Content
from bot.domain.imports.plan import PlannedRow
from bot.domain.items import TrackingFixed
from bot.domain.lots import NotTracked
from bot.domain.names import NOTHING, key_of
from bot.domain.sheets import SheetRow
from bot.domain.sheets.headings import EXPIRY, LOT, TRACKING, WHOLE
from bot.domain.stock import BY_LOT, BY_SERIAL, UNTRACKED
from bot.errors import InvalidValue

_NAMES: Final = {
    **dict.fromkeys(("none", "no", "-", "keine", "nein", "aucun", "ninguno"), UNTRACKED),
    **dict.fromkeys(("lot", "lots", "batch", "charge", "chargen", "lote", "lotes"), BY_LOT),
    **dict.fromkeys(("serial", "serial number", "seriennummer", "série", "serie"), BY_SERIAL),
}
_WHOLE: Final = {
    **dict.fromkeys(("yes", "true", "1", "ja", "oui", "sí", "si"), True),
    **dict.fromkeys(("no", "false", "0", "nein", "non"), False),
}


def read_tracking(
    content: Content,
    row: SheetRow,
    planned: PlannedRow,
    facts: ItemFacts,
    *,
    fixed_by: str | None,
) -> str:
    """Return how an item would be tracked; what is wrong with it is noted.

    Left out, a table of tracked items would make items that keep no lots for ever.
    """
    typed = content.text(row, TRACKING)
    if not typed:
        return facts.tracking
    tracking = _NAMES.get(key_of(typed))
    if tracking is None:
        unknown = InvalidValue(field="tracking", reason="unknown_tracking", value=typed)
        planned.faults.append(Fault(TRACKING, typed, unknown))
    elif tracking != facts.tracking and fixed_by is not None:
        fixed = TrackingFixed(facts.sku, facts.tracking, fixed_by)
        planned.faults.append(Fault(TRACKING, typed, fixed))
    return tracking or facts.tracking


def read_whole(
    content: Content, row: SheetRow, planned: PlannedRow, facts: ItemFacts
) -> bool | None:
    """Return whether an item would be counted in whole numbers alone; `none` lets its unit decide.

    Left out, a file that items were exported to would make other items of them elsewhere.
    """
    typed = content.text(row, WHOLE)
    key = key_of(typed)
    if not typed or key == NOTHING:
        return None if typed else facts.whole
    if key not in _WHOLE:
        unknown = InvalidValue(field="whole", reason="unknown_whole", value=typed)
        planned.faults.append(Fault(WHOLE, typed, unknown))
    return _WHOLE.get(key, facts.whole)


def note_lost_lot(content: Content, row: SheetRow, planned: PlannedRow, facts: ItemFacts) -> None:
    """Refuse a lot of an item that has none: it would be lost, and the item keep no lots."""
    for column in (LOT, EXPIRY):
        cell = content.text(row, column)
        if cell and facts.tracking == UNTRACKED:
            planned.faults.append(Fault(column, cell, NotTracked(facts.sku)))
            return
