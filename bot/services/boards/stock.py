"""What boards show of stock: what there is, and what is down to its reorder point."""

from bot.database.controllers.orders import OnOrder
from bot.database.models import Item, Location
from bot.database.unit import Books
from bot.domain.availability import Availability
from bot.domain.boards import MAX_BOARD_ROWS, urgency
from bot.domain.orders import count_missing
from bot.domain.quantities import ZERO
from bot.services.availability import read_availability, read_today
from bot.services.boards.shown import LowRow, StockRow
from bot.services.orders.on_order import read_on_order

_ITEMS_AT_ONCE = 1000
# A board is read after every change: of more watched items than these it shows a part, and says so.
_MAX_WATCHED = 5000


async def read_stock(books: Books, location: Location | None) -> tuple[list[StockRow], int, bool]:
    """Return what there is at a location, or of the items that need attention first."""
    if location is not None:
        return await _read_held(books, location)
    watched, is_cut = await _read_watched(books)
    first = watched[:MAX_BOARD_ROWS]
    rows = [_stock_row(item, stock) for item, stock in first]
    others = await _list_others(books, {item.id for item, _ in watched})
    fill = others[: MAX_BOARD_ROWS - len(rows)]
    stock = await read_availability(books, fill)
    rows += [_stock_row(item, stock[item.id]) for item in fill]
    # A guild's items are never counted: whether there are more is enough.
    return rows, len(watched) + len(fill), is_cut or len(others) > len(fill)


async def read_low(books: Books, location: Location | None) -> tuple[list[LowRow], int, bool]:
    """Return what is at its reorder point or below, the most urgent first."""
    assert location is None, "a reorder point is of an item everywhere"
    watched, is_cut = await _read_watched(books)
    low = [
        (item, stock)
        for item, stock in watched
        if stock.usable - stock.reserved <= (item.reorder_point or ZERO)
    ]
    first = low[:MAX_BOARD_ROWS]
    ids = [item.id for item, _ in first]
    orders = await read_on_order(books, ids) if ids else {}
    rows = [_low_row(item, stock, orders.get(item.id)) for item, stock in first]
    return rows, len(low), is_cut


async def _read_held(books: Books, location: Location) -> tuple[list[StockRow], int, bool]:
    page = await books.stock.page_inside(location, limit=MAX_BOARD_ROWS)
    totals = await books.stock.totals([row.item_id for row in page.rows]) if page.rows else {}
    rows = [
        StockRow(
            item_id=row.item_id,
            sku=row.sku,
            name=row.name,
            unit=row.unit,
            quantity=row.quantity,
            in_all=totals.get(row.item_id, row.quantity),
        )
        for row in page.rows
    ]
    return rows, (await books.stock.count_inside(location)).items, False


async def _read_watched(books: Books) -> tuple[list[tuple[Item, Availability]], bool]:
    """Return the items with a reorder point, what is lowest first, and whether some are left out.

    Items that share a part of their point stay in the order of their SKUs, so that what did not
    change is not drawn in another order.
    """
    found: list[tuple[Item, Availability]] = []
    today, after, is_cut = await read_today(books), 0, False
    while True:
        items = await books.items.page_watched(after, _ITEMS_AT_ONCE)
        stock = await read_availability(books, items, today)
        found += [(item, stock[item.id]) for item in items]
        if len(items) < _ITEMS_AT_ONCE:
            break
        if len(found) >= _MAX_WATCHED:
            is_cut = True
            break
        after = items[-1].id
    return sorted(found, key=_by_need), is_cut


def _by_need(pair: tuple[Item, Availability]) -> tuple[object, str]:
    item, stock = pair
    return urgency(stock.usable - stock.reserved, item.reorder_point or ZERO), item.sku_key


async def _list_others(books: Books, watched: set[int]) -> list[Item]:
    """List the first items without a reorder point by their SKUs, one more than there is room."""
    wanted = MAX_BOARD_ROWS + 1
    items = await books.items.find_all(
        archived_at=None, order_by="sku_key", limit=wanted + len(watched)
    )
    return [item for item in items if item.id not in watched][:wanted]


def _low_row(item: Item, stock: Availability, ordered: OnOrder | None) -> LowRow:
    ordered = ordered or OnOrder(item.id, ZERO, ZERO, ZERO, ZERO)
    left = stock.usable - stock.reserved
    missing = count_missing(item.reorder_point, item.reorder_target, left, ordered.total)
    return LowRow(
        item_id=item.id,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        available=stock.available,
        point=item.reorder_point or ZERO,
        target=item.reorder_target,
        coming=ordered.coming,
        approved=ordered.approved,
        pending=ordered.pending,
        drafted=ordered.drafted,
        is_enough=not missing,
    )


def _stock_row(item: Item, stock: Availability) -> StockRow:
    return StockRow(
        item_id=item.id,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        quantity=stock.on_hand,
        available=stock.available,
        point=item.reorder_point,
        target=item.reorder_target,
    )
