"""The catalogue's items to look at: one with its stock, or a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.database.controllers.base import Page
from bot.database.controllers.item_details import ItemDetails
from bot.database.controllers.lot_levels import LotAtRow
from bot.database.controllers.stock_pages import LevelRow
from bot.database.models import Item, ItemImage
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.names import MAX_QUERY, MAX_REFERENCE, clean_text
from bot.domain.stock import UNTRACKED, Reference
from bot.services.availability import read_availability, read_today

# With the buttons of each they fit a page beside those of the item.
_LEVEL_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class GetItem:
    """Show an item and its stock; turned pages start from a location."""

    item: Reference
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """An item with a page of its stock by location, the largest level first.

    `total` is the stock at all physical locations together, and `available` what of it may be
    taken; `may_move` is whether this person may take and put.
    """

    item: Item
    levels: Page[LevelRow]
    total: Decimal
    details: ItemDetails = field(default_factory=ItemDetails)
    image: ItemImage | None = None
    available: Decimal | None = None
    lots: tuple[LotAtRow, ...] = ()
    may_manage: bool = False
    may_move: bool = False

    @property
    def is_low(self) -> bool:
        """Whether it is time to reorder."""
        left = self.total if self.available is None else self.available
        return is_low(left, self.item.reorder_point)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItems:
    """Look at a page of the items in use, narrowed to words that begin as typed."""

    typed: str = ""
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsListed:
    """One page of items by SKU, what is in stock of each, and what it was narrowed to.

    Without stock.view nothing is said about stock.
    """

    page: Page[Item]
    typed: str
    held: Mapping[int, Decimal] | None = None


@query(permission="item.view")
async def get_item(books: Books, request: GetItem) -> ItemShown:
    """Show an item and its stock."""
    item = await books.items.require_reference(request.item)
    levels = await books.stock.page_of_item(
        item.id, after=request.after, before=request.before, limit=_LEVEL_ROWS
    )
    is_tracked = item.tracking != UNTRACKED
    # The day matters to lots alone.
    today = await read_today(books) if is_tracked else books.now.date()
    stock = (await read_availability(books, [item], today))[item.id]
    places = [level.location_id for level in levels.rows]
    details = await books.items.list_details(item.id)
    may_manage = books.rights.holds("item.manage")
    return ItemShown(
        item=item,
        levels=levels,
        total=stock.on_hand,
        available=stock.available,
        lots=tuple(await books.stock.lots_at([item.id], places)) if is_tracked else (),
        details=details,
        image=await books.item_images.get_by_id(item.id) if details.has_image else None,
        may_manage=may_manage,
        may_move=books.rights.holds("stock.move") and item.archived_at is None,
    )


@query(permission="item.view")
async def list_items(books: Books, request: ListItems) -> ItemsListed:
    """List the items in use by SKU."""
    typed = clean_text(request.typed, field="query", limit=MAX_REFERENCE)[:MAX_QUERY].strip()
    page = await books.items.paginate_found(typed, after=request.after, before=request.before)
    held = None
    if books.rights.holds("stock.view"):
        totals = await books.stock.totals([item.id for item in page.rows])
        held = {item.id: totals.get(item.id, Decimal(0)) for item in page.rows}
    return ItemsListed(page=page, typed=typed, held=held)


def is_low(total: Decimal, reorder_point: Decimal | None) -> bool:
    """Whether this stock is at the reorder point or below."""
    return reorder_point is not None and total <= reorder_point
