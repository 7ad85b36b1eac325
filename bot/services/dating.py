"""What happened earlier than it is recorded, as units post it: moves, corrections, observations."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.unit import UnitOfWork
from bot.domain.dated import Dated
from bot.domain.quantities import ZERO
from bot.domain.stock import LevelKey, StockLine
from bot.domain.sync_refusals import MergedSince
from bot.services.counted_since import Correction, DatedMove, find_corrections
from bot.services.lots_moved import Share
from bot.services.merged_since import read_families


class Observed(NamedTuple):
    """A level as it was seen; when the unit happened unless it says another time."""

    key: LevelKey
    counted: Decimal
    at: datetime | None = None


async def list_corrections(uow: UnitOfWork, shares: Sequence[Share]) -> list[Correction]:
    """Return what keeps true what was counted after these moves of the unit, all of one item.

    Raises MergedSince, InsufficientStock.
    """
    at = uow.happened_at
    if at is None:
        return []
    return await find_corrections(
        uow, [DatedMove(*share, at, uow.scope.record) for share in shares]
    )


def list_brought_in(shares: Sequence[Share], corrections: Sequence[Correction]) -> list[StockLine]:
    """Return the lines of corrections that give more of a lot than leaves with these moves.

    A serial number that was counted where a late move took it from would be in both locations.
    """
    left: dict[int, Decimal] = defaultdict(Decimal)
    moved = [(each.line, each.quantity) for each in shares]
    for line, quantity in [*moved, *((each.line, each.quantity) for each in corrections)]:
        if line.target.is_virtual:
            left[line.lot_id] += quantity
    return [
        each.line for each in corrections if each.before and left[each.line.lot_id] < each.quantity
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


def post_moves(
    uow: UnitOfWork, moves: Sequence[DatedMove], corrections: Sequence[Correction]
) -> None:
    """Queue moves that happened at times of their own, as `post_dated` does."""
    post_corrections(uow, [each for each in corrections if each.before])
    for move in moves:
        uow.stock.post(move.line, move.quantity)
        uow.posting.dated[len(uow.posting.lines)] = Dated(move.at)
    post_corrections(uow, [each for each in corrections if not each.before])


async def level_when_it_happened(uow: UnitOfWork, line: StockLine) -> Decimal:
    """Return what the books had at a line's target when the unit happened; raises MergedSince.

    What was counted of an item that was merged since is counted of the other, where that was not.
    """
    level, at = line.target.level or ZERO, uow.happened_at
    if at is None:
        return level
    key = LevelKey(line.item.id, line.target.id, line.lot_id)
    family = (await read_families(uow, [line.item.id], at)).get(line.item.id)
    if family is not None and not await family.is_single(uow, key):
        raise MergedSince(line.item.sku)
    for each in [key] if family is None else family.list_keys(key):
        level -= await uow.dated_moves.sum_later(each, at)
    return level


async def observe(uow: UnitOfWork, observed: Sequence[Observed]) -> None:
    """Keep levels as they were seen."""
    at = uow.happened_at or uow.now
    await uow.observations.keep([(key, counted, own or at) for key, counted, own in observed])
