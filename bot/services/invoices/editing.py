"""The lines of an invoice: a form filled with what was received and not billed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.database.models import Invoice
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change
from bot.domain.invoice_matching import OrderedLine
from bot.domain.invoices import MAX_LINES
from bot.domain.line_amounts import add_up, price_each
from bot.domain.money import UNIT_PRICE_PLACES, Money, format_unit_price
from bot.domain.quantities import PLACES
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
    if rows:
        lines = [_written(invoice, each) for each in await name_lines(books, rows)]
    else:
        unbilled = await list_unbilled(books, invoice, MAX_LINES)
        items = await books.items.get_current({item_id for item_id, _line in unbilled})
        lines = [_offered(invoice, items[item_id].sku, line) for item_id, line in unbilled]
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


def _count(lines: Sequence[object]) -> str:
    return str(len(lines)) if lines else ""


def _written(invoice: Invoice, line: InvoicedLine) -> FormLine:
    return FormLine(
        sku=line.sku,
        quantity=line.typed_quantity,
        unit=line.unit,
        price=_price(line.unit_price, invoice.currency),
        order=line.order,
    )


def _offered(invoice: Invoice, sku: str, line: OrderedLine) -> FormLine:
    """Write what is not billed yet, in the unit of the order if that is exact."""
    quantity, unit, price = line.unbilled / line.factor, line.unit, line.unit_price
    if quantity != round(quantity, PLACES):
        each = price_each(line.unit_price, line.factor)
        quantity, unit = line.unbilled, ""
        price = Decimal(round(each * 10**UNIT_PRICE_PLACES)).scaleb(-UNIT_PRICE_PLACES)
    return FormLine(
        sku=sku,
        quantity=quantity,
        unit=unit,
        price=_price(price, invoice.currency),
        order=line.order,
    )


def _price(amount: Decimal, currency: str) -> str:
    """Write a price without its currency, which is the invoice's."""
    return format_unit_price(amount, currency).rpartition(" ")[0]
