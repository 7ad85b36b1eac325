"""The lines of an order as those who receive it see them: what is still to come, and no prices."""

from dataclasses import dataclass
from decimal import Decimal

from bot.database.models import Item, OrderLine, PurchaseOrder
from bot.database.unit import Books
from bot.domain.conversions import is_as_before
from bot.domain.orders import AWAITED
from bot.domain.receiving import NothingAwaited, OpenLine, limit_of
from bot.services.orders.documents import ORDER_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedLine(OpenLine):
    """A line of an order with its item; an item that was merged since is what it is now.

    `pack` is how much of the item's own unit one `pack_unit` is, if it was ordered in another.
    """

    item_id: int
    sku: str
    name: str
    unit: str
    tracking: str
    pack_unit: str = ""
    pack: Decimal = Decimal(1)
    # As it was ordered: by that name two lines of what is one item by now are told apart.
    ordered_id: int = 0
    ordered_sku: str = ""


def require_awaited(books: Books, order: PurchaseOrder) -> None:
    """Raise NothingAwaited unless goods of the order may come in."""
    if order.status not in AWAITED:
        raise NothingAwaited(ORDER_TYPE.documents(books).label_of(order), order.status)


async def read_awaited(books: Books, order_id: int) -> tuple[AwaitedLine, ...]:
    """Return the lines of an order, those that came in included."""
    return await name_awaited(books, await books.order_lines.list_of(order_id))


async def name_awaited(books: Books, rows: list[OrderLine]) -> tuple[AwaitedLine, ...]:
    """Return lines of an order with their items and limits of now."""
    percent = (await books.guilds.require()).over_delivery_percent
    items = await books.items.get_current([row.item_id for row in rows])
    ordered = await books.items.get_many([row.item_id for row in rows])
    packs = {row.line: await _read_pack(books, row, items[row.item_id]) for row in rows}
    return tuple(
        AwaitedLine(
            number=row.line,
            quantity=row.quantity,
            received=row.received,
            limit=limit_of(row.quantity, percent),
            item_id=item.id,
            sku=item.sku,
            name=item.name,
            unit=item.unit,
            tracking=item.tracking,
            pack_unit=row.unit if packs[row.line] else "",
            pack=packs[row.line] or Decimal(1),
            ordered_id=row.item_id,
            ordered_sku=ordered[row.item_id].sku,
        )
        for row in rows
        for item in [items[row.item_id]]
    )


async def _read_pack(books: Books, row: OrderLine, item: Item) -> Decimal | None:
    """Return how much one of the line's unit is, if the item still has that unit."""
    if not row.unit:
        return None
    units = await books.item_units.list_of(item.id)
    return row.factor if is_as_before(units, row.unit, row.factor) else None
