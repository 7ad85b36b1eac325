"""Shifts: how long they are, and what their rules refuse."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.errors import RuleBroken

MAX_HOURS: Final = 24


@dataclass(eq=False)
class NotOnShift(RuleBroken):
    """The actor has no shift to end."""


def write_until(at: datetime) -> str:
    """Write until when a shift is, as records keep it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
