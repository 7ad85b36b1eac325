"""What was counted after it happened stays true, and the books were never below zero before that.

The level now is what was counted last and what moved since. A move that reaches the books later
than a count of its location was seen by that count: with it goes a line that gives back what it
took (or takes what it gave), dated at the first count behind it. What leaves may then be no more
than there was, at each time from the move to that count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from bot.database.controllers.dated_stock import Seen
from bot.database.unit import UnitOfWork
from bot.domain.dated import Dated
from bot.domain.quantities import ZERO
from bot.domain.stock import InsufficientStock, LevelKey, LineEnd, LineReference, StockLine
from bot.domain.sync_refusals import MergedSince
from bot.domain.virtual_locations import VirtualLocation
from bot.services.merged_since import Family, list_all, read_families


class DatedMove(NamedTuple):
    """A move, and when it happened: behind the counts of records up to `record` at that time.

    One whose record is its time (not `is_dated`) is behind all counts of earlier records: the
    clocks of two processes differ a little.
    """

    line: StockLine
    quantity: Decimal
    at: datetime
    record: int
    is_dated: bool = True
    # The item that it is a move of, if the ledger says so; else what the line's item was then.
    item_id: int | None = None

    def is_before(self, seen: Seen) -> bool:
        """Whether an observation saw it."""
        if seen.happened_at > self.at:
            return self.is_dated or seen.record > self.record
        return seen.happened_at == self.at and seen.record > self.record


class Correction(NamedTuple):
    """A line that keeps an observation true; `before` the moves if it gives what they take."""

    line: StockLine
    quantity: Decimal
    dated: Dated

    @property
    def before(self) -> bool:
        """Whether it is posted before the moves."""
        return self.line.source.is_virtual


class _Effect(NamedTuple):
    """What a unit does to a level at a time."""

    at: datetime
    change: Decimal
    # What was counted of it since, if it was.
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class _Counts:
    """What was counted of some levels, but for a record, and of what has become theirs."""

    uow: UnitOfWork
    known: Mapping[LevelKey, Sequence[Seen]]
    families: Mapping[int, Family]
    without: int | None

    def list_keys(self, key: LevelKey) -> list[LevelKey]:
        """Return a level, and those that became it."""
        family = self.families.get(key.item_id)
        return [key] if family is None else family.list_keys(key)

    async def find_next(self, move: DatedMove, key: LevelKey) -> Seen | None:
        """Return the first observation that saw what a move did to a level; raises MergedSince."""
        found = sorted(
            (seen, each.item_id)
            for each in self.list_keys(key)
            for seen in self.known.get(each, ())
            if seen.record != self.without and move.is_before(seen)
        )
        family = self.families.get(key.item_id)
        if family is not None and found and not await family.is_single(self.uow, key):
            if family.is_said_by_ledger(move.item_id, move.record):
                of = move.item_id or 0
                found = [each for each in found if family.has_seen(of, each[1], each[0])]
            elif found[0][0].happened_at < family.merged_at:
                raise MergedSince(move.line.item.sku)
        return found[0][0] if found else None


async def find_corrections(
    uow: UnitOfWork, moves: Sequence[DatedMove], *, without: int | None = None
) -> list[Correction]:
    """Return what keeps true what was counted after moves; one line a level and observation.

    Observations of the record `without` are left out: it is being reversed. Raises
    InsufficientStock if there was less than what left, MergedSince if it is not known what was
    counted.
    """
    if not moves:
        return []
    items = {move.line.item.id for move in moves}
    since = min(move.at for move in moves)
    families = await read_families(uow, items, since)
    known = await uow.observations.list_since([*list_all(families, items)], since)
    if not known:
        return []
    counts = _Counts(uow, known, families, without)
    effects: dict[LevelKey, list[_Effect]] = defaultdict(list)
    ends: dict[LevelKey, tuple[StockLine, LineEnd]] = {}
    for move in moves:
        for end, by in ((move.line.source, -move.quantity), (move.line.target, move.quantity)):
            if not end.is_virtual:
                key = LevelKey(move.line.item.id, end.id, move.line.lot_id)
                seen = await counts.find_next(move, key)
                effects[key].append(_Effect(move.at, by, seen))
                ends[key] = move.line, end
    for key, (line, end) in ends.items():
        await _require_held(uow, counts.list_keys(key), line, end, effects[key])
    return await _correct(uow, effects)


async def _require_held(
    uow: UnitOfWork,
    keys: Sequence[LevelKey],
    line: StockLine,
    end: LineEnd,
    effects: Sequence[_Effect],
) -> None:
    """Raise InsufficientStock if a level was less than what leaves, before it was counted.

    Without a count the level now decides, as for what people type: goods are often booked later
    than they were there.
    """
    leaving = [each for each in effects if each.seen is not None and each.change < 0]
    if not leaving:
        return
    first = min(each.at for each in leaving)
    counted = max(each.seen.happened_at for each in leaving if each.seen is not None)
    later = [each for key in keys for each in await uow.dated_moves.list_later(key, first)]
    level = (end.level or ZERO) - sum((each.change for each in later), ZERO)
    own = [(each.at, each.change) for each in effects]
    own += [(each.seen.happened_at, -each.change) for each in effects if each.seen is not None]
    steps = [(max(at, first), ZERO, change) for at, change in own]
    steps += [(each.happened_at, each.change, ZERO) for each in later]
    steps.sort(key=itemgetter(0))
    by = ZERO
    for at, group in groupby(steps, key=itemgetter(0)):
        if at >= counted:
            return
        for _, change, own_change in group:
            level, by = level + change, by + own_change
        if by < 0 and level + by < 0:
            raise InsufficientStock(
                item=line.item.sku,
                unit=line.item.unit,
                location=end.name,
                available=max(ZERO, level),
                wanted=-by,
                item_id=line.item.id,
                target_id=line.target.id,
                lot="" if line.lot is None else line.lot.code,
                since=at,
            )


async def _correct(
    uow: UnitOfWork, effects: Mapping[LevelKey, Sequence[_Effect]]
) -> list[Correction]:
    """Return lines with the opposite of what moves did to levels, dated at observations of them."""
    sums: dict[tuple[LevelKey, Seen], Decimal] = defaultdict(Decimal)
    for key, found in effects.items():
        for each in found:
            if each.seen is not None:
                sums[key, each.seen] += each.change
    wanted = [(key, seen, by) for (key, seen), by in sums.items() if by]
    references = []
    for key, _, by in wanted:
        ends = (key.location_id, VirtualLocation.LOSS)
        source, target = ends if by > 0 else (VirtualLocation.GAIN, key.location_id)
        references.append(LineReference(key.item_id, source, target, key.lot_id))
    lines = await uow.stock.lines(references) if references else []
    return [
        Correction(line, abs(by), Dated(seen.happened_at, seen.record))
        for line, (_, seen, by) in zip(lines, wanted, strict=True)
    ]
