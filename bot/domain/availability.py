"""Available stock: what is on hand, less what may not be used and what is reserved."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson

from bot.domain.quantities import ZERO
from bot.domain.stock import LowStock
from bot.errors import RuleBroken

_LET_FALL: Final = "let_fall"


@dataclass(frozen=True, slots=True)
class Availability:
    """What there is of an item everywhere.

    `usable` leaves out of what is on hand the quarantine, and lots that are held or expired.
    """

    on_hand: Decimal = ZERO
    usable: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        """What may be taken or reserved; at least zero, whatever was held since."""
        return max(ZERO, self.usable - self.reserved)


@dataclass(frozen=True, slots=True)
class LetFall:
    """What a record without moves keeps: the items that it let fall to their reorder points."""

    item_ids: tuple[int, ...]

    @classmethod
    def of(cls, low: Sequence[LowStock]) -> "LetFall | None":
        """Return what to keep of items that fell, None if none did."""
        return cls(tuple(each.item_id for each in low)) if low else None

    def write(self) -> dict[str, Any]:
        """Return it as plain values for a record's detail."""
        return {_LET_FALL: list(self.item_ids)}


def read_let_fall(detail: str) -> frozenset[int]:
    """Return the items that a record without moves let fall, by its detail."""
    return frozenset(orjson.loads(detail).get("contents", {}).get(_LET_FALL, ()))


@dataclass(frozen=True, slots=True)
class ReservedFor:
    """One open reservation: for which request (`R-12`), for what, and how much."""

    request: str
    wanted_for: str
    quantity: Decimal


@dataclass(eq=False)
class InsufficientAvailable(RuleBroken):
    """There is enough on hand, but too much of it is reserved (`holders`: for whom) or unusable."""

    item: str
    unit: str
    wanted: Decimal
    stock: Availability
    holders: tuple[ReservedFor, ...] = ()


@dataclass(eq=False)
class InQuarantine(RuleBroken):
    """Stock in quarantine does not leave the warehouse from there."""

    item: str
    location: str
