"""Why a figure of stock is what it is: the records that make it, newest first, to the first."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.database.controllers.figures import NEWEST, Cursor, LevelPart
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.stock_rows import MoveRow
from bot.database.models import Item, Location, Lot
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.availability import Availability, ReservedFor
from bot.domain.message_links import RecordLinks
from bot.domain.quantities import ZERO
from bot.domain.stock import NO_LOT, Reference
from bot.domain.stock_scopes import Step, StockScope, walk_down
from bot.services.availability import read_availability
from bot.services.record_links import locate_records
from bot.services.reports.kinds import ReportKind
from bot.services.reserved_for import list_reserved_for
from bot.services.valuation import MAY_REPORT, MAY_SEE_PRICES, list_inside
from bot.services.why.chain import ChainState, read_chain_state

MAY_CHECK: Final = "audit.view"
_LEVEL_ROWS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainStock:
    """Ask what makes the stock of an item (None: of all items), now or before a record.

    It is that at a location, perhaps with those inside it, or everywhere; of a lot or of all.
    """

    item: Reference | None
    location: Reference | None = None
    is_whole: bool = False
    lot: Reference | None = None
    beyond: int | None = None
    before: Cursor | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockExplained:
    """A figure, and a page of the moves that make it, with the figure before and after each.

    Of all items together there is no figure. `availability` is known of an item as a whole, now.
    """

    asked: ExplainStock
    item: Item | None
    location: Location | None
    lot: Lot | None
    figure: Decimal | None
    moves: tuple[MoveRow, ...]
    steps: tuple[Step, ...]
    has_older: bool
    has_newer: bool
    chain: ChainState
    links: RecordLinks
    availability: Availability | None = None
    reserved_for: tuple[ReservedFor, ...] = ()
    may_check: bool = False
    may_see_value: bool = False
    report: ReportKind | None = None

    @property
    def begins_at(self) -> Decimal | None:
        """Return the figure before the first of all moves, None while older ones are not shown."""
        if self.has_older or self.figure is None:
            return None
        return self.steps[-1].before if self.steps else self.figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainReport:
    """Ask which moves a report was made of."""

    kind: ReportKind
    location_id: int | None
    beyond: int
    before: Cursor | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLevels:
    """Ask for the levels that an item's stock is made of; cursors are (location, lot)."""

    item: Reference
    before: Cursor | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsListed:
    """A page of the levels of an item, by location and lot."""

    item: Item
    levels: tuple[LevelPart, ...]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReservations:
    """Ask which requests hold an item back, from one on."""

    item: Reference
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a line of a request holds back, and the record that set it."""

    request_id: int
    label: str
    wanted_for: str
    quantity: Decimal
    record: int
    at: datetime
    actor_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationsListed:
    """A page of the reservations of an item, what is needed first on top."""

    item: Item
    first: int
    count: int
    reservations: tuple[Reservation, ...]
    links: RecordLinks = field(default_factory=dict)


@query(permission="stock.view")
async def explain_stock(books: Books, request: ExplainStock) -> StockExplained:
    """Show what makes a figure of stock; its moves add up to it, or the page says that they don't.

    The figure before and after each move is reckoned from the level that is kept, downwards.
    """
    item = None if request.item is None else await _find_item(books, request.item)
    location = await _find_location(books, request.location)
    lot = None
    if item is not None and request.lot is not None:
        lot = await books.lots.require_of(item.id, request.lot)
    location_ids = None
    if location is not None:
        inside = await list_inside(books, location) if request.is_whole else ()
        location_ids = frozenset({location.id, *inside})
    scope = StockScope(
        item_id=None if item is None else item.id,
        lot_id=NO_LOT if lot is None else lot.id,
        location_ids=location_ids,
    )
    beyond = NEWEST[0] if request.beyond is None else request.beyond
    moves, changes, has_more = await _read_page(books, request, scope, beyond)
    figure, steps = None, list[Step]()
    if item is not None:
        now = await books.figures.quantity(scope)
        figure = now - await books.figures.changed_since(scope, (beyond, 0))
        if moves:
            newer = await books.figures.changed_since(scope, _behind(moves[0]))
            steps = walk_down(now - newer, changes)
    is_all = item is not None and location is None and lot is None and request.beyond is None
    holds, chain = books.rights.holds, await read_chain_state(books)
    return StockExplained(
        asked=request,
        item=item,
        location=location,
        lot=lot,
        figure=figure,
        moves=tuple(moves),
        steps=tuple(steps),
        has_older=has_more if request.after is None else True,
        has_newer=has_more if request.after is not None else request.before is not None,
        chain=chain,
        links=await locate_records(books, [chain.closed, *(move.record for move in moves)]),
        availability=(await read_availability(books, [item]))[item.id] if is_all and item else None,
        reserved_for=await list_reserved_for(books, item.id) if is_all and item else (),
        may_check=holds(MAY_CHECK),
        may_see_value=holds(MAY_REPORT) and holds(MAY_SEE_PRICES),
    )


@query(permission=MAY_REPORT)
async def explain_report(books: Books, request: ExplainReport) -> StockExplained:
    """Show the moves that a report was made of: those before the record up to which it looked."""
    asked = ExplainStock(
        item=None,
        location=request.location_id,
        is_whole=request.location_id is not None,
        beyond=request.beyond,
        before=request.before,
        after=request.after,
    )
    return replace(await explain_stock(books, asked), report=request.kind)


@query(permission="stock.view")
async def list_item_levels(books: Books, request: ListLevels) -> LevelsListed:
    """List the levels that an item's stock is made of."""
    item = await books.items.require_reference(request.item)
    found, has_more = await books.figures.page_levels(
        item.id, after=request.after or (0, 0), before=request.before, limit=_LEVEL_ROWS
    )
    is_backwards = request.before is not None
    return LevelsListed(
        item=item,
        levels=tuple(found),
        has_next=True if is_backwards else has_more,
        has_previous=has_more if is_backwards else request.after is not None,
    )


