"""The last good days that records wrote on lots, which go with the records that are reversed.

Stock that came in since under such a day keeps it, until its own record is reversed as well: so
the end is that of the same reversals in any other order. Of lots that a record made the day stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.database.models import AuditEvent, Lot
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.counts import ADD
from bot.domain.document_contents import RecordContents
from bot.domain.documents import COUNT
from bot.domain.imports.contents import read_day, write_day
from bot.domain.lot_contents import LotContents, read_days
from bot.domain.lots import has_expired, lot_change
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import is_virtual
from bot.services.availability import read_today

_FIRST_READ = 500


class _Written(NamedTuple):
    """A day that a record wrote on a lot, and the one that was on it before."""

    record: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DayRestored:
    """A lot that has an earlier day again."""

    lot: Lot
    before: date | None
    after: date | None


async def restore_days(uow: UnitOfWork, event: AuditEvent) -> list[DayRestored]:
    """Write on lots the days that were on them before a record that is being reversed.

    Those of records that were reversed before follow, where this one's stock had kept them.
    """
    written = await _list_written(uow, [event])
    lot_ids = {*written, *await _list_brought_in(uow, event)}
    if not lot_ids:
        return []
    for lot_id, further in (await _list_left(uow, sorted(lot_ids))).items():
        written.setdefault(lot_id, []).extend(further)
    if not written:
        return []
    first = min(each.record for days in written.values() for each in days)
    newest = await uow.lots.find_newest_in(sorted(written), first, without=event.record)
    restored = []
    for lot in await _list_own(uow, sorted(written)):
        day = write_day(lot.expires_on)
        for each in sorted(written[lot.id], reverse=True):
            if each.after == day and each.record >= newest.get(lot.id, 0):
                day = each.before
        if day != write_day(lot.expires_on):
            restored.append(DayRestored(lot, lot.expires_on, read_day(day)))
    await _write(uow, restored)
    return restored


def say_days(
    restored: Sequence[DayRestored], contents: RecordContents | None
) -> tuple[tuple[Change, ...], RecordContents | None]:
    """Return what the record says of lots: field by field, or many of them as its contents."""
    if len(restored) <= MAX_KEPT_LINES or contents is not None:
        changes = tuple(
            lot_change(
                each.lot.item_id,
                each.lot.id,
                each.lot.code,
                each.after,
                each.before,
                is_known=True,
            )
            for each in restored
        )
        return changes, contents
    many = LotContents(
        {
            each.lot.id: (
                {"expires": write_day(each.before)},
                {"expires": write_day(each.after)},
            )
            for each in restored
        }
    )
    return (Change("lots", "", str(len(restored))),), many


async def _list_written(uow: UnitOfWork, events: Iterable[AuditEvent]) -> dict[int, list[_Written]]:
    """Return the days that records wrote, and those of lines that were added to counts, by lot."""
    written: dict[int, list[_Written]] = defaultdict(list)
    for event in events:
        writers = [event]
        if event.subject_type == COUNT.noun and event.subject_id is not None:
            writers += await uow.audit.search(
                above=-1,
                below=event.record,
                limit=_FIRST_READ,
                subject=(COUNT.noun, event.subject_id),
                action=f"{COUNT.noun}.{ADD.past}",
            )
        for each in writers:
            for lot_id, (before, after) in read_days(each.detail).items():
                written[lot_id].append(_Written(each.record, before, after))
    return dict(written)


async def _list_brought_in(uow: UnitOfWork, event: AuditEvent) -> set[int]:
    """Return the lots of which a record brought some in from the outside."""
    # A record of many lines keeps them in the ledger alone.
    if '"lot_id"' not in event.detail and '"line_count"' not in event.detail:
        return set()
    moves = await uow.stock.moves_of_record(event.record)
    return {move.lot_id for move in moves if is_virtual(move.source_id)} - {NO_LOT}


async def _list_left(uow: UnitOfWork, lot_ids: Sequence[int]) -> dict[int, list[_Written]]:
    """Return the days of lots whose records were reversed when other stock had to keep them."""
    reversals = await uow.lots.list_reversed_in(lot_ids)
    if not reversals:
        return {}
    events = await uow.audit.get_many([*reversals, *reversals.values()])
    restored: dict[int, list[_Written]] = defaultdict(list)
    for number in reversals.values():
        for lot_id, (before, after) in read_days(events[number].detail).items():
            restored[lot_id].append(_Written(number, before, after))
    written = await _list_written(uow, [events[number] for number in reversals])
    wanted = set(lot_ids)
    return {
        lot_id: left
        for lot_id, days in written.items()
        if lot_id in wanted and (left := [day for day in days if _is_left(day, restored[lot_id])])
    }


def _is_left(day: _Written, restored: Iterable[_Written]) -> bool:
    """Whether no reversal wrote another day in place of one: then it may be there again."""
    return not any(each.record > day.record and each.before == day.after for each in restored)


async def _list_own(uow: UnitOfWork, lot_ids: Sequence[int]) -> list[Lot]:
    """Return lots but for those of items that were merged, whose stock is in other lots now."""
    lots = list((await uow.lots.stocked(lot_ids)).values())
    merged = await uow.item_merges.get_many(sorted({lot.item_id for lot in lots}))
    return [lot for lot in lots if lot.item_id not in merged]


async def _write(uow: UnitOfWork, restored: Sequence[DayRestored]) -> None:
    if not restored:
        return
    await uow.lots.bulk_update([((each.lot.id,), {"expires_on": each.after}) for each in restored])
    today = await read_today(uow)
    for each in restored:
        # What is there of the lot may be usable no longer, or again.
        over = [has_expired(day, today) for day in (each.before, each.after)]
        if over == [True, False]:
            uow.posting.freed.add(each.lot.item_id)
        elif over == [False, True]:
            uow.posting.set_aside.add(each.lot.item_id)
