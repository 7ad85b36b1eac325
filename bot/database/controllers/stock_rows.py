"""Moves as statements return them."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from bot.domain.stock import NO_LOT


class MoveRow(NamedTuple):
    """A move as history shows it."""

    record: int
    line: int
    at: datetime
    actor_id: int
    action: str
    reverses: int | None
    sku: str
    unit: str
    quantity: Decimal
    source_id: int
    source: str
    target_id: int
    target: str
    item_id: int
    lot_id: int = NO_LOT
    lot: str | None = None
    # The record of the count that it keeps true, if it was posted for that.
    corrects: int | None = None


class PostedMove(NamedTuple):
    """A move as the ledger has it."""

    item_id: int
    lot_id: int
    source_id: int
    target_id: int
    quantity: Decimal


class StockChange(NamedTuple):
    """A move that changed how much of an item is usable in all: it came in, or it went out."""

    record: int
    item_id: int
    quantity: Decimal
    is_in: bool


class RecordedRow(NamedTuple):
    """A line of a record, with the names of today."""

    line: int
    item_id: int
    sku: str
    unit: str
    quantity: Decimal
    source_id: int
    source: str
    target_id: int
    target: str
    lot_id: int
    lot: str | None
    expires_on: date | None
    corrects: int | None = None
