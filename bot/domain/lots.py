"""Lots as values: batches and serial numbers, until when they are good, and their state."""

from dataclasses import dataclass
from datetime import date
from typing import Final

OPEN: Final = "open"
HELD: Final = "held"


@dataclass(frozen=True, slots=True)
class StockedLot:
    """A lot of a move; it is good through the day that it expires on, in the guild's zone."""

    id: int
    code: str
    expires_on: date | None = None
    state: str = OPEN
    is_expired: bool = False

    @property
    def is_held(self) -> bool:
        """Whether it is held back."""
        return self.state == HELD

    @property
    def is_usable(self) -> bool:
        """Whether anyone may take of it: it is neither held nor expired."""
        return not self.is_held and not self.is_expired


def has_expired(expires_on: date | None, today: date) -> bool:
    """Whether the last day on which a lot was good is over."""
    return expires_on is not None and expires_on < today
