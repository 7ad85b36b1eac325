"""Which orders goods may come in of, for those who receive them: a device chooses among them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.orders import AWAITED
from bot.services.receiving.lines import name_awaited
from bot.services.receiving.preparing import MAY_RECEIVE

MAX_AWAITED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAwaited:
    """Ask which orders are awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """How much is still to come of an item, in its own unit."""

    item_id: int
    sku: str
    left: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAwaited:
    """An order with what is still to come of it, without prices."""

    label: str
    supplier: str
    promised_on: date | None
    lines: tuple[LineLeft, ...]


@query(permission=MAY_RECEIVE, is_shown=False)
async def list_awaited(books: Books, request: ListAwaited) -> tuple[OrderAwaited, ...]:
    """List the newest orders that goods may come in of, the oldest of them first."""
    del request
    pages = [
        await books.orders.page_newest(status, limit=MAX_AWAITED) for status in sorted(AWAITED)
    ]
    orders = [each for page in pages for each in page.rows]
    orders = sorted(orders, key=lambda each: each.number)[-MAX_AWAITED:]
    rows = await books.order_lines.list_of_many([each.id for each in orders])
    named = await name_awaited(books, rows) if rows else ()
    suppliers = await books.suppliers.get_many([each.supplier_id for each in orders])
    lines: dict[int, list[LineLeft]] = {each.id: [] for each in orders}
    for row, line in zip(rows, named, strict=True):
        if line.left:
            left = LineLeft(item_id=line.item_id, sku=line.sku, left=line.left, unit=line.unit)
            lines[row.order_id].append(left)
    return tuple(
        OrderAwaited(
            label=books.orders.label_of(each),
            supplier=suppliers[each.supplier_id].name,
            promised_on=each.promised_on,
            lines=tuple(lines[each.id]),
        )
        for each in orders
    )
