"""What is to be ordered: how much of which items, and from whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.database.models import Item, Supplier, SupplierPrice
from bot.database.unit import Books
from bot.domain.approvals import APPROVED
from bot.domain.names import key_of
from bot.domain.orders import count_missing
from bot.domain.prices import Price, choose_price
from bot.domain.quantities import ZERO
from bot.services.availability import read_availability, read_today
from bot.services.orders.on_order import read_on_order
from bot.services.orders.paid import read_last_paid
from bot.services.prices.finding import list_members, own_last

_MAX_SUPPLIERS: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """How much of an item is to be ordered, in its own unit, and from which supplier if known."""

    item: Item
    quantity: Decimal
    supplier_id: int | None = None
    currency: str | None = None


async def find_missing(books: Books, items: Sequence[Item]) -> dict[int, Decimal]:
    """Return how much is to be ordered of items that are down to their reorder points, by id.

    What is reserved is not available; what orders still bring, or are to bring, is not missing.
    """
    watched = [item for item in items if item.reorder_point is not None and not item.archived_at]
    stock = await read_availability(books, watched)
    orders = await read_on_order(books, [item.id for item in watched])
    missing = {}
    for item in watched:
        ordered = orders.get(item.id)
        on_order = ordered.total if ordered else ZERO
        available = stock[item.id].usable - stock[item.id].reserved
        quantity = count_missing(item.reorder_point, item.reorder_target, available, on_order)
        if quantity:
            missing[item.id] = quantity
    return missing


async def find_needed(books: Books, items: Mapping[int, Item], *, by_price: bool) -> list[Needed]:
    """Return what is to be ordered of some items, each from the supplier that suits.

    That is the one with the cheapest price in the guild's currency, or the one of the last order.
    """
    missing = await find_missing(books, list(items.values()))
    last = await read_last_paid(books, sorted(missing))
    members = await list_members(books, missing) if by_price else {}
    approvals: dict[int, bool] = {}
    found = []
    for item_id, quantity in missing.items():
        source: tuple[int, str] | None = None
        if by_price:
            offers = await books.supplier_prices.list_of(members[item_id])
            offers = own_last(offers, item_id)
            source = await _find_cheapest(books, item_id, offers, quantity, approvals)
        paid = last.get(item_id)
        if source is None and paid and await _is_approved(books, paid.supplier_id, approvals):
            source = (paid.supplier_id, paid.currency)
        supplier_id, currency = source or (None, None)
        found.append(
            Needed(
                item=items[item_id], quantity=quantity, supplier_id=supplier_id, currency=currency
            )
        )
    return found


async def list_approved_suppliers(books: Books) -> Sequence[Supplier]:
    """Return the first suppliers by name that can be ordered from."""
    page = await books.suppliers.paginate_by_status(APPROVED, limit=_MAX_SUPPLIERS)
    return page.rows


async def _find_cheapest(
    books: Books,
    item_id: int,
    offers: Sequence[SupplierPrice],
    quantity: Decimal,
    approvals: dict[int, bool],
) -> tuple[int, str] | None:
    if not offers:
        return None
    units = await books.item_units.list_of(item_id)
    factors = {key_of(each.unit): each.factor for each in units}
    today, currency = await read_today(books), (await books.guilds.require()).currency
    best: tuple[Price, int] | None = None
    for supplier_id in sorted({offer.supplier_id for offer in offers}):
        own = [offer for offer in offers if offer.supplier_id == supplier_id]
        price = choose_price(own, factors, today, quantity, currency)
        if price is None or not await _is_approved(books, supplier_id, approvals):
            continue
        if best is None or price.each < best[0].each:
            best = (price, supplier_id)
    return None if best is None else (best[1], best[0].currency)


async def _is_approved(books: Books, supplier_id: int, known: dict[int, bool]) -> bool:
    if supplier_id not in known:
        approval = await books.approvals.require("supplier", supplier_id)
        known[supplier_id] = approval.status == APPROVED
    return known[supplier_id]
