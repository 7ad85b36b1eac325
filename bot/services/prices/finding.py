"""What items cost by a supplier's price list."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.database.unit import Books
from bot.domain.names import key_of
from bot.domain.prices import Offered, Price, choose_price


async def find_prices(
    books: Books,
    supplier_id: int,
    wanted: Sequence[tuple[int, Decimal]],
    day: date,
    currency: str | None = None,
) -> list[Price | None]:
    """Return the prices by a supplier's list for many items and quantities, in two statements."""
    item_ids = sorted({item_id for item_id, _quantity in wanted})
    offers: dict[int, list[Offered]] = {}
    for offer in await books.supplier_prices.list_of_items(supplier_id, item_ids):
        offers.setdefault(offer.item_id, []).append(offer)
    units = await books.item_units.list_of_items(sorted(offers)) if offers else {}
    factors = {
        item_id: {key_of(each.unit): each.factor for each in units.get(item_id, ())}
        for item_id in offers
    }
    return [
        choose_price(offers[item_id], factors[item_id], day, quantity, currency)
        if item_id in offers
        else None
        for item_id, quantity in wanted
    ]
