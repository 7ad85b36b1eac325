"""What a location's rules refuse."""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.errors import AlreadyExists, StillInUse


@dataclass(eq=False)
class LocationExists(AlreadyExists):
    """Another location, perhaps an archived one, has this name."""

    noun: str = field(default="location", init=False)
    is_archived: bool = False


@dataclass(eq=False)
class LocationNotEmpty(StillInUse):
    """A location with stock cannot be archived; `item` is one that is in stock there."""

    location: str
    item: str
    quantity: Decimal
    unit: str


@dataclass(eq=False)
class LocationHasLocations(StillInUse):
    """A location with locations inside cannot be archived; `inside` is one of them."""

    location: str
    inside: str
