"""Pulling: what a device lacks of the books, as pages from a cursor on.

The books' own order is the cursor's: a record is committed before one with a higher number
is begun, so "all up to record n" can never miss a row, which a time or a sequence of rows could.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bot.database.controllers.feed import FeedRecord
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.chain import first_link
from bot.domain.rights import CLOCK_DRIFT
from bot.domain.sync import MAX_PULLED, RETENTION, Pulled, RowChange, Verb
from bot.domain.sync_cursors import TABLES, Cursor, read_cursor
from bot.services.sync.changes import RowChanged, find_changes
from bot.services.sync.tables import FEED_TABLES

# What a device in the middle of its first copy may ask on from by a time: everything again.
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullChanges:
    """Ask what changed since a cursor, else since a time; everything without either."""

    cursor: str | None = None
    last_sync_timestamp: datetime | None = None
    limit: int = MAX_PULLED


@query(all_of=("device.use", "stock.view", "item.view"), is_shown=False)
async def pull_changes(books: Books, request: PullChanges) -> Pulled:
    """Return a page of what changed, or of everything after a reset."""
    limit = max(1, min(request.limit, MAX_PULLED))
    cursor = await _find_cursor(books, request)
    if cursor is None:
        start = Cursor.at(books.head.last_record, books.head.chain_head)
        return await _copy(books, start, limit, is_reset=True)
    if cursor.table is not None:
        return await _copy(books, cursor, limit)
    return await _follow(books, cursor, limit)


async def _find_cursor(books: Books, request: PullChanges) -> Cursor | None:
    """Return where to go on; None from the start, as for a cursor of other books."""
    if request.cursor:
        cursor = read_cursor(request.cursor)
        return cursor if cursor is not None and await _is_known(books, cursor) else None
    if request.last_sync_timestamp is None:
        return None
    since = min(request.last_sync_timestamp, books.now)
    if since < books.now - RETENTION:
        return None
    # Clocks of processes differ: better a record twice than one that is missed.
    first = await books.audit.first_since(since - CLOCK_DRIFT)
    record = min(first - 1, books.head.last_record)
    known = await books.feed.list_records([record])
    link = known[record].hash if record in known else first_link(books.actor.guild_id)
    return Cursor.at(record, link)


async def _is_known(books: Books, cursor: Cursor) -> bool:
    """Whether the books have the cursor's record, and changes since are kept."""
    head = books.head
    if cursor.record >= head.last_record:
        # However long ago the last record was made, nothing was missed since.
        return cursor.record == head.last_record and cursor.is_in(head.chain_head)
    known = await books.feed.list_records([max(cursor.record, 1)])
    if not known:
        return False
    (record,) = known.values()
    if not cursor.is_in(record.hash if cursor.record else first_link(books.actor.guild_id)):
        return False
    return cursor.table is not None or record.at >= books.now - RETENTION


async def _follow(books: Books, cursor: Cursor, limit: int) -> Pulled:
    head, through = books.head, cursor.record
    found: Sequence[RowChanged] = ()
    if through < head.last_record:
        through, found = await find_changes(books, through, limit)
    records = await books.feed.list_records([through, *{each.record for each in found}])
    link = head.chain_head if through == head.last_record else records[through].hash
    return Pulled(
        changes=[_change(each, records, books.now) for each in found],
        cursor=Cursor.at(through, link).write(),
        last_sync_timestamp=records[through].at if through in records else books.now,
        has_more=through < head.last_record,
    )


async def _copy(books: Books, place: Cursor, limit: int, *, is_reset: bool = False) -> Pulled:
    """Return a page of the rows as they are now.

    What changes while the copy is on its way follows once it is complete: its cursor becomes that
    of the record at which it began.
    """
    found: list[RowChanged] = []
    start, key = Cursor(place.record, place.hash), place.key
    for table in TABLES[TABLES.index(place.table or TABLES[0]) :]:
        wanted = limit - len(found)
        rows = await FEED_TABLES[table].page(books, key, wanted)
        # A level does not know which record moved it; this one had at the latest.
        found += [RowChanged(table, row.key, row.record or place.record, row) for row in rows]
        if len(rows) == wanted:
            following = replace(start, table=table, key=rows[-1].key)
            break
        key = ""
    else:
        following = start
    is_complete = following.table is None
    records = await books.feed.list_records([start.record, *{each.record for each in found}])
    known = records.get(start.record)
    return Pulled(
        changes=[_change(each, records, books.now, verb="INSERT") for each in found],
        cursor=following.write(),
        last_sync_timestamp=(known.at if known else books.now) if is_complete else _LONG_AGO,
        has_more=not is_complete or start.record < books.head.last_record,
        reset=is_reset,
    )


def _change(
    change: RowChanged, records: Mapping[int, FeedRecord], now: datetime, *, verb: Verb = "UPDATE"
) -> RowChange:
    record, row = records.get(change.record), change.row
    return RowChange(
        seq=change.record,
        table=change.table,
        operation=verb if row is not None and row.is_in_use else "DELETE",
        id=change.key,
        version=change.record,
        data=row.data if row is not None else None,
        timestamp=record.at if record is not None else now,
    )
