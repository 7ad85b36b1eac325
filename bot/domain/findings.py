"""What a verification finds wrong, and the closed days that it meets."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.anchors import Anchor
from bot.domain.stock import NO_LOT


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and at which record if it is about one.

    `code` is one of: missing, unexpected, changed, stray_moves, head, level, no_level,
    stray_level, below_zero; of rows row_differs, row_missing, row_stray, row_unproven (by a record
    of a newer version), unreadable, unlikely (a record that cannot be replayed); unreadable_books
    (of what comes behind the record); of what goes with a record no_receipt, no_line, stray_receipt
    (it is of another record); of outside copies anchor_differs, anchor_beyond, bad_signature,
    line_lost; of closed days day_differs (it names another head than the record before it has) and
    unsigned_day.
    """

    code: str
    record: int | None = None
    item_id: int | None = None
    location_id: int | None = None
    lot_id: int = NO_LOT
    said: Decimal | None = None
    summed: Decimal | None = None
    noun: str = ""
    thing: str = ""
    field: str = ""
    stored: str = ""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A record that closed a day, when it did, and the head that it names."""

    record: int
    at: datetime
    head: Anchor
