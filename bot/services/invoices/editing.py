"""The lines of an invoice: a form filled with what was received and not billed yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.database.models import Invoice, InvoiceLine
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change
from bot.domain.conversions import FurtherUnit, is_as_before
from bot.domain.invoices import MAX_LINES
from bot.domain.line_amounts import add_up
from bot.domain.money import Money, format_unit_price
from bot.domain.orders import count_units
from bot.domain.prices import Price, restate
from bot.domain.receiving import unit_cost_of
from bot.domain.stock import Reference
from bot.errors import NothingToDo
from bot.services.documents.changing import (
    DocumentChange,
    change_document,
    require_step,
    require_version,
)
from bot.services.invoices.billing import list_unbilled
from bot.services.invoices.documents import INVOICE_TYPE, InvoicedLine, name_lines, total_of
from bot.services.invoices.reading import read_billed

_ONE: Final = Decimal("1.000000")
_COLUMNS = ("item_id", "quantity", "unit", "factor", "unit_price", "order_id", "order_line")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareInvoiceLines:
    """Ask for the form with the lines of an invoice."""

    invoice: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """A line as the form has it: in the unit that it was typed or ordered in."""

    sku: str
    quantity: Decimal
    unit: str
    price: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLinesPrepared:
    """What the form is filled with, as of a version of the invoice."""

    invoice_id: int
    version: int
    label: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditInvoiceLines:
    """Let the lines of an invoice be these; `version` is the one that the actor saw."""

    invoice_id: int
    version: int
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEdited:
    """An invoice with its new lines, what they add up to, and its total."""

    record: int
    invoice_id: int
    label: str
    currency: str
    lines: tuple[InvoicedLine, ...]
    sum: Money
    total: Money


@query(permission="invoice.edit", is_shown=False)
async def prepare_invoice_lines(books: Books, request: PrepareInvoiceLines) -> InvoiceLinesPrepared:
    """Return the lines that an invoice has, else what was received and is not billed yet."""
    invoice = await books.invoices.require_reference(request.invoice)
    require_step(books, INVOICE_TYPE, invoice, "edit")
    rows = await books.invoice_lines.list_of(invoice.id)
    lines = await (_list_entered(books, invoice, rows) if rows else _list_offered(books, invoice))
    return InvoiceLinesPrepared(
        invoice_id=invoice.id,
        version=invoice.version,
        label=invoice.supplier_number,
        lines=tuple(lines),
    )


@operation("invoice.lines", permission="invoice.edit")
async def edit_invoice_lines(uow: UnitOfWork, request: EditInvoiceLines) -> InvoiceEdited:
    """Change what an invoice bills; one that was matched has to be matched again."""
    invoice = await uow.invoices.require(request.invoice_id)
    require_version(INVOICE_TYPE, invoice, request.version)
    require_step(uow, INVOICE_TYPE, invoice, "edit")
    rows = await read_billed(uow, invoice, request.lines)
    before = await uow.invoice_lines.list_of(invoice.id)
    if [{name: getattr(row, name) for name in _COLUMNS} for row in before] == rows:
        raise NothingToDo("invoice", invoice.supplier_number)
    changed = await change_document(
        uow,
        INVOICE_TYPE,
        invoice,
        "edited",
        step="edit",
        change=DocumentChange(removed=[row.line for row in before], added=rows),
        changes=[Change("lines", _count(before), _count(rows))],
    )
    return await _answer(uow, invoice, changed.record)


async def _answer(uow: UnitOfWork, invoice: Invoice, record: int) -> InvoiceEdited:
    after = await uow.invoice_lines.list_of(invoice.id)
    return InvoiceEdited(
        record=record,
        invoice_id=invoice.id,
        label=invoice.supplier_number,
        currency=invoice.currency,
        lines=await name_lines(uow, after),
        sum=add_up(after, invoice.currency),
        total=total_of(invoice),
    )


async def _list_entered(
    books: Books, invoice: Invoice, rows: Sequence[InvoiceLine]
) -> list[FormLine]:
    """Return the lines that an invoice has."""
    lines = await name_lines(books, rows)
    units = await books.item_units.list_of_items(sorted({line.item_id for line in lines}))
    return [
        _write(
            line.sku,
            line.quantity,
            Price(line.unit_price, invoice.currency, line.unit, line.factor),
            line.order,
            units.get(line.item_id, ()),
        )
        for line in lines
    ]


async def _list_offered(books: Books, invoice: Invoice) -> list[FormLine]:
    """Return what was received and is not billed yet."""
    unbilled = await list_unbilled(books, invoice, MAX_LINES)
    items = await books.items.get_current({item_id for item_id, _line in unbilled})
    units = await books.item_units.list_of_items(sorted({item.id for item in items.values()}))
    return [
        _write(
            item.sku,
            line.unbilled,
            Price(line.unit_price, invoice.currency, line.unit, line.factor),
            line.order,
            units.get(item.id, ()),
        )
        for item_id, line in unbilled
        for item in [items[item_id]]
    ]


def _count(lines: Sequence[object]) -> str:
    return str(len(lines)) if lines else ""


def _write(
    sku: str, quantity: Decimal, price: Price, order: str, units: Iterable[FurtherUnit]
) -> FormLine:
    """Write a line in the unit of its price, or in the item's own where that is not exact.

    A unit that is another one by now is not written either, and the price of one of the item's
    own unit has six places then.
    """
    is_same = is_as_before(units, price.unit, price.factor)
    count = count_units(quantity, price.factor) if is_same else None
    if count is not None:
        return FormLine(sku=sku, quantity=count, unit=price.unit, price=_amount(price), order=order)
    each = restate(price, "", _ONE)
    text = _amount(each)
    if each.unit:
        cost = unit_cost_of(price.amount, price.factor, None)
        text = f"{text}/{each.unit}" if is_same else _amount(replace(price, amount=cost))
    return FormLine(sku=sku, quantity=quantity, unit="", price=text, order=order)


def _amount(price: Price) -> str:
    """Write a price without its currency, which is the invoice's."""
    return format_unit_price(price.amount, price.currency).rpartition(" ")[0]
