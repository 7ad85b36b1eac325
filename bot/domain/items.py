"""What an item's rules refuse."""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.errors import AlreadyExists, RuleBroken, StillInUse


@dataclass(eq=False)
class ItemExists(AlreadyExists):
    """Another item, perhaps an archived one, has this SKU or name."""

    noun: str = field(default="item", init=False)
    is_archived: bool = False


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
