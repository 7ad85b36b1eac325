"""What of a supplier's orders was received and billed: for forms, typed lines and the match."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from bot.database.controllers.invoices import OrderedRow
from bot.database.models import Invoice
from bot.database.unit import Books
from bot.domain.documents import ORDER
from bot.domain.invoice_matching import LineKey, OrderedLine
from bot.domain.invoices import AGREED, VOID
from bot.domain.quantities import ZERO


def is_entered(status: str) -> bool:
    """Whether lines of a bill of this status are left out of forms for others."""
    return status != VOID


def is_agreed(status: str) -> bool:
    """Whether a bill of this status is to be paid, so that no other can ask for the same."""
    return status in AGREED


async def list_unbilled(
    books: Books, invoice: Invoice, limit: int
) -> list[tuple[int, OrderedLine]]:
    """List what was received from a supplier and entered in no other bill, with its items' ids."""
    rows = await books.invoice_lines.list_unbilled(
        invoice.supplier_id, invoice.currency, invoice.id, limit
    )
    lines = await _with_billed(books, rows, invoice.id, is_entered)
    return [(row.item_id, line) for row, line in zip(rows, lines, strict=True)]


async def list_ordered(
    books: Books, invoice: Invoice, item_ids: Collection[int], counts: Callable[[str], bool]
) -> list[tuple[int, OrderedLine]]:
    """List what was ordered of some items, with what other bills of some statuses ask for.

    What was ordered of an item that was merged into one of these was ordered of this one.
    """
    into = await books.item_merges.find_members(item_ids)
    rows = await books.invoice_lines.list_ordered(
        invoice.supplier_id, invoice.currency, sorted(into)
    )
    lines = await _with_billed(books, rows, invoice.id, counts)
    return [(into[row.item_id], line) for row, line in zip(rows, lines, strict=True)]


async def find_ordered(
    books: Books, invoice: Invoice, keys: Collection[LineKey], counts: Callable[[str], bool]
) -> dict[LineKey, OrderedLine]:
    """Return lines of orders by their keys, whatever their items were merged into since."""
    rows = await books.invoice_lines.list_of_orders(
        invoice.supplier_id, invoice.currency, {key.order_id for key in keys}
    )
    lines = await _with_billed(books, rows, invoice.id, counts)
    return {line.key: line for line in lines if line.key in keys}


async def _with_billed(
    books: Books, rows: Sequence[OrderedRow], invoice_id: int, counts: Callable[[str], bool]
) -> list[OrderedLine]:
    billed = dict.fromkeys((LineKey(row.order_id, row.line) for row in rows), ZERO)
    order_ids = sorted({row.order_id for row in rows})
    for each in await books.invoice_lines.sum_billed(order_ids, invoice_id):
        if counts(each.status):
            key = LineKey(each.order_id, each.order_line)
            billed[key] = billed.get(key, ZERO) + each.quantity
    return [replace(line, billed_elsewhere=billed[line.key]) for line in map(_read, rows)]


def _read(row: OrderedRow) -> OrderedLine:
    return OrderedLine(
        key=LineKey(row.order_id, row.line),
        order=ORDER.label(row.order_number),
        ordered=row.quantity,
        received=row.received,
        unit=row.unit,
        unit_price=ZERO if row.unit_price is None else row.unit_price,
        factor=row.factor,
    )
