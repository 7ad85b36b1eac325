"""Items that became one by merges: what happened to each before that is followed to the one.

Before the merge each has levels and counts of its own. The ledger says of which item a move was; a
device says what the item is by now, so of what comes late it is known only where one of the items
alone ever was, or if nothing was counted before they were one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson

from bot.database.controllers.dated_stock import Seen
from bot.database.unit import UnitOfWork
from bot.domain.stock import LevelKey

_ALWAYS: Final = 2**62


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge: its record and time, and which lots of the one became which of the other."""

    item_id: int
    into_id: int
    record: int
    at: datetime
    joined: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Family:
    """An item, and the merges since a time that made others this one."""

    item_id: int
    merges: dict[int, Merge] = field(default_factory=dict)

    @property
    def merged_at(self) -> datetime:
        """Since when all of them are one."""
        return max(merge.at for merge in self.merges.values())

    def list_keys(self, key: LevelKey) -> list[LevelKey]:
        """Return the levels of each of the items that became a level of the one."""
        lots = {self.item_id: {key.lot_id}}
        # In the order of reading: what an item went into comes before it.
        for merge in self.merges.values():
            there = lots[merge.into_id]
            joined = {lot for lot, same in merge.joined.items() if same in there}
            lots[merge.item_id] = there | joined
        return [
            LevelKey(item_id, key.location_id, lot_id)
            for item_id, found in lots.items()
            for lot_id in sorted(found)
        ]

    def has_seen(self, item_id: int, other_id: int, seen: Seen) -> bool:
        """Whether a count of one of the items was one of another as well: they were one by then."""
        while item_id != other_id:
            merge = self.merges.get(item_id)
            if merge is None or seen.happened_at < merge.at:
                return False
            item_id = merge.into_id
        return True

    def is_said_by_ledger(self, item_id: int | None, record: int) -> bool:
        """Whether the ledger says of which item a move was that a record made."""
        if item_id is None:
            return False
        return item_id != self.item_id or all(
            record < merge.record for merge in self.merges.values()
        )

    async def is_single(self, uow: UnitOfWork, key: LevelKey) -> bool:
        """Whether one of the items alone ever was at a location before they were one."""
        first: dict[int, int] = {}
        for merge in self.merges.values():
            first[merge.into_id] = min(merge.record, first.get(merge.into_id, _ALWAYS))
        found = {
            each.item_id
            for each in self.list_keys(key)
            if await uow.dated_moves.was_there(each, first.get(each.item_id, _ALWAYS))
        }
        return len(found) <= 1


async def read_families(
    uow: UnitOfWork, item_ids: Collection[int], since: datetime
) -> dict[int, Family]:
    """Return the families of those of some items into which others were merged since a time."""
    found: dict[int, Family] = {}
    roots = {item_id: item_id for item_id in item_ids}
    while roots:
        further: dict[int, int] = {}
        for merge in await _list_since(uow, roots, since):
            root = further[merge.item_id] = roots[merge.into_id]
            found.setdefault(root, Family(root)).merges[merge.item_id] = merge
        roots = further
    return found


async def _list_since(
    uow: UnitOfWork, item_ids: Collection[int], since: datetime
) -> Sequence[Merge]:
    rows = await uow.item_merges.list_into(item_ids)
    times = {row.changed_record: row for row in rows}
    events = await uow.audit.get_many(list(times))
    return [
        Merge(
            row.item_id,
            row.into_id,
            record,
            events[record].at,
            dict(orjson.loads(row.taken).get("joined", ())),
        )
        for record, row in times.items()
        if events[record].at > since
    ]


def list_all(families: Mapping[int, Family], item_ids: Collection[int]) -> Iterator[int]:
    """Yield some items and all that became them."""
    yield from item_ids
    for family in families.values():
        yield from family.merges
