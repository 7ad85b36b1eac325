"""What the books have by now of the moment at which lines of a count were counted."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.database.controllers.stock_counts import Countable
from bot.database.models import CountLine
from bot.database.unit import Books, UnitOfWork
from bot.domain.counts import CorrectedSince
from bot.services.counts.lines import name_lines


async def expect_again(
    uow: UnitOfWork, label: str, lines: Sequence[CountLine]
) -> dict[int, Decimal]:
    """Return what the books have by now of the moment of each line's counting.

    Raises CorrectedSince if an adjustment or another count of a later moment was posted of a line
    that differs.
    """
    found, corrected = await expect_by_now(uow, lines)
    for line, record in corrected:
        if line.counted != found[line.line]:
            (named,) = await name_lines(uow, [line])
            raise CorrectedSince(label, named.sku, named.location, record)
    return found


async def expect_by_now(
    books: Books, lines: Sequence[CountLine]
) -> tuple[dict[int, Decimal], list[tuple[CountLine, int]]]:
    """Return what `expect_again` does, and which lines were corrected since by which records.

    Moves that happened before a line was counted may have come since.
    """
    if not lines:
        return {}, []
    items, since = [line.item_id for line in lines], min(line.changed_record for line in lines)
    moved = await books.count_lines.list_moved(items, since)
    found: dict[int, Decimal] = {}
    corrected = []
    for line in lines:
        assert line.expected is not None
        found[line.line] = line.expected
        for move in moved.get(Countable(line.item_id, line.location_id, line.lot_id), ()):
            if move.record <= line.changed_record:
                continue
            if move.happened_at is not None and move.happened_at <= counted_at_of(line):
                is_in = move.target_id == line.location_id
                found[line.line] += move.quantity if is_in else -move.quantity
            elif move.is_correction:
                corrected.append((line, move.record))
    return found, corrected


def counted_at_of(line: CountLine) -> datetime:
    """Return when a line that was counted was."""
    assert line.counted_at is not None
    return line.counted_at
