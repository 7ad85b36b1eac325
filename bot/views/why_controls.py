"""The buttons behind figures: each opens, privately, the records that make one."""

from datetime import date
from typing import Final

from bot.locales import _
from bot.views.components import Button, Component, Menu, number
from bot.views.history import HistoryTurn
from bot.views.pages import FIRST, Turn

# What a figure is of: everything, a location, or one with all that is inside (written below zero).
EVERYWHERE: Final = 0
_FIRST_YEAR: Final = 1800


def read_turn(text: str) -> HistoryTurn:
    """Read a turn of a page whose first one has a turn of its own."""
    return HistoryTurn() if text == FIRST else HistoryTurn.parse(text)


def read_day(text: str) -> date:
    """Read the first day that a report counts."""
    day = date.fromisoformat(text)
    # Instants before it would be out of reach of time zones.
    if day.year < _FIRST_YEAR:
        raise ValueError(text)
    return day


# Item, location, lot, and the record up to before which a report looked (0: all of them).
WHY: Final = Button("why", "stock", read_turn, number, number, number, number)
WHY_LEVELS: Final = Button("why", "levels", read_turn, number)
WHY_HELD: Final = Button("why", "held", Turn.parse, number)
WHY_RESERVED: Final = Button("why", "reserved", number, number)
# The first receipt that is shown, and what the value is of.
WHY_VALUE: Final = Button("why", "value", number, number, number, number)
# The kind of a report, its location, and the record up to before which it looked.
WHY_REPORT: Final = Button("why", "report", read_turn, str, number, number)
# Item, location, the record up to before which a report looked, and the first day that it counts.
WHY_LEFT: Final = Button("why", "left", read_turn, number, number, number, read_day)
WHY_ROW: Final = Menu("why", "row", str, number, number)
WHY_DOCUMENT: Final = Button("why", "document", Turn.parse, str, number)
WHY_DOCUMENTS: Final = Button("why", "documents", Turn.parse, str)
WHY_BOARD: Final = Button("why", "board", number)
CHECK: Final = Button("why", "check")


def why_stock(
    item_id: int,
    *,
    location_id: int = EVERYWHERE,
    is_whole: bool = False,
    lot_id: int = 0,
    beyond: int = 0,
    label: str = "",
) -> Component:
    """Make the button of one figure of stock."""
    where = -location_id if is_whole else location_id
    return WHY(label or _("Why?"), FIRST, item_id, where, lot_id, beyond)
