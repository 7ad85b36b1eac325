"""The answer of what moves stock: its first lines, and what fell to its reorder point."""

from dataclasses import dataclass, replace
from datetime import date

from bot.database.unit import UnitOfWork
from bot.domain.actions import is_offered_again
from bot.domain.message_links import MessageLink
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import LowStock, MovedLine
from bot.services.low_stock import note_low_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMoved:
    """What a record did to stock; `reverses` is the number of the record that it reversed.

    It has the first ten lines at most; the ledger has all `line_count` of them. `low` are the
    items that it let fall to their reorder points.
    """

    record: int
    action: str
    lines: tuple[MovedLine, ...]
    note: str = ""
    reverses: int | None = None
    line_count: int = 0
    low: tuple[LowStock, ...] = ()
    is_offered_again: bool = True
    # What warns of lots that expire: the day where the guild is, and its `expiry_warning_days`.
    today: date | None = None
    warning_days: int = 0
    # The quantity (of a count: what was counted) as it was given, if in another unit.
    given: str = ""
    # What a record is about that may have moved nothing.
    subject: str = ""
    # The counts that some of its lines keep true.
    corrects: tuple[int, ...] = ()
    # Where the line of what was reversed is, for those who may read the audit channel.
    reversed_at: MessageLink | None = None

    @property
    def more_lines(self) -> int:
        """How many lines are in the ledger alone."""
        return max(0, self.line_count - len(self.lines))


def moved_by(
    uow: UnitOfWork,
    record: int,
    action: str,
    *,
    note: str = "",
    reverses: int | None = None,
    given: str = "",
) -> StockMoved:
    """Return the answer of a unit that posted moves: the first lines, and how many there are."""
    lines = uow.posting.lines
    kept = {at: each.corrects for at, each in uow.posting.dated.items()}
    corrects = set(kept.values()) - {None, reverses}
    first = [
        replace(line, corrects=kept[at]) if kept.get(at) in corrects else line
        for at, line in enumerate(lines[:MAX_KEPT_LINES], 1)
    ]
    return StockMoved(
        record=record,
        action=action,
        lines=tuple(first),
        note=note,
        reverses=reverses,
        line_count=len(lines),
        is_offered_again=is_offered_again(action),
        given=given,
        corrects=tuple(sorted(filter(None, corrects))),
    )


async def with_low_stock(uow: UnitOfWork, moved: StockMoved) -> StockMoved:
    """Add to a unit's answer what it let fall to its reorder point, and alert of it."""
    low = await note_low_stock(uow)
    return replace(moved, low=low) if low else moved
