"""What can be exported: tables, each read page by page from the books."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.documents import REQUEST
from bot.domain.imports import NotImported
from bot.domain.names import NOTHING
from bot.domain.virtual_locations import is_virtual
from bot.services.exports.items import ITEM_HEADINGS, read_item_rows
from bot.services.exports.orders import ORDER_HEADINGS, ORDER_PRICED, read_order_rows
from bot.services.exports.rows import Row, exactly
from bot.services.supplier_facts import facts_of

# Rows of one read: a piece holds the connection for well under a second.
_PIECE: Final = 1000
_IN_FULL: Final = ("supplier.propose", "supplier.approve")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPiece:
    """Read the next rows of a table, behind where the last piece ended."""

    kind: str
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some rows, and where to read on; None behind the last."""

    rows: list[Row]
    after: Any = None

    def cut(self, width: int) -> "Piece":
        """Return the first columns alone."""
        return replace(self, rows=[row[:width] for row in self.rows])


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table as files have it: its headings, the permission beside `stock.export`, its rows.

    The last `priced` columns are for those who may see prices.
    """

    headings: tuple[str, ...]
    permission: str
    read: Callable[[Books, Any], Awaitable[Piece]]
    priced: int = 0

    def width(self, books: Books) -> int:
        """Return how many columns the actor gets."""
        hidden = 0 if books.rights.holds("price.view") else self.priced
        return len(self.headings) - hidden


@query(permission="stock.export", is_shown=False, is_sensitive=True)
async def read_headings(books: Books, kind: str) -> tuple[str, ...]:
    """Return the headings of a table that the actor gets."""
    table = TABLES[kind]
    return table.headings[: table.width(books)]


@query(permission="stock.export", is_shown=False, is_heavy=True, is_sensitive=True)
async def read_piece(books: Books, request: ReadPiece) -> Piece:
    """Read the next rows of a table."""
    table = TABLES[request.kind]
    books.require_permission(table.permission)
    piece = await table.read(books, request.after)
    width = table.width(books)
    return piece if width == len(table.headings) else piece.cut(width)


def require_tables(kind: str) -> dict[str, ExportTable]:
    """Return the tables of a kind by their names; raises NotImported for one that is not yet."""
    if kind == "everything":
        return TABLES
    if kind not in TABLES:
        raise NotImported(kind)
    return {kind: TABLES[kind]}


async def read_table(db: DatabaseService, kind: str, actor: Actor) -> AsyncIterator[list[Row]]:
    """Yield the rows of a table, piece by piece."""
    after = None
    while True:
        piece = await db.query(read_piece, ReadPiece(kind=kind, after=after), actor)
        yield piece.rows
        if piece.after is None:
            return
        after = piece.after


async def _items(books: Books, after: str | None) -> Piece:
    found = await books.file_rows.page_items(after or "", _PIECE)
    rows = await read_item_rows(books, found)
    return Piece(rows=rows, after=found[-1].sku_key if len(found) == _PIECE else None)


async def _stock(books: Books, after: str | None) -> Piece:
    found = await books.file_rows.page_items(after or "", _PIECE)
    levels: dict[int, list[Any]] = {}
    for level in await books.file_rows.list_levels([each.id for each in found]):
        levels.setdefault(level.item_id, []).append(level)
    rows: list[Row] = []
    for item in found:
        own = sorted(levels.get(item.id, ()), key=lambda level: (level.path, level.lot or ""))
        for level in own:
            expiry = "" if level.expires_on is None else level.expires_on.isoformat()
            shown = (item.sku, item.name, item.unit, level.path, level.quantity)
            rows.append((*shown, level.lot or "", expiry))
    return Piece(rows=rows, after=found[-1].sku_key if len(found) == _PIECE else None)


async def _moves(books: Books, after: tuple[int, int] | None) -> Piece:
    found = await books.file_rows.page_moves(after or (0, 0), _PIECE)
    rows: list[Row] = [
        (
            each.record,
            each.line,
            each.at.isoformat(timespec="seconds"),
            str(each.actor_id),
            each.action,
            each.sku,
            each.quantity,
            each.unit,
            each.lot or "",
            each.source,
            each.target,
            each.reverses,
        )
        for each in found
    ]
    last = (found[-1].record, found[-1].line) if len(found) == _PIECE else None
    return Piece(rows=rows, after=last)


async def _locations(books: Books, after: int | None) -> Piece:
    page = await books.locations.paginate(after=after, limit=_PAGE)
    rows: list[Row] = []
    for row in page.rows:
        if is_virtual(row.id) or row.archived_at is not None:
            continue
        above = row.path[: -len(row.name)].removesuffix(" \u203a ")
        rows.append((row.name, above, row.kind))
    return Piece(rows=rows, after=page.rows[-1].id if page.has_next else None)


async def _suppliers(books: Books, after: int | None) -> Piece:
    page = await books.suppliers.paginate(after=after, limit=_PAGE)
    is_masked = not any(books.rights.holds(name) for name in _IN_FULL)
    approvals = await books.approvals.find_many("supplier", [row.id for row in page.rows])
    rows: list[Row] = []
    for row in page.rows:
        facts = facts_of(row, is_masked=is_masked)
        status = approvals[row.id].status if row.id in approvals else ""
        rows.append((*facts.values(), status))
    return Piece(rows=rows, after=page.rows[-1].id if page.has_next else None)


async def _requests(books: Books, after: int | None) -> Piece:
    page = await books.requests.paginate(after=after, limit=_REQUESTS)
    rows: list[Row] = []
    for each in page.rows:
        head = (
            REQUEST.label(each.number),
            each.status,
            each.wanted_for,
            "" if each.needed_by is None else each.needed_by.isoformat(),
            each.note,
        )
        lines = await books.request_lines.list_of(each.id)
        items = await books.items.get_many([line.item_id for line in lines])
        for line in lines:
            item = items[line.item_id]
            figures = (line.quantity, item.unit, line.picked, line.reserved)
            rows.append((*head, item.sku, *figures))
    return Piece(rows=rows, after=page.rows[-1].id if page.has_next else None)


async def _orders(books: Books, after: int | None) -> Piece:
    page = await books.orders.paginate(after=after, limit=_REQUESTS)
    last = page.rows[-1].id if page.has_next else None
    return Piece(rows=await read_order_rows(books, page.rows), after=last)


async def _prices(books: Books, after: int | None) -> Piece:
    found = await books.supplier_prices.page_exported(after or 0, _PIECE)
    rows: list[Row] = [
        (
            each.supplier,
            each.sku,
            NOTHING if each.amount is None else exactly(each.amount),
            each.currency,
            each.unit or each.item_unit,
            each.min_quantity or None,
            each.valid_from.isoformat(),
        )
        for each in found
    ]
    return Piece(rows=rows, after=found[-1].id if len(found) == _PIECE else None)


_PAGE: Final = 500
# Each is two more statements.
_REQUESTS: Final = 100
TABLES: Final = {
    "items": ExportTable(ITEM_HEADINGS, "item.view", _items),
    "stock": ExportTable(
        ("sku", "name", "unit", "place", "quantity", "lot", "expiry"), "stock.view", _stock
    ),
    "moves": ExportTable(
        (
            "record",
            "line",
            "at",
            "actor_id",
            "action",
            "sku",
            "quantity",
            "unit",
            "lot",
            "from",
            "to",
            "reverses",
        ),
        "stock.view",
        _moves,
    ),
    "locations": ExportTable(("name", "inside", "kind"), "stock.view", _locations),
    "requests": ExportTable(
        (
            "request",
            "status",
            "for",
            "needed_by",
            "note",
            "sku",
            "quantity",
            "unit",
            "picked",
            "reserved",
        ),
        "request.view",
        _requests,
    ),
    "orders": ExportTable(ORDER_HEADINGS, "order.view", _orders, priced=ORDER_PRICED),
    "prices": ExportTable(
        ("supplier", "sku", "price", "currency", "unit", "min_quantity", "valid_from"),
        "price.view",
        _prices,
    ),
    "suppliers": ExportTable(
        ("name", "email", "phone", "tax_id", "note", "status"), "supplier.view", _suppliers
    ),
}
