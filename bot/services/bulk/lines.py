"""What a bulk operation is asked to do: its lines, and where they are."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.actions import Reversal, declare_actions
from bot.domain.stock import Reference
from bot.errors import InvalidValue

BulkAction = Literal["take", "put", "move", "count"]
ACTIONS: Final = {
    "take": "bulk.taken",
    "put": "bulk.put",
    "move": "bulk.moved",
    "count": "bulk.counted",
}
AGREED: Final = "bulk.agreed"
# What may be of a lot that the books do not know yet.
WITH_NEW_LOTS: Final = frozenset({"put", "count"})

declare_actions(*ACTIONS.values(), reversal=Reversal.MOVES)
declare_actions(AGREED, reversal=Reversal.MOVES, is_observation=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """One line: what it is called, how much, and where and of which lot if it says so.

    `behind` is what was typed behind the quantity: a location, a lot and its last good day, in
    this order, each if there is one.
    """

    number: int
    item: str
    quantity: Decimal
    unit: str = ""
    location: str = ""
    lot: str = ""
    expires_on: date | None = None
    behind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveInBulk:
    """Take, put, move or count many lines; they are at `location` unless they say where."""

    action: BulkAction
    lines: tuple[BulkLine, ...]
    location: Reference | None = None
    target: Reference | None = None
    source: str = ""  # the file they come from


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareBulk:
    """Ask which locations a form of lines is about."""

    action: BulkAction
    location: Reference | None = None
    target: Reference | None = None


@query(permission="stock.bulk", is_shown=False)
async def prepare_bulk(books: Books, request: PrepareBulk) -> tuple[int, int]:
    """Return the ids of the locations of a form, 0 for one that was not named."""
    ids = []
    for reference in (request.location, request.target):
        found = None if reference is None else await books.locations.require_reference(reference)
        ids.append(0 if found is None else found.id)
    require_target(request.action, request.target)
    return ids[0], ids[1]


def require_target(action: BulkAction, target: Reference | None) -> None:
    """Raise InvalidValue for a move that goes nowhere."""
    if action == "move" and target is None:
        raise InvalidValue(field="target", reason="empty")
