"""Orders and requests under way, line by line, the latest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from bot.database.models import PurchaseOrder, Request
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.documents import ORDER, REQUEST
from bot.domain.orders import UNDER_WAY as ORDERS_UNDER_WAY
from bot.domain.requests import UNDER_WAY
from bot.services.orders.documents import name_orders
from bot.services.reports.listed import Reading, declare_list
from bot.services.valuation import MAY_REPORT

_DOCUMENTS_AT_ONCE: Final = 100


class OrdersRow(NamedTuple):
    """A line of an order under way; `days_late` is of its promised day, if that is over."""

    order: str
    supplier: str
    status: str
    promised_on: date | None
    days_late: int | None
    sku: str
    name: str
    ordered: Decimal
    received: Decimal
    to_come: Decimal
    unit: str


class RequestsRow(NamedTuple):
    """A line of a request under way; what is short is neither picked nor reserved."""

    request: str
    wanted_for: str
    status: str
    needed_by: date | None
    days_late: int | None
    sku: str
    name: str
    wanted: Decimal
    picked: Decimal
    reserved: Decimal
    short: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOpen:
    """Ask for the newest documents of a status, below a number."""

    kind: str
    status: str
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLines:
    """Read what is open of the lines of some documents."""

    documents: tuple[Any, ...]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSuppliers:
    """Ask for the suppliers of orders."""

    documents: tuple[Any, ...]


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def list_open(books: Books, request: ListOpen) -> tuple[list[Any], int | None]:
    """Return the next documents of a status, and the number to read on below."""
    documents: Any = books.orders if request.kind == ORDER.noun else books.requests
    page = await documents.page_newest(
        request.status, after=request.after, limit=_DOCUMENTS_AT_ONCE
    )
    return list(page.rows), page.rows[-1].number if page.has_next else None


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_open_orders(books: Books, request: ReadLines) -> list[OrdersRow]:
    """Return what is still to come of some orders."""
    orders: Sequence[PurchaseOrder] = request.documents
    names = await name_orders(books, orders)
    by_order = await _read_lines(books.order_lines, [order.id for order in orders])
    items = await _name_items(books, by_order)
    rows = []
    for order in orders:
        promised = order.promised_on
        head = (ORDER.label(order.number), names[order.id], order.status, promised)
        for line in by_order[order.id]:
            left = line.quantity - line.received
            if left > 0:
                item = items[line.item_id]
                shown = (item.sku, item.name, line.quantity, line.received, left, item.unit)
                rows.append(OrdersRow(*head, _late(promised, request.today), *shown))
    return rows


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_open_requests(books: Books, request: ReadLines) -> list[RequestsRow]:
    """Return what of some requests was not picked yet."""
    requests: Sequence[Request] = request.documents
    by_request = await _read_lines(books.request_lines, [each.id for each in requests])
    items = await _name_items(books, by_request)
    rows = []
    for each in requests:
        head = (REQUEST.label(each.number), each.wanted_for, each.status, each.needed_by)
        for line in by_request[each.id]:
            if line.quantity > line.picked:
                item, late = items[line.item_id], _late(each.needed_by, request.today)
                figures = (line.quantity, line.picked, line.reserved)
                short = line.quantity - line.picked - line.reserved
                shown = (item.sku, item.name, *figures, short, item.unit)
                rows.append(RequestsRow(*head, late, *shown))
    return rows


async def _read_lines(lines: Any, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {each: [] for each in ids}
    for line in await lines.list_of_many(ids):
        found[getattr(line, lines.document_key)].append(line)
    return found


async def _name_items(books: Books, lines: dict[int, list[Any]]) -> dict[int, Any]:
    ids = {line.item_id for each in lines.values() for line in each}
    return await books.items.get_current(ids)


def _late(day: date | None, today: date) -> int | None:
    return (today - day).days if day is not None and day < today else None


async def _list_all(reading: Reading, kind: str, statuses: frozenset[str]) -> list[Any]:
    """Return all documents of some statuses; each once, whatever step it took meanwhile."""
    found: dict[int, Any] = {}
    for status in sorted(statuses):
        after: int | None = None
        while True:
            request = ListOpen(kind=kind, status=status, after=after)
            rows, after = await reading.db.query(list_open, request, reading.actor)
            found |= {row.id: row for row in rows}
            if after is None:
                break
    return list(found.values())


async def _read_in_pieces(
    reading: Reading, read: Any, documents: list[Any]
) -> AsyncIterator[list[Any]]:
    today = reading.scope.ledger.day
    for at in range(0, len(documents), _DOCUMENTS_AT_ONCE):
        piece = tuple(documents[at : at + _DOCUMENTS_AT_ONCE])
        yield await reading.db.query(read, ReadLines(documents=piece, today=today), reading.actor)


async def _read_orders(reading: Reading) -> AsyncIterator[list[OrdersRow]]:
    orders = await _list_all(reading, ORDER.noun, ORDERS_UNDER_WAY)
    naming = NameSuppliers(documents=tuple(orders))
    names = await reading.db.query(name_suppliers, naming, reading.actor)
    today = reading.scope.ledger.day

    def key(order: PurchaseOrder) -> tuple[Any, ...]:
        late = _late(order.promised_on, today)
        return late is None, -(late or 0), names[order.id].casefold(), order.number

    async for rows in _read_in_pieces(reading, read_open_orders, sorted(orders, key=key)):
        yield rows


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def name_suppliers(books: Books, request: NameSuppliers) -> dict[int, str]:
    """Return the suppliers of orders, by the orders' ids."""
    return dict(await name_orders(books, request.documents))


async def _read_requests(reading: Reading) -> AsyncIterator[list[RequestsRow]]:
    requests = await _list_all(reading, REQUEST.noun, UNDER_WAY)

    def key(each: Request) -> tuple[Any, ...]:
        return each.needed_by is None, each.needed_by or date.max, each.number

    async for rows in _read_in_pieces(reading, read_open_requests, sorted(requests, key=key)):
        yield rows


def _sort(row: Any) -> str:
    return "open" if row.days_late is None else "late"


# What was open on a day is not kept, and documents are of all locations.
ORDERS: Final = declare_list(
    "orders", OrdersRow, _read_orders, sort_of=_sort, needs=("order.view",)
)
REQUESTS: Final = declare_list(
    "requests", RequestsRow, _read_requests, sort_of=_sort, needs=("request.view",)
)
