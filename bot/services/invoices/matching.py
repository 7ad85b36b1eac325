"""The three-way match of an invoice, and disputing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.models import Invoice
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.invoice_matching import (
    BilledLine,
    InvoiceDiffers,
    agrees_in_total,
    match_lines,
    sum_of,
)
from bot.domain.invoices import NoLinesYet
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.stock import Reference
from bot.services.documents.changing import DocumentChange, change_document, require_step
from bot.services.invoices.billing import find_ordered, is_agreed
from bot.services.invoices.documents import INVOICE_TYPE, InvoicedLine, name_lines, total_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchInvoice:
    """Compare an invoice with what was ordered and received."""

    invoice: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeInvoice:
    """Say that an invoice is wrong, and why."""

    invoice: Reference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareDispute:
    """Ask for the form that disputes an invoice."""

    invoice_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatched:
    """An invoice that agrees with what was ordered and received."""

    record: int
    invoice_id: int
    label: str
    lines: int
    total: str


@operation("invoice.match", permission="invoice.edit")
async def match_invoice(uow: UnitOfWork, request: MatchInvoice) -> InvoiceMatched:
    """Match an invoice; raises NoLinesYet, and InvoiceDiffers with every difference."""
    invoice = await uow.invoices.require_reference(request.invoice)
    require_step(uow, INVOICE_TYPE, invoice, "match")
    lines = await name_lines(uow, await uow.invoice_lines.list_of(invoice.id))
    if not lines:
        raise NoLinesYet(invoice.supplier_number, invoice.id)
    await _require_agreed(uow, invoice, lines)
    changed = await change_document(
        uow,
        INVOICE_TYPE,
        invoice,
        "matched",
        step="match",
        change=DocumentChange(values={"reason": ""}),
    )
    return InvoiceMatched(
        record=changed.record,
        invoice_id=invoice.id,
        label=invoice.supplier_number,
        lines=len(lines),
        total=str(total_of(invoice)),
    )


@query(permission="invoice.edit", is_shown=False)
async def prepare_dispute(books: Books, request: PrepareDispute) -> str:
    """Return what an invoice is called that can be disputed; raises IllegalStep."""
    invoice = await books.invoices.require(request.invoice_id)
    require_step(books, INVOICE_TYPE, invoice, "dispute")
    return invoice.supplier_number


@operation("invoice.dispute", permission="invoice.edit")
async def dispute_invoice(uow: UnitOfWork, request: DisputeInvoice) -> Changed:
    """Dispute an invoice: nothing of it is paid until it is matched."""
    invoice = await uow.invoices.require_reference(request.invoice)
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    return await change_document(
        uow,
        INVOICE_TYPE,
        invoice,
        "disputed",
        step="dispute",
        change=DocumentChange(values={"reason": reason}),
        changes=[Change("reason", "", reason)],
    )


async def _require_agreed(uow: UnitOfWork, invoice: Invoice, lines: Sequence[InvoicedLine]) -> None:
    billed = [
        BilledLine(
            number=line.number,
            sku=line.sku,
            item_unit=line.item_unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            factor=line.factor,
            key=line.key,
        )
        for line in lines
    ]
    keys = {line.key for line in lines if line.key is not None}
    ordered = await find_ordered(uow, invoice, keys, is_agreed)
    tolerance = (await uow.guilds.require()).match_tolerance_percent
    matched = match_lines(billed, ordered, tolerance)
    total, added = total_of(invoice), sum_of(billed, invoice.currency)
    has_its_total = agrees_in_total(total, billed, tolerance)
    if not has_its_total or any(each.faults for each in matched):
        raise InvoiceDiffers(
            invoice.supplier_number,
            invoice.id,
            invoice.currency,
            matched,
            total,
            total if has_its_total else added,
        )
