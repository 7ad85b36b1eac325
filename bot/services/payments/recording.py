"""Recording that an approved payment was made, and reversing that; the invoice follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.database.models import Invoice
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.names import clean_text
from bot.domain.payments import MAX_REFERENCE, RECORD, REVERSE
from bot.domain.stock import Reference
from bot.services.approvals.deciding import revise
from bot.services.availability import read_past_day, read_today
from bot.services.documents.changing import DocumentChange, require_step, require_version
from bot.services.invoices.documents import INVOICE_TYPE, read_balance
from bot.services.payments.deciding import PAYMENT_KIND
from bot.services.payments.documents import (
    PAYMENT_TYPE,
    amount_of,
    require_payable,
    subject_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment:
    """Say that a payment was made: the bank's reference, and the day, today if empty."""

    payment: Reference
    reference: str
    paid_on: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment:
    """Say that a payment came back, or was never made, and why."""

    payment: Reference
    reason: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparePayment:
    """Ask for the form that records or reverses a payment, as of a version of it."""

    payment_id: int
    version: int


@query(permission="payment.execute", is_shown=False)
async def prepare_recording(books: Books, request: PreparePayment) -> str:
    """Return what a payment is called that can be recorded; raises StaleVersion, IllegalStep."""
    return await _prepare(books, request, "record")


@query(permission="payment.execute", is_shown=False)
async def prepare_reversal(books: Books, request: PreparePayment) -> str:
    """Return what a payment is called that can be reversed; raises StaleVersion, IllegalStep."""
    return await _prepare(books, request, "reverse")


@operation("payment.record", permission="payment.execute")
async def record_payment(uow: UnitOfWork, request: RecordPayment) -> Changed:
    """Record an approved payment; raises IllegalStep for one that was not approved."""
    payment = await uow.payments.require_reference(request.payment)
    require_version(PAYMENT_TYPE, payment, request.version)
    require_step(uow, PAYMENT_TYPE, payment, "record")
    reference = clean_text(request.reference, field="reference", limit=MAX_REFERENCE, required=True)
    typed = request.paid_on.strip()
    paid_on = await read_past_day(uow, typed) if typed else await read_today(uow)
    invoice = await uow.invoices.require(payment.invoice_id)
    await require_payable(uow, invoice)
    balance = await read_balance(uow, invoice)
    is_all = balance.unpaid == amount_of(payment)
    return await revise(
        uow,
        PAYMENT_KIND,
        await subject_of(uow, payment.id),
        RECORD,
        [
            Change("amount", "", str(amount_of(payment))),
            Change("reference", "", reference),
            Change("paid on", "", paid_on.isoformat()),
        ],
        rows=DocumentChange(
            values={"reference": reference, "paid_on": paid_on},
            others=await _move_invoice(uow, invoice, "settle" if is_all else "pay"),
        ),
    )


@operation("payment.reverse", permission="payment.execute")
async def reverse_payment(uow: UnitOfWork, request: ReversePayment) -> Changed:
    """Take a payment that was recorded off its invoice; the amount is open again."""
    payment = await uow.payments.require_reference(request.payment)
    require_version(PAYMENT_TYPE, payment, request.version)
    require_step(uow, PAYMENT_TYPE, payment, "reverse")
    invoice = await uow.invoices.require(payment.invoice_id)
    balance = await read_balance(uow, invoice)
    is_none_left = balance.paid == amount_of(payment)
    others = await _move_invoice(uow, invoice, "reopen" if is_none_left else "owe")
    return await revise(
        uow,
        PAYMENT_KIND,
        await subject_of(uow, payment.id),
        REVERSE,
        [Change("amount", str(amount_of(payment)), "")],
        reason=request.reason,
        rows=DocumentChange(others=others),
    )


async def _prepare(books: Books, request: PreparePayment, step: str) -> str:
    payment = await books.payments.require(request.payment_id)
    require_version(PAYMENT_TYPE, payment, request.version)
    require_step(books, PAYMENT_TYPE, payment, step)
    return books.payments.label_of(payment)


async def _move_invoice(
    uow: UnitOfWork, invoice: Invoice, step: str
) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """Take a step of an invoice within the record of a payment, and return what that sets."""
    status = require_step(uow, INVOICE_TYPE, invoice, step)
    values = {"status": status, "version": invoice.version + 1}
    await uow.invoices.update_by_id(invoice.id, **values)
    return {("invoice", invoice.id): values}