@query(permission="stock.view")
async def list_reservations(books: Books, request: ListReservations) -> ReservationsListed:
    """List which requests hold an item back: those under way, which are few."""
    item = await books.items.require_reference(request.item)
    lines = await books.request_lines.list_holding([item.id])
    shown = lines[request.first : request.first + PAGE_ROWS]
    requests = await books.requests.get_many([line.request_id for line in shown])
    rows = [await books.request_lines.require(line.request_id, line.line) for line in shown]
    events = await books.audit.get_many([row.changed_record for row in rows])
    return ReservationsListed(
        item=item,
        first=request.first,
        count=len(lines),
        reservations=tuple(
            Reservation(
                request_id=row.request_id,
                label=books.requests.kind.label(requests[row.request_id].number),
                wanted_for=requests[row.request_id].wanted_for,
                quantity=row.reserved,
                record=row.changed_record,
                at=events[row.changed_record].at,
                actor_id=events[row.changed_record].actor_id,
            )
            for row in rows
        ),
        links=await locate_records(books, [row.changed_record for row in rows]),
    )


async def _find_item(books: Books, wanted: Reference) -> Item:
    """Return an item; by its id also one that was merged, whose figure is its own."""
    if isinstance(wanted, int):
        return await books.items.require(wanted)
    return await books.items.require_reference(wanted)


async def _find_location(books: Books, wanted: Reference | None) -> Location | None:
    if wanted is None or isinstance(wanted, int):
        return None if wanted is None else await books.locations.require(wanted)
    return await books.locations.require_reference(wanted)


async def _read_page(
    books: Books, request: ExplainStock, scope: StockScope, beyond: int
) -> tuple[Sequence[MoveRow], list[Decimal], bool]:
    page, has_more = await books.figures.page(
        scope,
        before=request.before or (beyond, 0),
        after=request.after,
        beyond=beyond,
        limit=PAGE_ROWS,
    )
    return [move for move, _ in page], [change for _, change in page], has_more


def _behind(move: MoveRow) -> Cursor:
    """Return the cursor of the first move that would be newer than one."""
    return move.record, move.line + 1


def is_sound(explained: StockExplained) -> bool:
    """Whether the moves add up to the figure, as far as they were shown to their end."""
    return explained.begins_at in {None, ZERO}
