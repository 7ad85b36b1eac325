"""What let items fall by the records of earlier versions, which do not say it: worked out."""

from bot.database.models import AuditEvent
from bot.database.unit import Books
from bot.domain.quantities import ZERO
from bot.domain.requests import reserved_by
from bot.services.availability import read_availability, read_today


async def list_fallen_by_moves(books: Books, event: AuditEvent) -> frozenset[int]:
    """Return the items that were above their reorder point before a record, and not after it.

    By its moves and what its lines hold back; what was reserved or used up later counts as if it
    had been by then.
    """
    moves = await books.stock.moves_of_record(event.record)
    reserved = reserved_by(event.detail)
    found = await books.items.get_many(sorted({move.item_id for move in moves} | reserved.keys()))
    items = {item.id: item for item in found.values() if item.reorder_point is not None}
    today = await read_today(books)
    stock = await read_availability(books, list(items.values()), today)
    after = {item_id: stock[item_id].usable - stock[item_id].reserved for item_id in items}
    change = {item_id: -reserved.get(item_id, ZERO) for item_id in items}
    for move in await books.stock.changes_since(sorted(items), event.record, today):
        net = move.quantity if move.is_in else -move.quantity
        if move.record == event.record:
            change[move.item_id] += net
        else:
            after[move.item_id] -= net
    return frozenset(
        item_id
        for item_id, item in items.items()
        if after[item_id] - change[item_id] > (item.reorder_point or ZERO) >= after[item_id]
    )
