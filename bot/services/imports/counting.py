"""Posting what an import counted: the difference comes from `gain` or goes to `loss`."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.database.unit import UnitOfWork
from bot.domain.imports.plan import PlannedRow
from bot.domain.lots import StockedLot
from bot.domain.stock import NO_LOT, LevelKey, LineEnd, LineReference, StockedItem, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.services.dating import Observed, observe
from bot.services.imports.lots import LotsByKeys


@dataclass(frozen=True, slots=True)
class _Count:
    """A row whose count differs from the books, and the location's id."""

    row: PlannedRow
    place: int
    difference: Decimal
    lot: StockedLot | None

    @property
    def lot_id(self) -> int:
        """The lot's id."""
        return NO_LOT if self.lot is None else self.lot.id

    @property
    def ends(self) -> tuple[int, int]:
        """Where the difference comes from and goes to."""
        if self.difference > 0:
            return VirtualLocation.GAIN, self.place
        return self.place, VirtualLocation.LOSS


async def post_counts(
    uow: UnitOfWork,
    rows: Sequence[PlannedRow],
    added: Mapping[str, int],
    location_ids: Mapping[str, int],
    lots: LotsByKeys,
) -> None:
    """Post what was counted; `added` are the ids of new items, by the keys of their SKUs."""
    counts = [
        _Count(
            row,
            row.level.location_id or location_ids[row.level.key],
            row.level.counted - row.level.before,
            None if row.level.lot is None else lots[row.key, row.level.lot.key],
        )
        for row in rows
        if row.level is not None and row.level.moves
    ]
    old = [each for each in counts if each.row.item_id is not None]
    references = [LineReference(each.row.item_id or 0, *each.ends, each.lot_id) for each in old]
    read = iter(await uow.stock.lines(references) if references else ())
    ends = await uow.stock.ends({number for each in counts for number in each.ends})

    def post() -> None:
        for count in counts:
            line = _new_line(count, added, ends) if count.row.item_id is None else next(read)
            uow.stock.post(line, abs(count.difference))

    await observe(uow, list(_list_seen(rows, added, location_ids, lots)))
    # Thousands take a fifth of a second, in which no other guild would be answered.
    await asyncio.to_thread(post)


def _list_seen(
    rows: Sequence[PlannedRow],
    added: Mapping[str, int],
    location_ids: Mapping[str, int],
    lots: LotsByKeys,
) -> Iterator[Observed]:
    """Yield what was counted, where it agrees with the books as well.

    Of an item that is new its first moves say it.
    """
    for row in rows:
        level = row.level
        if level is None or (row.item_id is None and level.moves):
            continue
        item_id = added.get(row.key) if row.item_id is None else row.item_id
        location_id = level.location_id or location_ids.get(level.key)
        lot_id: int | None = NO_LOT
        if level.lot is not None:
            written = lots.get((row.key, level.lot.key))
            lot_id = level.lot.id if written is None else written.id
        # What has none of these was counted as nothing, and was not added for that.
        if item_id is not None and location_id is not None and lot_id is not None:
            yield Observed(LevelKey(item_id, location_id, lot_id), level.counted)


def _new_line(count: _Count, added: Mapping[str, int], ends: Mapping[int, LineEnd]) -> StockLine:
    """Return the line of an item that the import added: what is new has no levels to be read."""
    facts = count.row.after
    assert facts is not None
    item = StockedItem(
        added[count.row.key],
        facts.sku,
        facts.name,
        facts.unit,
        reorder_point=facts.reorder_point,
        tracking=facts.tracking,
    )
    source, target = count.ends
    return StockLine(item, ends[source], ends[target], count.lot_id, count.lot)
