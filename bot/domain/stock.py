"""Stock as values: levels at locations, and what a move did to them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.lots import StockedLot
from bot.domain.quantities import TypedQuantity
from bot.domain.units import counts_whole, require_measure
from bot.domain.virtual_locations import is_virtual
from bot.errors import Ambiguous, NotFound, RuleBroken

# The lot of everything that is not tracked by lots.
NO_LOT: Final = 0
# How an item's stock is kept: as it is, by lots, or by serial numbers.
UNTRACKED: Final = "none"
BY_LOT: Final = "lot"
BY_SERIAL: Final = "serial"

# What kinds of locations there are; stock in quarantine is on hand and not available.
STORAGE: Final = "storage"
RECEIVING: Final = "receiving"
QUARANTINE: Final = "quarantine"
LOCATION_KINDS: Final = (STORAGE, RECEIVING, QUARANTINE)

# How a request names a thing: its id (from a button) or what a person typed.
Reference = int | str


class ChosenId(int):
    """The id of a thing that a person chose from several, with what kind of thing it is."""

    noun: str = ""

    @classmethod
    def of(cls, noun: str, number: int) -> "ChosenId":
        """Return the id of a thing of this kind."""
        chosen = cls(number)
        chosen.noun = noun
        return chosen


# What the floor does all day; the ledger says of which item. Indexes that need not have these
# records leave them out, which is a tenth of what books weigh.
FLOOR_ACTIONS: Final = ("stock.moved", "stock.put", "stock.taken")


class LevelKey(NamedTuple):
    """What a stock level is of: an item, of one of its lots if it is tracked, at a location."""

    item_id: int
    location_id: int
    lot_id: int = NO_LOT


class LineReference(NamedTuple):
    """What a move is between, as a request names it: an item, of a lot if tracked, two ends."""

    item: Reference
    source: Reference
    target: Reference
    lot_id: int = NO_LOT


@dataclass(frozen=True, slots=True)
class StockedItem:
    """The item of a move; `reserved` is the sum of its open reservations."""

    id: int
    sku: str
    name: str
    unit: str
    is_archived: bool = False
    reserved: Decimal = Decimal("0.000")
    whole: bool | None = None
    reorder_point: Decimal | None = None
    tracking: str = UNTRACKED
    # What one of it is where it was named by the code of a pack.
    pack: TypedQuantity | None = None

    @property
    def is_tracked(self) -> bool:
        """Whether its stock is kept by lots or serial numbers."""
        return self.tracking != UNTRACKED

    @property
    def is_whole(self) -> bool:
        """Whether it is counted in whole numbers."""
        return counts_whole(self.unit, self.whole)

    def measure(
        self, typed: TypedQuantity, *, field: str = "quantity", allow_zero: bool = False
    ) -> Decimal:
        """Return a typed quantity in this item's unit; see `require_measure`."""
        return require_measure(
            typed,
            item=self.sku,
            unit=self.unit,
            is_whole=self.is_whole,
            field=field,
            allow_zero=allow_zero,
        )


@dataclass(frozen=True, slots=True)
class LineEnd:
    """A location at one end of a move; `level` is None where the item (or the lot) never was."""

    id: int
    name: str
    level: Decimal | None = None
    is_archived: bool = False
    kind: str = STORAGE

    @property
    def is_virtual(self) -> bool:
        """Whether this is the outside world."""
        return is_virtual(self.id)

    @property
    def is_available(self) -> bool:
        """Whether what is here is available."""
        return not self.is_virtual and self.kind != QUARANTINE


@dataclass(frozen=True, slots=True)
class StockLine:
    """An item between two locations, as read under the guild's lock.

    It is wanted unless what read it saw that no request is under way.
    """

    item: StockedItem
    source: LineEnd
    target: LineEnd
    lot_id: int = NO_LOT
    lot: StockedLot | None = None
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class MovedEnd:
    """What a move did to one location."""

    id: int
    name: str
    before: Decimal
    after: Decimal

    @property
    def is_virtual(self) -> bool:
        """Whether this is the outside world."""
        return is_virtual(self.id)


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One move of a record: what, how much, and both locations before and after.

    Where goods come in, `unit_cost` is what one unit cost in `currency`, if that is known.
    `corrects` is the record of a count that it keeps true, if it was posted for that.
    """

    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    source: MovedEnd
    target: MovedEnd
    lot_id: int = NO_LOT
    unit_cost: Decimal | None = None
    currency: str | None = None
    lot: str = ""
    expires_on: date | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class LowStock:
    """An item at or below its reorder point: what is left of it everywhere, and the point."""

    item_id: int
    sku: str
    name: str
    unit: str
    left: Decimal
    point: Decimal


@dataclass(eq=False)
class InsufficientStock(RuleBroken):
    """A physical location holds less than the move needs; `elsewhere` is where the rest is.

    `lot` is the lot if one was named. `set_aside` is what else is there: held or expired lots.
    `since` is when there was less, if that was before the location was counted.
    """

    item: str
    unit: str
    location: str
    available: Decimal
    wanted: Decimal
    item_id: int = 0
    target_id: int = 0
    note: str = ""
    elsewhere: tuple[tuple[int, str, Decimal], ...] = ()  # location id, name, quantity there
    lot: str = ""
    set_aside: Decimal = Decimal(0)
    since: datetime | None = None


@dataclass(eq=False)
class SameLocation(RuleBroken):
    """A move must change the location."""

    location: str


@dataclass(eq=False)
class NothingInStock(RuleBroken):
    """No physical location holds any of the item; or all that there is is held or expired."""

    item: str
    is_set_aside: bool = False


@dataclass(eq=False)
class LocationNeeded(RuleBroken):
    """No location was named and none can be guessed: the person has to choose one."""

    verb: str
    item_id: int
    item: str
    unit: str
    quantity: Decimal
    note: str
    choices: tuple[tuple[int, str, Decimal], ...]  # location id, name, quantity there
    has_lot: bool = False
    given: str = ""  # as it was typed, if in another unit


@dataclass(eq=False)
class InsideNeeded(Ambiguous):
    """The location named has others inside that hold the item: the person has to choose one."""

    item: str = ""


@dataclass(eq=False)
class NothingToUndo(NotFound):
    """The actor has no record that can be reversed."""

    noun: str = field(default="record", init=False)


@dataclass(eq=False)
class NotReversible(RuleBroken):
    """This record cannot be reversed; `reason` is a code that the translator knows."""

    record: int
    reason: str
    other_record: int | None = None
    minutes: int | None = None
    # What the record did, where something else than a reversal leads back.
    action: str = ""


@dataclass(eq=False)
class ReversalBlocked(RuleBroken):
    """The stock that the record moved is no longer there: `taken_by` took it, if one record did."""

    record: int
    cause: InsufficientStock
    taken_by: int | None = None
