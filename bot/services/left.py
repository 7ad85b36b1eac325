"""What left for customers, and what there was: windows of the ledger, and levels as of a record.

What was reversed is as if it had never been made, and what a merged item did its heir did, as in
the value of stock.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.controllers.report_rows import LastLeft
from bot.database.operations import Query, query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.item_values import LedgerMove
from bot.domain.periods import day_of, start_of
from bot.domain.quantities import ZERO
from bot.domain.rights import CLOCK_DRIFT
from bot.domain.virtual_locations import VirtualLocation, is_virtual
from bot.services.valuation import MAY_REPORT, Ledger, MergedItems

_MOVES_AT_ONCE: Final = 2000
_ITEMS_AT_ONCE: Final = 1000


class HeldItem(NamedTuple):
    """An item, and how much there was of it."""

    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWindow:
    """Ask from which record on moves may be of a day or later."""

    first: date
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWindow:
    """Read the next moves behind (record, line), before a record."""

    after: tuple[int, int]
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHeld:
    """Read what there was of items before a record: of these, or of the next behind one."""

    beyond: int
    location_ids: frozenset[int] | None
    item_ids: tuple[int, ...] | None = None
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLastLeft:
    """Ask when items left last before a record."""

    item_ids: tuple[int, ...]
    beyond: int
    location_ids: frozenset[int] | None


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def find_window(books: Books, request: FindWindow) -> int:
    """Return the first record of a window: clocks of several processes may differ a little."""
    since = start_of(request.first, request.timezone) - 2 * CLOCK_DRIFT
    return await books.audit.first_since(since)


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_window(books: Books, request: ReadWindow) -> list[LedgerMove]:
    """Read the next moves of a window in the order of records."""
    return await books.report_rows.page_window(request.after, request.beyond, _MOVES_AT_ONCE)


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_held(books: Books, request: ReadHeld) -> list[HeldItem]:
    """Read what there was of some items, from one snapshot of levels and moves."""
    ids = request.item_ids
    if ids is None:
        ids = tuple(await books.report_rows.page_items(request.after, _ITEMS_AT_ONCE))
    held = await books.report_rows.hold(ids, request.beyond, request.location_ids)
    items = await books.items.get_many(list(ids))
    return [
        HeldItem(each, item.sku, item.name, item.unit, held.get(each, ZERO))
        for each, item in sorted(items.items())
    ]


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def find_last_left(books: Books, request: FindLastLeft) -> list[LastLeft]:
    """Find when items left last, and when they came first."""
    return await books.report_rows.list_last_left(
        request.item_ids, request.beyond, request.location_ids
    )


class WindowQueries(NamedTuple):
    """How a window is found and read: as a report, or in line."""

    find: Query[FindWindow, int]
    read: Query[ReadWindow, list[LedgerMove]]


REPORT_WINDOW: Final = WindowQueries(find_window, read_window)


class Heirs:
    """Which item took over which by merges."""

    def __init__(self, ledger: Ledger) -> None:
        self._into = {
            source: into for into, merged in ledger.merged.items() for _record, source in merged
        }

    def root(self, item_id: int) -> int:
        """Return the item that an item is by now."""
        while item_id in self._into:
            item_id = self._into[item_id]
        return item_id

    def list_behind(self, item_ids: set[int]) -> set[int]:
        """Return these items and all that were merged into them."""
        return item_ids | {each for each in self._into if self.root(each) in item_ids}


def all_merged_into(item_id: int, merged: MergedItems) -> frozenset[int]:
    """Return an item and all that were merged into it."""
    found = {item_id}
    for _record, source_id in merged.get(item_id, ()):
        found |= all_merged_into(source_id, merged)
    return frozenset(found)


async def read_moves_since(
    db: DatabaseService,
    ledger: Ledger,
    actor: Actor,
    first: date,
    window: WindowQueries = REPORT_WINDOW,
) -> AsyncIterator[list[tuple[date, LedgerMove]]]:
    """Yield the moves from a day on with their days, merges and what was reversed left out."""
    heirs, rules = Heirs(ledger), ledger.rules
    asked = FindWindow(first=first, timezone=rules.timezone)
    after = (await db.query(window.find, asked, actor), -1)
    while True:
        moves = await db.query(window.read, ReadWindow(after=after, beyond=ledger.beyond), actor)
        dated = ((day_of(move.at, rules.timezone), move) for move in moves if rules.stays(move))
        yield [(day, move.of(heirs.root(move.item_id))) for day, move in dated if day >= first]
        if len(moves) < _MOVES_AT_ONCE:
            return
        after = (moves[-1].record, moves[-1].line)


async def sum_left(
    db: DatabaseService,
    ledger: Ledger,
    actor: Actor,
    first: date,
    window: WindowQueries = REPORT_WINDOW,
) -> Mapping[int, Decimal]:
    """Return how much of each item left for customers from a day on, from the locations asked."""
    left: dict[int, Decimal] = defaultdict(Decimal)
    async for moves in read_moves_since(db, ledger, actor, first, window):
        for _day, move in moves:
            if move.target_id == VirtualLocation.CUSTOMER and is_here(ledger, move.source_id):
                left[move.item_id] += move.quantity
    return left


def is_here(ledger: Ledger, location_id: int) -> bool:
    """Whether a location is one that was asked for, or any shelf if none was."""
    if ledger.location_ids is None:
        return not is_virtual(location_id)
    return location_id in ledger.location_ids


async def read_all_held(
    db: DatabaseService, ledger: Ledger, actor: Actor
) -> AsyncIterator[list[HeldItem]]:
    """Yield what there was of all items, some at a time."""
    after = 0
    while True:
        request = ReadHeld(beyond=ledger.beyond, location_ids=ledger.location_ids, after=after)
        found = await db.query(read_held, request, actor)
        if not found:
            return
        yield found
        after = found[-1].item_id


async def read_held_of(
    db: DatabaseService, ledger: Ledger, actor: Actor, item_ids: list[int]
) -> AsyncIterator[list[HeldItem]]:
    """Yield what there was of some items, some at a time."""
    for at in range(0, len(item_ids), _ITEMS_AT_ONCE):
        yield await db.query(
            read_held,
            ReadHeld(
                beyond=ledger.beyond,
                location_ids=ledger.location_ids,
                item_ids=tuple(item_ids[at : at + _ITEMS_AT_ONCE]),
            ),
            actor,
        )
