"""What orders still bring of items, that of items merged into them included."""

from collections.abc import Sequence

from bot.database.controllers.orders import OnOrder
from bot.database.unit import Books


async def read_on_order(books: Books, item_ids: Sequence[int]) -> dict[int, OnOrder]:
    """Return what is on order of items, by item; one of a merged item is of this one."""
    into = await books.item_merges.find_members(item_ids)
    found: dict[int, OnOrder] = {}
    for each in (await books.order_lines.list_on_order(sorted(into))).values():
        item_id = into[each.item_id]
        before = found.get(item_id)
        sums = each[1:] if before is None else map(sum, zip(before[1:], each[1:], strict=True))
        found[item_id] = OnOrder(item_id, *sums)
    return found
