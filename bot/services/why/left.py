"""Why a report says that much left of an item: the records by which it left, newest first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.database.controllers.figures import NEWEST, Cursor, LeftScope
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.stock_rows import MoveRow
from bot.database.models import Item, Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.figures import ABC_DAYS, COVER_DAYS
from bot.domain.message_links import RecordLinks
from bot.domain.periods import start_of
from bot.domain.rights import CLOCK_DRIFT
from bot.services.left import all_merged_into
from bot.services.record_links import locate_records
from bot.services.valuation import MAY_REPORT, find_rules, list_inside
from bot.services.why.chain import ChainState, read_chain_state

# How many days the reports count of whose rows this is asked.
LEFT_DAYS: Final = {"abc": ABC_DAYS, "cover": COVER_DAYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainLeft:
    """Ask what left of an item for customers from a day on, before the record of a report."""

    item: int
    first: date
    beyond: int
    location: int | None = None
    before: Cursor | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftExplained:
    """How much left, and a page of the moves by which it did."""

    asked: ExplainLeft
    item: Item
    location: Location | None
    quantity: Decimal
    moves: tuple[MoveRow, ...]
    has_older: bool
    has_newer: bool
    chain: ChainState
    links: RecordLinks


@query(permission=MAY_REPORT)
async def explain_left(books: Books, request: ExplainLeft) -> LeftExplained:
    """Show by which records that much of an item left; undone ones are left out."""
    item, location = await books.items.require(request.item), None
    if request.location is not None:
        location = await books.locations.require(request.location)
    since = start_of(request.first, (await books.guilds.require()).timezone)
    rules, merged = await find_rules(books, request.beyond)
    scope = LeftScope(
        rules=rules,
        item_ids=all_merged_into(item.id, merged),
        location_ids=None if location is None else await list_inside(books, location),
        since=since,
        # Clocks of several processes may differ a little.
        first=await books.audit.first_since(since - 2 * CLOCK_DRIFT),
        beyond=request.beyond,
    )
    moves, has_more = await books.figures.page_left(
        scope, before=request.before or NEWEST, after=request.after, limit=PAGE_ROWS
    )
    is_backwards, chain = request.after is not None, await read_chain_state(books)
    return LeftExplained(
        asked=request,
        item=item,
        location=location,
        quantity=await books.figures.left(scope),
        moves=tuple(moves),
        has_older=True if is_backwards else has_more,
        has_newer=has_more if is_backwards else request.before is not None,
        chain=chain,
        links=await locate_records(books, [chain.closed, *(move.record for move in moves)]),
    )
