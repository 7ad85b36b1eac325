"""What changed since a record: whole records only, and each row once, at its latest record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from bot.database.controllers.feed import FeedChange, FeedMove
from bot.database.unit import Books
from bot.domain.sync import PullTable
from bot.domain.virtual_locations import is_virtual
from bot.services.sync.tables import FEED_TABLES, FeedRow

# No record has as many lines.
_ALL: Final = 1_000_000
# Rows that are left out because they change again later make pages short; a page that is empty
# is worth another look, but no request looks without end.
_LOOKS: Final = 10
_TABLES: Final[Mapping[str, PullTable]] = {
    "item": "items",
    "items": "items",
    "location": "locations",
    "locations": "locations",
    "barcode": "barcodes",
    "barcodes": "barcodes",
    "lot": "lots",
    "lots": "lots",
}


@dataclass(frozen=True, slots=True)
class RowChanged:
    """A row of a table that a record changed; None if it is no more."""

    table: PullTable
    key: str
    record: int
    row: FeedRow | None


@dataclass(frozen=True, slots=True)
class _Touch:
    record: int
    table: PullTable
    key: str


async def find_changes(books: Books, since: int, limit: int) -> tuple[int, list[RowChanged]]:
    """Return what changed after a record and up to another, and that one.

    There are at most `limit` rows unless a single record changed more.
    """
    through, found = since, list[RowChanged]()
    for _ in range(_LOOKS):
        through, latest = await _find_touched(books, through, limit)
        found = await _read(books, latest, through)
        if found or through == books.head.last_record:
            break
    return through, found


async def _find_touched(
    books: Books, since: int, limit: int
) -> tuple[int, dict[tuple[PullTable, str], int]]:
    """Return up to which record all was found, and what was touched with its latest record."""
    head = books.head.last_record
    changes = await books.feed.list_changes(since, head, limit + 1)
    moves = await books.feed.list_moves(since, head, limit + 1)
    horizon = min([head, *_list_cuts(changes, moves, limit)])
    touches = _list_touches(changes, moves)
    if touches and touches[0].record > horizon:
        # A record of more lines than a page has: it is never cut in two.
        horizon = touches[0].record
        touches = _list_touches(
            await books.feed.list_changes(since, horizon, _ALL),
            await books.feed.list_moves(since, horizon, _ALL),
        )
    latest: dict[tuple[PullTable, str], int] = {}
    for record, group in groupby(touches, attrgetter("record")):
        rows = {(each.table, each.key): record for each in group}
        if latest and len(latest) + sum(row not in latest for row in rows) > limit:
            horizon = min(horizon, record - 1)
        if record > horizon:
            break
        latest |= rows
    return horizon, latest


def _list_cuts(
    changes: Sequence[FeedChange], moves: Sequence[FeedMove], limit: int
) -> Iterator[int]:
    """Yield the last record that is listed whole, of each list that goes on beyond the limit."""
    records: dict[str, list[int]] = {}
    for change in changes:
        # Deletions of all nouns are one list.
        name = change.source if change.source in FEED_TABLES else ""
        records.setdefault(name, []).append(change.record)
    records["stock_levels"] = [move.record for move in moves]
    for each in records.values():
        if len(each) > limit:
            yield max(each) - 1


def _list_touches(changes: Sequence[FeedChange], moves: Sequence[FeedMove]) -> list[_Touch]:
    touches = [
        _Touch(change.record, _TABLES[change.source], change.key)
        for change in changes
        if change.source in _TABLES
    ]
    for move in moves:
        for end in (move.source_id, move.target_id):
            if not is_virtual(end):
                key = f"{move.item_id}/{end}/{move.lot_id}"
                touches.append(_Touch(move.record, "stock_levels", key))
    return sorted(touches, key=attrgetter("record"))


async def _read(
    books: Books, latest: Mapping[tuple[PullTable, str], int], through: int
) -> list[RowChanged]:
    """Read what was touched as it is now, in the order of the records.

    What changes again later comes with its later record alone.
    """
    found: list[RowChanged] = []
    for name, table in FEED_TABLES.items():
        keys = [key for of, key in latest if of == name]
        rows = await table.read(books, keys, through) if keys else {}
        for key in keys:
            row = rows.get(key)
            if row is not None or key not in rows:
                found.append(RowChanged(name, key, latest[name, key], row))
    return sorted(found, key=attrgetter("record"))
