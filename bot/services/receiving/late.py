"""Orders past their promised date, as the digest of a day and its list say them."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.database.operations import query
from bot.database.unit import Books
from bot.services.availability import read_today
from bot.services.digest import MAX_ROWS, contributes
from bot.services.orders.documents import name_orders


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOrder:
    """An order that has not come in full, and the day before today for which it was promised."""

    id: int
    label: str
    status: str
    supplier: str
    promised_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOrders:
    """The first orders that are late, the oldest promise first."""

    rows: tuple[LateOrder, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLateOrders:
    """Ask which orders are late today."""


@query(permission="order.view")
async def list_late_orders(books: Books, request: ListLateOrders) -> LateOrders:
    """List the orders that are late."""
    del request
    return await read_late(books, await read_today(books))


async def find_first_late_day(books: Books, today: date) -> date | None:
    """Find the day after the first for which something was promised."""
    del today
    found = await books.orders.list_late(date.max, 1)
    promised_on = found[0].promised_on if found else None
    return None if promised_on is None else promised_on + timedelta(days=1)


@contributes(find_first_late_day)
async def find_late_orders(books: Books, today: date) -> LateOrders | None:
    """Find the orders that were promised for a day that is over."""
    found = await read_late(books, today)
    return found if found.rows else None


async def read_late(books: Books, today: date) -> LateOrders:
    """Return the orders that are late on a day."""
    found = await books.orders.list_late(today, MAX_ROWS + 1)
    names = await name_orders(books, found)
    rows = tuple(
        LateOrder(
            id=order.id,
            label=books.orders.label_of(order),
            status=order.status,
            supplier=names[order.id],
            promised_on=order.promised_on,
        )
        for order in found[:MAX_ROWS]
        if order.promised_on is not None
    )
    return LateOrders(rows=rows, has_more=len(found) > MAX_ROWS)
