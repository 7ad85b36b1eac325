"""What stock is worth at any date, and what left cost: derived from the ledger, never stored.

The ledger is read in pieces, item by item, up to a record; it only grows, so that all pieces are of
the same books. What is kept meanwhile is the layers of one item.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from bot.database.controllers.value_statements import MergeRecord
from bot.database.models import Location
from bot.database.operations import Query, query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.item_values import ItemFold, LedgerMove, LedgerRules, MergedLayers
from bot.domain.periods import day_of, parse_until, time_of
from bot.domain.stock import Reference
from bot.domain.valuation import Layers, LeftCosts, Value
from bot.errors import InvalidValue
from bot.services.merging import MERGED

MAY_REPORT: Final = "report.view"
MAY_SEE_PRICES: Final = "price.view"
# More at once are converted in one go, for which the loop would wait.
_MOVES_AT_ONCE: Final = 500
_MOVES_IN_A_SLICE: Final = 125
LAST_ITEM: Final = 2**62
MergedItems: TypeAlias = Mapping[int, Sequence[tuple[int, int]]]
# A day ends when the next one begins.
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLedger:
    """Ask what has to be known to value stock as of a day (empty: now), at a location or all.

    `until` is an instant instead of a day that was typed; `beyond` is the record before which it
    was read once, to be read alike. Without prices it is read for quantities alone.
    """

    as_of: str = ""
    until: datetime | None = None
    beyond: int | None = None
    location: Reference | None = None
    has_prices: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """How far the ledger is read, what of it counts, and which items were merged into which."""

    day: date
    currency: str
    beyond: int
    rules: LedgerRules
    merged: MergedItems = field(default_factory=dict)
    """By the item that took them over: records, and the items that they merged into it."""
    location: str = ""
    location_id: int | None = None
    location_ids: frozenset[int] | None = None
    at_time: str = ""
    """The time of the day up to which it is read, if not to its end or to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMoves:
    """Read the next moves behind (item, record, line), up to those of an item."""

    after: tuple[int, int, int]
    last_item: int
    beyond: int


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def find_ledger(books: Books, request: FindLedger) -> Ledger:
    """Find what has to be known before the ledger is read; raises NotFound and InvalidValue."""
    if request.has_prices:
        books.require_permission(MAY_SEE_PRICES)
    guild = await books.guilds.require()
    zone = guild.timezone
    day, beyond = day_of(books.now, zone), books.head.last_record + 1
    until, at_time = request.until, ""
    if until is None and request.as_of.strip():
        until = parse_until(request.as_of, zone, books.now)
        if day_of(until - _MOMENT, zone) > day:
            raise InvalidValue(field="as_of", reason="future", value=request.as_of.strip()[:40])
    if until is not None:
        beyond = min(beyond, await books.audit.first_since(until))
        day = min(day, day_of(until - _MOMENT, zone))
        at_time = time_of(until, zone) if until <= books.now else ""
    beyond = min(beyond, request.beyond or beyond)
    rules, merged = await find_rules(books, beyond)
    name, location_id, location_ids = "", None, None
    if request.location is not None:
        location = await books.locations.require_reference(request.location)
        name, location_id = location.path, location.id
        location_ids = await list_inside(books, location)
    return Ledger(
        day=day,
        currency=guild.currency,
        beyond=beyond,
        rules=rules,
        merged=merged,
        location=name,
        location_id=location_id,
        location_ids=location_ids,
        at_time=at_time,
    )


async def find_rules(books: Books, beyond: int) -> tuple[LedgerRules, MergedItems]:
    """Find what counts before a record, and which items were merged into which."""
    merges = await books.values.list_merges(MERGED, beyond)
    sources = await _find_sources(books, merges)
    live = [each for each in merges if each.reversed_by is None]
    merged: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for each in live:
        merged[each.into_id] += [(each.record, item_id) for item_id in sources[each.record]]
    rules = LedgerRules(
        timezone=(await books.guilds.require()).timezone,
        merges=frozenset(each.record for each in live),
        kept=frozenset(await _find_kept(books, merges, sources)),
    )
    return rules, merged


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_moves(books: Books, request: ReadMoves) -> list[LedgerMove]:
    """Read the next moves of the ledger in the order of items."""
    return await books.values.page_moves(
        request.after, request.last_item, request.beyond, _MOVES_AT_ONCE
    )


