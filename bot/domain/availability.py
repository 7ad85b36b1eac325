"""Available stock: what is on hand, less what may not be used and what is reserved."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.quantities import ZERO
from bot.errors import RuleBroken


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
