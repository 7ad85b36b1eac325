"""What an item's rules refuse."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

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
    """An item's unit cannot change once moves exist."""

    sku: str
    unit: str


@dataclass(eq=False)
class AlertAnswered(NothingToDo):
    """The alert about an item was answered already, or a later one was."""

    noun: str = field(default="item", init=False)
    label: str


def write_alert(record: int | None) -> str:
    """Write which alert was answered last, as records keep it."""
    return "" if record is None else f"#{record}"


def write_snooze(until: datetime | None) -> str:
    """Write until when an item is snoozed, as records keep it."""
    return "" if until is None else f"{until:%Y-%m-%d %H:%M:%S} UTC"