async def value_items(
    db: DatabaseService,
    ledger: Ledger,
    actor: Actor,
    left: LeftCosts,
    read: Query[ReadMoves, list[LedgerMove]] = read_moves,
) -> AsyncIterator[list[tuple[int, Value]]]:
    """Yield the value of each item that is left, some at a time; `left` gets what left cost."""
    reader, fold, current = LedgerReader(db, ledger, actor, left, read), None, 0
    heirs = set(ledger.merged)
    gone = {item_id for each in ledger.merged.values() for _record, item_id in each}
    async for moves in reader.pieces(0, LAST_ITEM):
        done: list[tuple[int, Value]] = []
        async for move in in_slices(moves):
            if move.item_id in gone:
                continue  # it is read with the item that took it over
            if fold is None or move.item_id != current:
                done += [] if fold is None else [(current, fold.value())]
                current = move.item_id
                heirs.discard(current)
                fold = await reader.open(current)
            fold.take(move)
        yield [(item_id, value) for item_id, value in done if value.quantity]
    if fold is not None and (value := fold.value()).quantity:
        yield [(current, value)]
    # What had nothing left was merged without a move, perhaps into what never moved: what it let
    # leave would count no more.
    for item_id in sorted(heirs - gone):
        if (value := (await reader.open(item_id)).value()).quantity:
            yield [(item_id, value)]


async def in_slices(moves: Sequence[LedgerMove]) -> AsyncIterator[LedgerMove]:
    """Yield moves, and let others work after some: folding all of a piece takes too long."""
    for at, move in enumerate(moves, 1):
        yield move
        if not at % _MOVES_IN_A_SLICE:
            await asyncio.sleep(0)


class LedgerReader:
    """Reads the moves of items, those of items that were merged into one before its own."""

    def __init__(
        self,
        db: DatabaseService,
        ledger: Ledger,
        actor: Actor,
        left: LeftCosts,
        read: Query[ReadMoves, list[LedgerMove]] = read_moves,
        *,
        has_records: bool = False,
    ) -> None:
        self._db = db
        self._ledger = ledger
        self._actor = actor
        self._left = left
        self._read = read
        self._has_records = has_records

    async def pieces(self, first: int, last: int) -> AsyncIterator[list[LedgerMove]]:
        """Yield the moves of the items from one to another."""
        after = (first, 0, 0)
        while True:
            request = ReadMoves(after=after, last_item=last, beyond=self._ledger.beyond)
            moves = await self._db.query(self._read, request, self._actor)
            yield moves
            if len(moves) < _MOVES_AT_ONCE:
                return
            after = (moves[-1].item_id, moves[-1].record, moves[-1].line)

    async def open(self, item_id: int) -> ItemFold:
        """Return the fold of an item, with what was merged into it."""
        merged = [
            MergedLayers(record, await self._layers_of(source_id))
            for record, source_id in self._ledger.merged.get(item_id, ())
        ]
        left = self._left.of(item_id)
        return ItemFold(
            self._ledger.rules,
            left,
            merged,
            self._ledger.location_ids,
            has_records=self._has_records,
        )

    async def _layers_of(self, item_id: int) -> Layers:
        fold = await self.open(item_id)
        async for moves in self.pieces(item_id, item_id):
            async for move in in_slices(moves):
                fold.take(move)
        return fold.close()


async def list_inside(books: Books, location: Location) -> frozenset[int]:
    """Return the ids of a location and of all that are inside."""
    found, after = {location.id}, ""
    while inside := await books.locations.list_inside(location.path_key, after=after):
        found.update(row.id for row in inside)
        after = inside[-1].path_key
    return frozenset(found)


async def _find_sources(books: Books, merges: Sequence[MergeRecord]) -> dict[int, set[int]]:
    """Return which items each record merged into another."""
    moved = await books.values.items_of([each.record for each in merges])
    return {each.record: moved[each.record] - {each.into_id} for each in merges}


async def _find_kept(
    books: Books, merges: Sequence[MergeRecord], sources: Mapping[int, set[int]]
) -> set[int]:
    """Return the reversed records that count, with their reversals.

    A record was reversed by moves of another item while its own was merged into it. If that merge
    was reversed as well, leaving out both would change how much there is of either.
    """
    kept: set[int] = set()
    into = {
        item: each.into_id
        for each in merges
        if each.reversed_by is None
        for item in sources[each.record]
    }
    for merge in merges:
        if merge.reversed_by is None:
            continue
        items = _all_behind(sources[merge.record], merges, sources)
        span = (merge.record, merge.reversed_by)
        pairs = await books.values.list_reversed_between(*span, sorted(items))
        moved = await books.values.items_of([record for pair in pairs for record in pair])
        for pair in pairs:
            first, second = ({_root(item, into) for item in moved[record]} for record in pair)
            if first != second:
                kept.update(pair)
    return kept


def _all_behind(
    items: set[int], merges: Sequence[MergeRecord], sources: Mapping[int, set[int]]
) -> set[int]:
    """Return items, and all that ever were merged into them."""
    found = set(items)
    while True:
        further = {
            item for each in merges if each.into_id in found for item in sources[each.record]
        }
        if further <= found:
            return found
        found |= further


def _root(item_id: int, into: Mapping[int, int]) -> int:
    while item_id in into:
        item_id = into[item_id]
    return item_id
