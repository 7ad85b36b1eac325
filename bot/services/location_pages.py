"""Looking at locations: one with all that is in it, and lists of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.database.controllers.base import Page
from bot.database.controllers.lot_levels import LotAtRow
from bot.database.controllers.stock_pages import HeldRow, InsideCount
from bot.database.models import Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.names import MAX_QUERY, MAX_REFERENCE, clean_text
from bot.domain.stock import UNTRACKED, Reference

# With the buttons of each they fit a page beside those of the location.
_ITEM_ROWS = 8
# What a menu holds; the list of what is inside has all.
MAX_CHILDREN = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLocation:
    """Show the stock at a location and inside it; turned pages start from an item."""

    location: Reference
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationShown:
    """A location with a page of the stock there and inside, and the locations next inside it."""

    location: Location
    parent: Location | None
    children: tuple[Location, ...]
    child_counts: Mapping[int, InsideCount]
    has_more_children: bool
    count: InsideCount
    held: Page[HeldRow]
    lots: tuple[LotAtRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLocations:
    """Look at a page of the locations in use: all, those inside one, or those that match."""

    typed: str = ""
    inside: Reference | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationsListed:
    """A page of the locations in use by path, and what each holds with all inside it."""

    page: Page[Location]
    counts: Mapping[int, InsideCount]
    typed: str = ""
    inside: Location | None = None


@query(permission="stock.view")
async def get_location(books: Books, request: GetLocation) -> LocationShown:
    """Show the stock at a location and inside it, summed by item."""
    location = await books.locations.require_reference(request.location)
    parent = await books.locations.get_by_id(location.parent_id) if location.parent_id else None
    children = await books.locations.find_all(
        parent_id=location.id, archived_at=None, order_by="path_key", limit=MAX_CHILDREN + 1
    )
    held = await books.stock.page_inside(
        location, after=request.after, before=request.before, limit=_ITEM_ROWS
    )
    shown = children[:MAX_CHILDREN]
    tracked = [row.item_id for row in held.rows if row.tracking != UNTRACKED]
    return LocationShown(
        location=location,
        parent=parent,
        children=tuple(shown),
        child_counts={each.id: await books.stock.count_inside(each) for each in shown},
        has_more_children=len(children) > MAX_CHILDREN,
        count=await books.stock.count_inside(location),
        held=held,
        lots=tuple(await books.stock.lots_at(tracked, [location.id])) if tracked else (),
    )


@query(permission="stock.view")
async def list_locations(books: Books, request: ListLocations) -> LocationsListed:
    """List the locations in use by path."""
    typed = clean_text(request.typed, field="query", limit=MAX_REFERENCE)[:MAX_QUERY].strip()
    inside = None
    if request.inside is not None:
        inside = await books.locations.require_reference(request.inside)
        page = await books.locations.paginate(
            after=request.after,
            before=request.before,
            order_by="path_key",
            archived_at=None,
            parent_id=inside.id,
        )
    else:
        page = await books.locations.paginate_found(
            typed, after=request.after, before=request.before
        )
    counts = {row.id: await books.stock.count_inside(row) for row in page.rows}
    return LocationsListed(page=page, counts=counts, typed=typed, inside=inside)
