"""Asking for payments and deciding about them: who asked for one does not decide about it."""

from dataclasses import dataclass
from typing import Final

from bot.database.models import Invoice
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import NO_WAY_BACK
from bot.domain.approvals import APPROVE, REJECT, Step
from bot.domain.changes import Change, Changed
from bot.domain.documents import PAYMENT
from bot.domain.invoices import require_currency
from bot.domain.lanes import APPROVALS_LANE, CARD
from bot.domain.money import Money
from bot.domain.money_text import read_total
from bot.domain.payments import PAYMENT_STATUSES, MoreThanOpen
from bot.domain.stock import Reference
from bot.errors import InvalidValue
from bot.services.approvals.deciding import open_round
from bot.services.approvals.declared import declare
from bot.services.approvals.kinds import (
    ApprovalKind,
    ApprovalPermissions,
    CarriedOut,
    Decision,
    Subject,
)
from bot.services.documents.changing import open_document
from bot.services.documents.decided import keeps
from bot.services.invoices.documents import read_balance
from bot.services.payments.documents import PAYMENT_TYPE, require_payable, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPayment:
    """Ask for a payment of an invoice; an empty amount is what is open of it."""

    invoice: Reference
    amount: str = ""


async def _approve(uow: UnitOfWork, subject: Subject, step: Step) -> CarriedOut:
    """Look once more at what is paid: it may be disputed, or its supplier suspended, meanwhile."""
    payment = await uow.payments.require(subject.id)
    await require_payable(uow, await uow.invoices.require(payment.invoice_id))
    return CarriedOut(step=step)


PAYMENT_KIND: Final = ApprovalKind(
    noun=PAYMENT.noun,
    permissions=ApprovalPermissions(
        view="price.view",
        propose="payment.request",
        approve="payment.approve",
        others=("payment.execute",),
    ),
    describe=subject_of,
    table=PAYMENT_STATUSES,
    decisions=(
        Decision(verb="approve", step=APPROVE, carry_out=_approve),
        Decision(verb="reject", step=REJECT),
    ),
    keep=keeps(PAYMENT_TYPE),
    ways_back={
        "requested": "payment list",
        "approved": NO_WAY_BACK,
        "rejected": "payment request",
        "recorded": "payment reverse",
        "reversed": "payment request",
    },
    shows_changes=False,
)
PAYMENT_APPROVALS: Final = declare(PAYMENT_KIND)


@operation("payment.request", permission="payment.request")
async def request_payment(uow: UnitOfWork, request: RequestPayment) -> Changed:
    """Ask for a payment; raises InvoiceNotPayable, SupplierNotPaid, MoreThanOpen."""
    invoice = await uow.invoices.require_reference(request.invoice)
    await require_payable(uow, invoice)
    amount = await _read_amount(uow, invoice, request.amount)
    supplier = await uow.suppliers.require(invoice.supplier_id)
    payment, changed = await open_document(
        uow,
        PAYMENT_TYPE,
        PAYMENT_STATUSES.opened,
        values={
            "invoice_id": invoice.id,
            "amount": amount.amount,
            "currency": amount.currency,
        },
        lines=(),
        changes=[
            Change("supplier", "", supplier.name),
            Change("invoice", "", invoice.supplier_number),
            Change("amount", "", str(amount)),
            Change("status", "", PAYMENT_STATUSES.first),
        ],
        subjects=[("invoice", invoice.id), ("supplier", supplier.id)],
    )
    uow.notify(APPROVALS_LANE, CARD)
    await open_round(uow, PAYMENT_STATUSES, PAYMENT.noun, payment.id, changed.record)
    return changed


async def _read_amount(uow: UnitOfWork, invoice: Invoice, typed: str) -> Money:
    """Return how much to pay, at most what no other payment asks for."""
    label, left = invoice.supplier_number, (await read_balance(uow, invoice)).open
    amount = left
    if typed.strip():
        read = read_total(typed, invoice.currency, field="amount")
        amount = require_currency(read, invoice.currency, label)
        if not amount.amount:
            raise InvalidValue(field="amount", reason="not_positive")
    if left < amount or not left.amount:
        raise MoreThanOpen(label, amount, left)
    return amount
