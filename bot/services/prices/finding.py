"""What items cost by a supplier's price list."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from bot.database.models import SupplierPrice
from bot.database.unit import Books
from bot.domain.names import key_of
from bot.domain.prices import Price, choose_price


async def list_members(books: Books, item_ids: Collection[int]) -> dict[int, list[int]]:
    """Return items, each with itself and all that were merged into it."""
    members: dict[int, list[int]] = {}
    for member, item_id in sorted((await books.item_merges.find_members(item_ids)).items()):
        members.setdefault(item_id, []).append(member)
    return members


def own_last(offers: Iterable[SupplierPrice], item_id: int) -> list[SupplierPrice]:
    """Return an item's own prices behind those of what was merged into it: they hold, of one day.

    What was offered for a merged item is offered for this one.
    """
    return sorted(offers, key=lambda each: each.item_id == item_id)


async def find_prices(
    books: Books,
    supplier_id: int,
    wanted: Sequence[tuple[int, Decimal]],
    day: date,
    currency: str | None = None,
) -> list[Price | None]:
    """Return the prices by a supplier's list for many items and quantities, in few statements."""
    into = await books.item_merges.find_members({item_id for item_id, _quantity in wanted})
    offers: dict[int, list[SupplierPrice]] = {}
    for offer in await books.supplier_prices.list_of_items(supplier_id, sorted(into)):
        offers.setdefault(into[offer.item_id], []).append(offer)
    units = await books.item_units.list_of_items(sorted(offers)) if offers else {}
    factors = {
        item_id: {key_of(each.unit): each.factor for each in units.get(item_id, ())}
        for item_id in offers
    }
    return [
        choose_price(own_last(offers[item_id], item_id), factors[item_id], day, quantity, currency)
        if item_id in offers
        else None
        for item_id, quantity in wanted
    ]
