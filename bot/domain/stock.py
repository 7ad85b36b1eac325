"""Stock as values: what lies where, and what a move did to it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.places import is_virtual

# The lot of everything that is not tracked by lots.
NO_LOT: Final = 0

# How a request names a thing: its id (from a button) or what a person typed.
Reference = int | str


class LevelKey(NamedTuple):
    """What a stock level is of: an item, of one of its lots if it is tracked, at a location."""

    item_id: int
    location_id: int
    lot_id: int = NO_LOT


@dataclass(frozen=True, slots=True)
class StockedItem:
    """The item of a move."""

    id: int
    sku: str
    name: str
    unit: str
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a move; `level` is what lies there, None where the item never was."""

    id: int
    name: str
    level: Decimal | None = None
    is_archived: bool = False

    @property
    def is_virtual(self) -> bool:
        """Tell whether this is the outside world."""
        return is_virtual(self.id)


@dataclass(frozen=True, slots=True)
class StockLine:
    """An item between two places, as read under the guild's lock."""

    item: StockedItem
    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class MovedEnd:
    """What a move did to one place."""

    id: int
    name: str
    before: Decimal
    after: Decimal

    @property
    def is_virtual(self) -> bool:
        """Tell whether this is the outside world."""
        return is_virtual(self.id)


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One move of a record: what, how much, and both places before and after."""

    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    source: MovedEnd
    target: MovedEnd
