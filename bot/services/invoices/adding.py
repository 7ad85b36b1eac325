"""Entering an invoice: each number of a supplier once, in whatever way it is written."""

import base64
from dataclasses import dataclass
from typing import Any

from bot.database.models import AuditEvent, Invoice, Supplier
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.documents import PAYMENT
from bot.domain.invoice_files import KeptFile
from bot.domain.invoices import (
    VOID,
    InvoiceExists,
    PaymentsUnderWay,
    clean_number,
    number_key,
)
from bot.domain.money_text import read_total
from bot.domain.stock import Reference
from bot.errors import InvalidValue, NotFound
from bot.services.availability import read_past_day
from bot.services.documents.changing import (
    DocumentChange,
    apply_change,
    change_document,
    open_document,
    require_step,
)
from bot.services.invoices.documents import INVOICE_TYPE, total_of
from bot.services.reversing import Restored, restores

_ADDED = "invoice.added"
_VOIDED = "invoice.voided"

declare_actions(_ADDED, reversal=Reversal.RESTORED, way_back="invoice void")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddInvoice:
    """Enter a supplier's bill; `total` and `dated_on` are as they were typed."""

    supplier: Reference
    number: str
    total: str
    dated_on: str = ""
    file: KeptFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAdded:
    """A bill that was entered."""

    record: int
    invoice_id: int
    label: str
    supplier: str
    total: str
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidInvoice:
    """Make a bill void that was entered wrongly; `version` is the one that the actor saw."""

    invoice_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GetInvoiceFile:
    """Look at the file of a bill."""

    invoice_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFileFound:
    """A bill's file."""

    label: str
    name: str
    content: bytes


@operation("invoice.add", permission="invoice.edit")
async def add_invoice(uow: UnitOfWork, request: AddInvoice) -> InvoiceAdded:
    """Enter a supplier's bill; raises InvoiceExists for a number that was entered before."""
    supplier = await uow.suppliers.require_reference(request.supplier)
    number = clean_number(request.number)
    total = read_total(request.total, (await uow.guilds.require()).currency)
    if not total.amount:
        raise InvalidValue(field="total", reason="not_positive")
    dated_on = None
    if request.dated_on.strip():
        dated_on = await read_past_day(uow, request.dated_on)
    await _require_new(uow, supplier, number)
    changes = [Change("supplier", "", supplier.name), Change("total", "", str(total))]
    if dated_on is not None:
        changes.append(Change("date", "", dated_on.isoformat()))
    others: dict[tuple[str, int], dict[str, Any]] = {}
    invoice_id = uow.scope.next_id()
    if request.file is not None:
        changes.append(Change("file", "", request.file.name))
        others["invoice file", invoice_id] = {"hash": request.file.content_hash}
    invoice, changed = await open_document(
        uow,
        INVOICE_TYPE,
        "added",
        values={
            "id": invoice_id,
            "supplier_id": supplier.id,
            "supplier_number": number,
            "number_key": number_key(number),
            "currency": total.currency,
            "total": total.amount,
            "dated_on": dated_on,
        },
        lines=(),
        changes=changes,
        others=others,
        subjects=[("supplier", supplier.id)],
    )
    await _keep_file(uow, invoice.id, request.file)
    return InvoiceAdded(
        record=changed.record,
        invoice_id=invoice.id,
        label=number,
        supplier=supplier.name,
        total=str(total),
        file=request.file.name if request.file else "",
    )


@operation("invoice.void", permission="invoice.edit")
async def void_invoice(uow: UnitOfWork, request: VoidInvoice) -> Changed:
    """Make a bill void: its number may be entered again. Raises PaymentsUnderWay."""
    invoice = await uow.invoices.require(request.invoice_id)
    await _require_unpaid(uow, invoice)
    return await change_document(
        uow, INVOICE_TYPE, invoice, "voided", step="void", version=request.version
    )


@restores(_ADDED)
async def take_out(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Make a bill void whose entering is reversed; raises PaymentsUnderWay, IllegalStep."""
    invoice = await uow.invoices.require(event.subject_id or 0)
    await _require_unpaid(uow, invoice)
    status = require_step(uow, INVOICE_TYPE, invoice, "void")
    values = {"status": status, "version": invoice.version + 1}
    contents = await apply_change(uow, INVOICE_TYPE, invoice, values, DocumentChange())
    changes = (Change("status", invoice.status, status),)
    return Restored(_VOIDED, changes=changes, subject=invoice.supplier_number, contents=contents)


@query(permission="price.view", is_sensitive=True)
async def get_invoice_file(books: Books, request: GetInvoiceFile) -> InvoiceFileFound:
    """Return the file of a bill; raises NotFound."""
    invoice = await books.invoices.require(request.invoice_id)
    found = await books.invoice_files.get_by_id(invoice.id)
    if found is None:
        raise NotFound("invoice file")
    return InvoiceFileFound(label=invoice.supplier_number, name=found.name, content=found.content)


async def _require_new(uow: UnitOfWork, supplier: Supplier, number: str) -> None:
    """Raise InvoiceExists with the first bill of this number, unless that is void."""
    known = await uow.invoices.find_all(supplier_id=supplier.id, number_key=number_key(number))
    for first in known:
        if first.status != VOID:
            raise InvoiceExists(
                value=first.supplier_number,
                supplier=supplier.name,
                status=first.status,
                invoice_id=first.id,
                total=total_of(first),
                made_by=first.made_by,
                made_at=first.made_at,
            )


async def _require_unpaid(uow: UnitOfWork, invoice: Invoice) -> None:
    if live := await uow.payments.list_live(invoice.id):
        labels = tuple(PAYMENT.label(each.number) for each in live)
        raise PaymentsUnderWay(invoice.supplier_number, labels)


async def _keep_file(uow: UnitOfWork, invoice_id: int, file: KeptFile | None) -> None:
    if file is not None:
        await uow.invoice_files.create(
            invoice_id=invoice_id,
            name=file.name,
            media_type=file.media_type,
            content=base64.b64decode(file.content),
            content_hash=file.content_hash,
        )
