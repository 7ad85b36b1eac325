"""Finding: what a word may mean, where it is, and what happened to it."""

from dataclasses import dataclass

from bot.database.controllers.stock import MoveRow
from bot.database.models import Item, Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.names import MAX_REFERENCE, clean_text
from bot.domain.stock import Reference
from bot.errors import NotFound
from bot.services.items import GetItem, ItemShown, get_item
from bot.services.locations import GetLocation, LocationShown, get_location

MAX_FOUND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FindStock:
    """Look for an item or a location by what was typed."""

    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFound:
    """The one item or location that was meant, or all that it may have been."""

    item: ItemShown | None = None
    location: LocationShown | None = None
    items: tuple[Item, ...] = ()
    locations: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHistory:
    """Look at moves, the newest first; turned pages start from a (record, line)."""

    item: Reference | None = None
    location: Reference | None = None
    member_id: int | None = None
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryListed:
    """One page of moves, what it was narrowed to, and whether there is more on either side."""

    moves: tuple[MoveRow, ...]
    has_older: bool
    has_newer: bool
    item: Item | None
    location: Location | None
    member_id: int | None


@query(permission="stock.view")
async def find_stock(books: Books, request: FindStock) -> StockFound:
    """Find what was typed: exactly, or whatever begins like it."""
    typed = clean_text(request.typed, field="query", limit=MAX_REFERENCE, required=True)
    item = await books.items.find_by_name(typed)
    location = await books.locations.find_by_name(typed)
    if item is None and location is None:
        items = (await books.items.search(typed))[:MAX_FOUND]
        locations = (await books.locations.search(typed))[:MAX_FOUND]
        if len(items) + len(locations) != 1:
            if not items and not locations:
                raise NotFound("item or location", wanted=typed)
            return StockFound(items=tuple(items), locations=tuple(locations))
        item = items[0] if items else None
        location = locations[0] if locations else None
    return StockFound(
        item=await get_item(books, GetItem(item=item.id)) if item else None,
        location=await get_location(books, GetLocation(location=location.id)) if location else None,
    )


@query(permission="stock.view")
async def list_history(books: Books, request: ListHistory) -> HistoryListed:
    """List moves of an item, at a location, by a person, or of all."""
    item = location = None
    if request.item is not None:
        item = await books.items.require_reference(request.item)
    if request.location is not None:
        location = await books.locations.require_reference(request.location)
    moves, has_more = await books.stock.history(
        item_id=item.id if item else None,
        location_id=location.id if location else None,
        actor_id=request.member_id,
        before=request.before,
        after=request.after,
    )
    return HistoryListed(
        moves=tuple(moves),
        has_older=has_more if not request.after else True,
        has_newer=has_more if request.after else request.before is not None,
        item=item,
        location=location,
        member_id=request.member_id,
    )
