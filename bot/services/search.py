"""Finding: what a word may mean, where it is, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.database.controllers.candidates import MAX_MATCHES
from bot.database.controllers.stock_rows import MoveRow
from bot.database.models import Item, Location, Lot
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.message_links import RecordLinks
from bot.domain.names import MAX_REFERENCE, clean_text
from bot.domain.stock import Reference
from bot.errors import Candidate, NotFound
from bot.services.item_pages import GetItem, ItemShown, get_item
from bot.services.location_pages import GetLocation, LocationShown, get_location
from bot.services.lots import GetLot, LotShown, get_lot
from bot.services.record_links import locate_records
from bot.services.suggestions import (
    SuggestedItem,
    SuggestedLocation,
    find_exact,
    suggest_items,
    suggest_locations,
)

MAX_GUESSES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FindStock:
    """Look for an item or a location by what was typed."""

    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLot:
    """A lot, and the item that it is of."""

    lot: Lot
    sku: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFound:
    """The one item, location or lot that was meant, or those that it may have been.

    There may be more of those than fit: `typed` narrows `/item list` to all of them.
    """

    typed: str = ""
    item: ItemShown | None = None
    location: LocationShown | None = None
    items: tuple[SuggestedItem, ...] = ()
    locations: tuple[SuggestedLocation, ...] = ()
    lot: LotShown | None = None
    lots: tuple[FoundLot, ...] = ()

    @property
    def has_more_items(self) -> bool:
        """Whether more items may match than were looked at."""
        return len(self.items) >= MAX_MATCHES

    @property
    def has_more_locations(self) -> bool:
        """Whether more locations may match than were looked at."""
        return len(self.locations) >= MAX_MATCHES


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
    inside: tuple[str, ...] = ()  # the paths of those inside the location, whose moves are theirs
    links: RecordLinks = field(default_factory=dict)


@query(permission="stock.view")
async def find_stock(books: Books, request: FindStock) -> StockFound:
    """Find what was typed: exactly, or all that begins like it or contains it.

    What only resembles it is no answer: raises NotFound with it as suggestions.
    """
    typed = clean_text(request.typed, field="query", limit=MAX_REFERENCE, required=True)
    items, locations = await find_exact(books, typed)
    lots = await _in_use(books, await books.lots.find_exact(typed))
    if not items and not locations and not lots:
        items = await suggest_items(books, typed, with_archived=True)
        locations = await suggest_locations(books, typed, with_archived=True)
        guesses = _guesses(items, locations)
        items = [each for each in items if not each.is_guess]
        locations = [each for each in locations if not each.is_guess]
        matches = await books.lots.match(typed, with_guesses=False)
        lots = matches.rows[:MAX_MATCHES]
        if not items and not locations and not lots:
            raise NotFound("item or location", typed, guesses)
    item = location = lot = None
    if len(items) + len(locations) + len(lots) == 1:
        if lots:
            lot = await get_lot(books, GetLot(item=lots[0].item_id, lot=lots[0].id))
        elif items:
            item = await get_item(books, GetItem(item=items[0].item.id))
        else:
            location = await get_location(books, GetLocation(location=locations[0].location.id))
    return StockFound(
        typed=typed,
        item=item,
        location=location,
        items=tuple(items),
        locations=tuple(locations),
        lot=lot,
        lots=await _with_items(books, lots),
    )


async def _in_use(books: Books, lots: list[Lot]) -> list[Lot]:
    """Leave out the lots of archived items, such as those that a merge joined with others."""
    if len(lots) < 2:  # noqa: PLR2004  # one alone is what was asked for
        return lots
    items = await books.items.get_many(list({lot.item_id for lot in lots}))
    return [lot for lot in lots if items[lot.item_id].archived_at is None] or lots


async def _with_items(books: Books, lots: Sequence[Lot]) -> tuple[FoundLot, ...]:
    if not lots:
        return ()
    items = await books.items.get_many(list({lot.item_id for lot in lots}))
    return tuple(
        FoundLot(lot=lot, sku=items[lot.item_id].sku, name=items[lot.item_id].name) for lot in lots
    )


def _guesses(
    items: Sequence[SuggestedItem], locations: Sequence[SuggestedLocation]
) -> tuple[Candidate, ...]:
    """Return what resembles the text, a few of each kind."""
    found = [
        Candidate("item", row.id, row.sku, row.name, each.held, row.unit)
        for each in items[:MAX_GUESSES]
        for row in [each.item]
    ]
    places = [each.location for each in locations[:MAX_GUESSES]]
    return (*found, *(Candidate("location", row.id, row.path) for row in places))


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
        merged_ids=await books.item_merges.list_all(item.id) if item else (),
        before=request.before,
        after=request.after,
    )
    inside = await books.locations.list_inside(location.path_key) if location else []
    return HistoryListed(
        inside=tuple(each.path for each in inside if each.archived_at is None),
        moves=tuple(moves),
        has_older=has_more if not request.after else True,
        has_newer=has_more if request.after else request.before is not None,
        item=item,
        location=location,
        member_id=request.member_id,
        links=await locate_records(books, [move.record for move in moves]),
    )
