"""What an item's rules refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from bot.domain.quantities import format_quantity
from bot.errors import AlreadyExists, NothingToDo, RuleBroken, StillInUse


@dataclass(eq=False)
class ItemExists(AlreadyExists):
    """Another item, perhaps an archived one, has this SKU or name."""

    noun: str = field(default="item", init=False)
    is_archived: bool = False
    archived_id: int = 0


@dataclass(eq=False)
class ItemInStock(StillInUse):
    """An item with stock cannot be archived; `location` is one that holds it."""

    item: str
    location: str
    quantity: Decimal
    unit: str


@dataclass(eq=False)
class UnitFixed(RuleBroken):
    """An item's unit cannot change once moves exist, nor while a document has a line of it."""

    sku: str
    unit: str
    document: str = ""


@dataclass(eq=False)
class AlertAnswered(NothingToDo):
    """The alert about an item was answered already, or a later one was."""

    noun: str = field(default="item", init=False)
    label: str


@dataclass(eq=False)
class TargetBelowPoint(RuleBroken):
    """Up to how much is reordered is less than what it is reordered at."""

    sku: str
    point: Decimal
    target: Decimal


def require_target(sku: str, point: Decimal | None, target: Decimal | None) -> None:
    """Raise TargetBelowPoint for a reorder target that is below the reorder point."""
    if point is not None and target is not None and target < point:
        raise TargetBelowPoint(sku, point, target)


# Whether only whole numbers make sense, as records and files have it; empty: the unit decides.
WRITE_WHOLE: Final[Mapping[bool | None, str]] = {None: "", True: "yes", False: "no"}
READ_WHOLE: Final = {written: whole for whole, written in WRITE_WHOLE.items()}


class ItemColumns(Protocol):
    """The columns of an item that people set, wherever they were read from."""

    @property
    def sku(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def reorder_point(self) -> Decimal | None: ...  # noqa: D102
    @property
    def reorder_target(self) -> Decimal | None: ...  # noqa: D102
    @property
    def tracking(self) -> str: ...  # noqa: D102
    @property
    def whole(self) -> bool | None: ...  # noqa: D102


def write_facts(item: ItemColumns, *, is_archived: bool) -> dict[str, str]:
    """Return an item's columns as records have them."""
    point, target = item.reorder_point, item.reorder_target
    return {
        "sku": item.sku,
        "name": item.name,
        "unit": item.unit,
        "reorder point": "" if point is None else format_quantity(point),
        "reorder target": "" if target is None else format_quantity(target),
        "tracking": "" if item.tracking == TRACKING[0] else item.tracking,
        "whole": WRITE_WHOLE[item.whole],
        "archived": "yes" if is_archived else "",
    }


def write_alert(record: int | None) -> str:
    """Write which alert was answered last, as records keep it."""
    return "" if record is None else f"#{record}"


def write_snooze(until: datetime | None) -> str:
    """Write until when an item is snoozed, as records keep it."""
    return "" if until is None else f"{until:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(eq=False)
class TrackingFixed(RuleBroken):
    """How an item is tracked cannot change once moves exist, nor while it is counted."""

    sku: str
    tracking: str
    document: str = ""


@dataclass(eq=False)
class UnitIsOwn(RuleBroken):
    """A further unit of an item is its own unit by another name, or is to become it."""

    sku: str
    unit: str
    is_further: bool = False


@dataclass(eq=False)
class UnitOfBarcodes(StillInUse):
    """A unit that codes of an item mean cannot be removed; `code` is one of them."""

    sku: str
    unit: str
    code: str


@dataclass(eq=False)
class BarcodeTaken(AlreadyExists):
    """A code leads to another item already: it is registered there, or it is its SKU."""

    noun: str = field(default="barcode", init=False)
    item: str = ""


@dataclass(eq=False)
class MergedAway(RuleBroken):
    """An item that was merged into another is no item of its own any more."""

    item: str
    into: str


@dataclass(eq=False)
class Unlike(RuleBroken):
    """Two items cannot be merged; `reason` is a code that the translator knows.

    It is same, unit, tracking, reserved, wanted, counted, lots or factor; `one` and `two` are what
    differs.
    """

    reason: str
    item: str
    into: str
    one: str = ""
    two: str = ""


# How an item's stock is kept: as a whole, by lots, or piece by piece.
TRACKING: Final = ("none", "lot", "serial")
MAX_BARCODE: Final = 80
MAX_BARCODES: Final = 25
# So many of an item's former SKUs lead to the other when it is merged, in the order of their keys.
MAX_LED_OVER: Final = 500
# Records name each code and each further unit in a field of its own.
_BARCODE: Final = "barcode "
_UNIT: Final = "unit "


def barcode_field(code: str) -> str:
    """Return the field of a record that says what a code means."""
    return _BARCODE + code


def unit_field(unit: str) -> str:
    """Return the field of a record that says how much a further unit is."""
    return _UNIT + unit


def split_field(name: str) -> tuple[str, str]:
    """Return what a field is about, `barcode`, `unit` or nothing, and which one."""
    for begin in (_BARCODE, _UNIT):
        if name.startswith(begin):
            return begin.strip(), name.removeprefix(begin)
    return "", name


def write_meaning(quantity: Decimal, unit: str) -> str:
    """Write what a code means, as records keep it: `1`, or `1 pack`."""
    return f"{format_quantity(quantity)} {unit}".strip()
