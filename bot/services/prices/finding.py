"""What an item costs from a supplier: by the price list, and what was paid last."""

from datetime import date
from decimal import Decimal

from bot.database.unit import Books
from bot.domain.names import key_of
from bot.domain.prices import Price, choose_price


async def find_price(
    books: Books,
    supplier_id: int,
    item_id: int,
    quantity: Decimal,
    day: date,
    currency: str | None = None,
) -> Price | None:
    """Return the price by a supplier's list for a quantity in the item's own unit, or None."""
    offers = await books.supplier_prices.list_of(item_id, supplier_id)
    if not offers:
        return None
    units = await books.item_units.list_of(item_id)
    factors = {key_of(each.unit): each.factor for each in units}
    return choose_price(offers, factors, day, quantity, currency)
