"""Posting what an import counted, and keeping what it saw."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from bot.database.unit import UnitOfWork
from bot.domain.imports.plan import PlannedRow
from bot.domain.posting import Posting
from bot.domain.stock import NO_LOT, LevelKey, LineReference
from bot.services.dating import Observed, observe
from bot.services.imports.count_lines import LotsByKeys, list_counts, new_line
from bot.threads import in_unit_thread


async def post_counts(
    uow: UnitOfWork,
    rows: Sequence[PlannedRow],
    added: Mapping[str, int],
    location_ids: Mapping[str, int],
    lots: LotsByKeys,
    made: Posting | None,
) -> None:
    """Post what was counted; `added` are the ids of new items, by the keys of their SKUs.

    `made` is all of it, if that was made ahead.
    """
    # What walks ten thousand rows takes milliseconds: others have their turn in between.
    await asyncio.sleep(0)
    await observe(uow, list(_list_seen(rows, added, location_ids, lots)))
    await asyncio.sleep(0)
    if made is not None:
        uow.stock.take_over(made)
        return
    counts = list_counts(rows, location_ids, lots)
    old = [each for each in counts if each.row.item_id is not None]
    references = [LineReference(each.row.item_id or 0, *each.ends, each.lot_id) for each in old]
    read = iter(await uow.stock.lines(references) if references else ())
    ends = await uow.stock.ends({number for each in counts for number in each.ends})

    def post() -> None:
        for count in counts:
            line = new_line(count, added, ends) if count.row.item_id is None else next(read)
            uow.stock.post(line, abs(count.difference))

    # Thousands take a fifth of a second, in which no other guild would be answered.
    await in_unit_thread(post)


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
