"""How the prices of an item went: what suppliers ask, by day, and what was paid."""

from dataclasses import dataclass
from datetime import date

from bot.database.controllers.price_statements import PaidRow
from bot.database.models import Item, SupplierPrice
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.conversions import FurtherUnit
from bot.domain.periods import day_of
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.prices.finding import list_members, own_last


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPriceCourse:
    """Look at all prices of an item."""

    item: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCourse:
    """The prices of an item, the names of their suppliers, and what was paid, by days."""

    item: Item
    prices: list[SupplierPrice]
    suppliers: dict[int, str]
    units: list[FurtherUnit]
    paid: list[tuple[date, PaidRow]]
    today: date


@query(permission="price.view", is_shown=False)
async def get_price_course(books: Books, request: GetPriceCourse) -> PriceCourse:
    """Read the prices of an item as they are drawn."""
    item = await books.items.require_reference(request.item)
    members = await list_members(books, [item.id])
    prices = await books.supplier_prices.list_of(members[item.id])
    suppliers = await books.suppliers.get_many(sorted({each.supplier_id for each in prices}))
    paid = await books.supplier_prices.list_paid(item.id)
    zone = (await books.guilds.require()).timezone
    return PriceCourse(
        item=item,
        prices=own_last(prices, item.id),
        suppliers={number: row.name for number, row in suppliers.items()},
        units=await books.item_units.list_of(item.id),
        paid=[(day_of(row.at, zone), row) for row in paid],
        today=await read_today(books),
    )
