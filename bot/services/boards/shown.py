"""What boards show, as data: a row each of what is on them, and how many more there are."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from bot.database.models import BoardMessage
from bot.domain.boards import BoardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """How much there is of an item; at a location, of how much in all."""

    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    in_all: Decimal | None = None
    available: Decimal | None = None
    point: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRow:
    """An item at or below its reorder point, and what is on order of it; `is_enough` then."""

    item_id: int
    sku: str
    name: str
    unit: str
    available: Decimal
    point: Decimal
    target: Decimal | None
    coming: Decimal
    approved: Decimal
    pending: Decimal
    drafted: Decimal
    is_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request under way: how many of its lines are picked, and how many lack stock."""

    id: int
    label: str
    wanted_for: str
    status: str
    needed_by: date | None
    lines: int
    done: int
    short: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order that waits for a decision or for goods, and how many of its lines came in."""

    id: int
    label: str
    supplier: str
    status: str
    promised_on: date | None
    lines: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A count under way, and how many of its lines are counted or skipped."""

    id: int
    label: str
    location: str
    status: str
    lines: int
    done: int


BoardRow: TypeAlias = StockRow | LowRow | RequestRow | OrderRow | CountRow


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardShown:
    """All that a board shows, in the guild's language; no time of reading is in it.

    `total` is of how many rows these are the first; `is_cut` if there may be more than that.
    """

    board_id: int
    channel_id: int
    kind: BoardKind
    location_id: int | None
    location: str | None
    language: str
    rows: tuple[BoardRow, ...]
    total: int
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLook:
    """A board, what it has to show now, and the message that shows it.

    Whether that was looked at on the day that it is for the guild is not part of what is shown.
    """

    shown: BoardShown
    is_of_today: bool
    message: BoardMessage | None
