"""Looking at prices: what holds and what is to come, and how an item's prices changed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.database.controllers.base import Page
from bot.database.controllers.price_statements import ListedPriceRow
from bot.database.models import Item, Supplier
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.prices.finding import list_members


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPrices:
    """Look at a page of prices, of one supplier, one item or all; cursors are prices."""

    supplier: Reference | None = None
    item: Reference | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesListed:
    """One page of prices that hold or are to come, the newest first."""

    page: Page[ListedPriceRow]
    today: date
    supplier: Supplier | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPriceHistory:
    """Look at how the prices of an item changed; cursors are prices."""

    item: Reference
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceHistoryListed:
    """One page of an item's prices, the last to begin first, and what was paid for it last."""

    item: Item
    page: Page[ListedPriceRow]
    today: date
    last_paid: tuple[Decimal, str] | None = None


@query(permission="price.view")
async def list_prices(books: Books, request: ListPrices) -> PricesListed:
    """List the prices that hold today or later."""
    supplier = item = None
    if request.supplier is not None:
        supplier = await books.suppliers.require_reference(request.supplier)
    if request.item is not None:
        item = await books.items.require_reference(request.item)
    today = await read_today(books)
    page = await books.supplier_prices.page_current(
        today,
        supplier_id=supplier.id if supplier else None,
        item_id=item.id if item else None,
        members=(await list_members(books, [item.id]))[item.id] if item else (),
        after=request.after,
        before=request.before,
    )
    return PricesListed(page=page, today=today, supplier=supplier, item=item)


@query(permission="price.view")
async def list_price_history(books: Books, request: ListPriceHistory) -> PriceHistoryListed:
    """List all prices of an item that ever held or are to come."""
    item = await books.items.require_reference(request.item)
    members = await list_members(books, [item.id])
    page = await books.supplier_prices.page_history(
        members[item.id], after=request.after, before=request.before
    )
    return PriceHistoryListed(
        item=item,
        page=page,
        today=await read_today(books),
        last_paid=await books.stock_counts.find_unit_cost(item.id),
    )
