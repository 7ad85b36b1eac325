"""What happened earlier than it is recorded: what was counted since then stays true.

A take of ten o'clock that arrives after a count of noon was seen by that count. It is posted, and
with it a line that gives back what it took, dated at noon: the level as of any time is the sum of
the lines that happened until then.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.unit import UnitOfWork
from bot.domain.dated import Dated
from bot.domain.quantities import ZERO
from bot.domain.stock import LevelKey, LineReference, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.services.lots_moved import Share


class Correction(NamedTuple):
    """A line that keeps an observation true; `before` the moves if it gives what they take."""

    line: StockLine
    quantity: Decimal
    dated: Dated

    @property
    def before(self) -> bool:
        """Whether it is posted before the moves."""
        return self.line.source.is_virtual


async def list_corrections(uow: UnitOfWork, shares: Sequence[Share]) -> list[Correction]:
    """Return what keeps true what was counted after these moves happened."""
    if uow.happened_at is None:
        return []
    found: list[tuple[LineReference, Decimal, Dated]] = []
    for line, quantity in shares:
        for end in (line.source, line.target):
            if end.is_virtual:
                continue
            key = LevelKey(line.item.id, end.id, line.lot_id)
            seen = await uow.observations.find_next(key, uow.happened_at)
            if seen is None:
                continue
            is_taken = end is line.source
            source, target = (
                (VirtualLocation.GAIN, end.id) if is_taken else (end.id, VirtualLocation.LOSS)
            )
            reference = LineReference(line.item.id, source, target, line.lot_id)
            found.append((reference, quantity, Dated(seen.happened_at, seen.record)))
    lines = await uow.stock.lines([reference for reference, *_ in found]) if found else []
    return [
        Correction(line, quantity, dated)
        for line, (_, quantity, dated) in zip(lines, found, strict=True)
    ]


def post_corrections(uow: UnitOfWork, corrections: Sequence[Correction]) -> None:
    """Queue lines that keep observations true, each dated at its observation."""
    for each in corrections:
        uow.stock.post(each.line, each.quantity)
        uow.posting.dated[len(uow.posting.lines)] = each.dated


def post_dated(
    uow: UnitOfWork, shares: Sequence[Share], corrections: Sequence[Correction] = ()
) -> None:
    """Queue moves, with what makes them possible before them; raises as `StockController.post`."""
    post_corrections(uow, [each for each in corrections if each.before])
    for share in shares:
        uow.stock.post(share.line, share.quantity)
    post_corrections(uow, [each for each in corrections if not each.before])


async def level_when_it_happened(uow: UnitOfWork, line: StockLine) -> Decimal:
    """Return what the books had at a line's target when the unit happened."""
    level = line.target.level or ZERO
    if uow.happened_at is None:
        return level
    key = LevelKey(line.item.id, line.target.id, line.lot_id)
    return level - await uow.dated_moves.sum_later(key, uow.happened_at)


async def observe(
    uow: UnitOfWork, seen: Sequence[tuple[LevelKey, Decimal]], at: datetime | None = None
) -> None:
    """Keep levels as they were seen, when the unit happened unless it was another time."""
    await uow.observations.keep(seen, at or uow.happened_at or uow.now)
