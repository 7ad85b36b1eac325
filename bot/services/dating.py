"""What happened earlier than it is recorded: what was counted since then stays true.

A take of ten o'clock that arrives after a count of noon was seen by that count. It is posted, and
with it a line that gives back what it took, dated at noon: the level as of any time is the sum of
the lines that happened until then.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.dated_stock import Seen
from bot.database.unit import UnitOfWork
from bot.domain.dated import Dated
from bot.domain.quantities import ZERO
from bot.domain.stock import LevelKey, LineEnd, LineReference, StockLine
from bot.domain.sync_refusals import MergedSince
from bot.domain.virtual_locations import VirtualLocation
from bot.services.lots_moved import Share


class Observed(NamedTuple):
    """A level as it was seen; when the unit happened unless it says another time."""

    key: LevelKey
    counted: Decimal
    at: datetime | None = None


class DatedMove(NamedTuple):
    """A move, and when it happened."""

    line: StockLine
    quantity: Decimal
    at: datetime


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
    """Return what keeps true what was counted after these moves of the unit, all of one item.

    Raises MergedSince.
    """
    at = uow.happened_at
    if at is None:
        return []
    merged = await _list_merged_since(uow, shares[0].line.item.id, at)
    if merged and await uow.observations.list_since([shares[0].line.item.id, *merged], at):
        raise MergedSince(shares[0].line.item.sku)
    found = []
    for line, quantity in shares:
        for end in _list_physical(line):
            seen = await uow.observations.find_next(_key_of(line, end), at)
            if seen is not None:
                found.append((line, end, quantity, seen))
    return await _correct(uow, found)


async def list_many_corrections(uow: UnitOfWork, moves: Sequence[DatedMove]) -> list[Correction]:
    """Return what keeps true what was counted after many moves happened, each at its own time."""
    if not moves:
        return []
    since = min(move.at for move in moves)
    items = sorted({move.line.item.id for move in moves})
    known = await uow.observations.list_since(items, since)
    found = []
    for move in moves:
        for end in _list_physical(move.line):
            later = known.get(_key_of(move.line, end), ())
            seen = next((each for each in later if each.happened_at > move.at), None)
            if seen is not None:
                found.append((move.line, end, move.quantity, seen))
    return await _correct(uow, found)


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


def post_move(uow: UnitOfWork, move: DatedMove) -> None:
    """Queue a move that happened at a time of its own."""
    uow.stock.post(move.line, move.quantity)
    uow.posting.dated[len(uow.posting.lines)] = Dated(move.at)


async def level_when_it_happened(uow: UnitOfWork, line: StockLine) -> Decimal:
    """Return what the books had at a line's target when the unit happened; raises MergedSince."""
    level = line.target.level or ZERO
    if uow.happened_at is None:
        return level
    if await _list_merged_since(uow, line.item.id, uow.happened_at):
        raise MergedSince(line.item.sku)
    key = _key_of(line, line.target)
    return level - await uow.dated_moves.sum_later(key, uow.happened_at)


async def observe(uow: UnitOfWork, observed: Sequence[Observed]) -> None:
    """Keep levels as they were seen."""
    at = uow.happened_at or uow.now
    await uow.observations.keep([(key, counted, own or at) for key, counted, own in observed])


async def _list_merged_since(uow: UnitOfWork, item_id: int, at: datetime) -> list[int]:
    """List the items whose stock became this one's after a time, whatever they were counted as.

    Levels and counts of before are theirs: read as this item's they would lose or make goods.
    """
    merges = await uow.item_merges.find_all(into_id=item_id)
    if not merges:
        return []
    first = await uow.audit.first_since(at)
    since = {each.item_id for each in merges if each.changed_record >= first}
    for each in merges:
        since |= set(await _list_merged_since(uow, each.item_id, at))
    return sorted(since)


async def _correct(
    uow: UnitOfWork, found: Sequence[tuple[StockLine, LineEnd, Decimal, Seen]]
) -> list[Correction]:
    """Return lines with the opposite of what moves did to a level, dated at observations of it."""
    references = []
    for line, end, _, _ in found:
        is_taken = end is line.source
        source, target = (
            (VirtualLocation.GAIN, end.id) if is_taken else (end.id, VirtualLocation.LOSS)
        )
        references.append(LineReference(line.item.id, source, target, line.lot_id))
    lines = await uow.stock.lines(references) if references else []
    return [
        Correction(line, quantity, Dated(seen.happened_at, seen.record))
        for line, (_, _, quantity, seen) in zip(lines, found, strict=True)
    ]


def _list_physical(line: StockLine) -> list[LineEnd]:
    return [end for end in (line.source, line.target) if not end.is_virtual]


def _key_of(line: StockLine, end: LineEnd) -> LevelKey:
    return LevelKey(line.item.id, end.id, line.lot_id)
