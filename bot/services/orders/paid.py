"""What was last paid for items, and whom: for what was merged into them as well."""

from collections.abc import Sequence

from bot.database.controllers.orders import BEYOND, PaidBefore
from bot.database.unit import Books


async def read_last_paid(
    books: Books,
    item_ids: Sequence[int],
    currency: str | None = None,
    *,
    supplier_id: int | None = None,
    before: int = BEYOND,
) -> dict[int, PaidBefore]:
    """Return what was last paid by item, in one currency, to one supplier, or any."""
    into = await books.item_merges.find_members(item_ids)
    paid = await books.order_lines.list_paid(
        sorted(into), currency, supplier_id=supplier_id, before=before
    )
    newest: dict[int, PaidBefore] = {}
    # Of one order that has both, what was paid for the item itself.
    for each in sorted(
        paid.values(), key=lambda each: (each.order_id, into[each.item_id] == each.item_id)
    ):
        newest[into[each.item_id]] = each
    return newest
