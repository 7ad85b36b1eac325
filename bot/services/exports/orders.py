"""Orders as files have them: a row for each line."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.database.models import Item, OrderLine, PurchaseOrder
from bot.database.unit import Books
from bot.domain.documents import ORDER
from bot.domain.line_amounts import line_amount
from bot.services.exports.rows import Cell, Row, exactly
from bot.services.orders.documents import name_orders

ORDER_HEADINGS: Final = (
    *("order", "status", "supplier", "date", "promised_for", "note"),
    *("sku", "name", "quantity", "unit", "received"),
    *("price", "price_unit", "currency", "amount"),
)
ORDER_PRICED: Final = 4
# A quantity of three places by a price of six: rounded lines would not add up to the total.
_PLACES: Final = 9


async def read_order_rows(books: Books, orders: Sequence[PurchaseOrder]) -> list[Row]:
    """Return the rows of orders, in four statements however many they are."""
    names = await name_orders(books, orders)
    lines: dict[int, list[OrderLine]] = {order.id: [] for order in orders}
    for line in await books.order_lines.list_of_many(sorted(lines)):
        lines[line.order_id].append(line)
    item_ids = {line.item_id for each in lines.values() for line in each}
    items = await books.items.get_current(item_ids)
    rows: list[Row] = []
    for order in orders:
        promised = order.promised_on
        head: tuple[Cell, ...] = (
            ORDER.label(order.number),
            order.status,
            names[order.id],
            order.made_at.date().isoformat(),
            "" if promised is None else promised.isoformat(),
            order.note,
        )
        rows += [
            (*head, *_goods(line, items[line.item_id]), *_price(line, items[line.item_id], order))
            for line in lines[order.id]
        ]
    return rows


def _goods(line: OrderLine, item: Item) -> tuple[Cell, ...]:
    return item.sku, item.name, line.quantity, item.unit, line.received


def _price(line: OrderLine, item: Item, order: PurchaseOrder) -> tuple[Cell, ...]:
    """Return the price, of what it is one, its currency, and what the line costs exactly."""
    per = line.unit or item.unit
    if line.unit_price is None:
        return None, per, order.currency, None
    exact = line_amount(line.unit_price, line.quantity, line.factor)
    amount = Decimal(round(exact * 10**_PLACES)).scaleb(-_PLACES)
    return exactly(line.unit_price), per, order.currency, exactly(amount)
