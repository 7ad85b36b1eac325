"""Boards: messages that always show the current state; their kinds, and what their rules refuse."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

from bot.errors import AlreadyExists, RuleBroken

BoardKind = Literal["stock", "low", "requests", "orders", "counts"]
BOARD_KINDS: Final[tuple[BoardKind, ...]] = get_args(BoardKind)
# What the others show is of the whole warehouse: orders, requests and reorder points have no
# location.
AT_A_LOCATION: Final = frozenset({"stock", "counts"})
# More than a guild looks at, and few enough to be looked at after each of its changes.
MAX_BOARDS: Final = 25
MAX_BOARD_ROWS: Final = 10
# No board is edited more often: Discord takes five edits in five seconds of one channel.
EDIT_EVERY: Final = timedelta(seconds=5)

_BLOCKS: Final = 10
# How full a bar of an item without a target is at its reorder point.
_POINT_OF_TARGET: Final = 2


class BoardExists(AlreadyExists):
    """The channel shows this already."""


@dataclass(eq=False)
class BoardChannelClosed(RuleBroken):
    """The bot may not show a board there; `permissions` are Discord's names of what it lacks."""

    channel_id: int
    permissions: tuple[str, ...]


def write_board(kind: str, location: str | None) -> str:
    """Write what a board shows, as records call it."""
    return kind if location is None else f"{kind} · {location}"


def blocks_of(part: Decimal | int, whole: Decimal | int) -> int:
    """Return how many of ten blocks a part is; anything at all is one, and all is ten at most."""
    if part <= 0 or whole <= 0:
        return 0
    filled = int(Fraction(part) * _BLOCKS / Fraction(whole))
    return min(_BLOCKS, max(1, filled))


def full_level(point: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Return what of an item fills its bar: up to how much it is ordered; None if unknown."""
    if target is not None and target > 0:
        return target
    return point * _POINT_OF_TARGET if point else None


def urgency(left: Decimal, point: Decimal) -> Fraction:
    """Return by what watched items are ordered: the part of its reorder point that is left."""
    return Fraction(left) / Fraction(point or 1)
