"""Payments as documents: what their pages and cards show, and what they are called in lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.database.models import Invoice, Payment
from bot.database.unit import Books
from bot.domain.documents import PAYMENT
from bot.domain.invoices import PAYABLE
from bot.domain.money import Money
from bot.domain.payments import Balance, InvoiceNotPayable
from bot.services.approvals.kinds import Subject
from bot.services.documents.kinds import DocumentType, declare_document
from bot.services.invoices.documents import read_balance, require_approved


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Whom a payment is for, of which invoice, and what is open of that."""

    supplier: str
    invoice: str
    amount: Money
    balance: Balance


def amount_of(payment: Payment) -> Money:
    """Return how much a payment is."""
    return Money(payment.amount, payment.currency)


async def describe_payment(books: Books, payment: Payment) -> PaymentFacts:
    """Return what the page of a payment shows."""
    invoice = await books.invoices.require(payment.invoice_id)
    supplier = await books.suppliers.require(invoice.supplier_id)
    return PaymentFacts(
        supplier=supplier.name,
        invoice=invoice.supplier_number,
        amount=amount_of(payment),
        balance=await read_balance(books, invoice),
    )


async def name_payments(books: Books, payments: Sequence[Payment]) -> Mapping[int, str]:
    """Return suppliers, invoices and amounts, by the payments' ids."""
    invoices = await books.invoices.get_many(sorted({each.invoice_id for each in payments}))
    ids = sorted({each.supplier_id for each in invoices.values()})
    suppliers = await books.suppliers.get_many(ids)
    named = {}
    for each in payments:
        invoice = invoices[each.invoice_id]
        supplier = suppliers[invoice.supplier_id].name
        named[each.id] = f"{supplier} · {invoice.supplier_number} · {amount_of(each)}"
    return named


async def subject_of(books: Books, payment_id: int) -> Subject:
    """Return a payment as what is decided about; raises NotFound."""
    payment = await books.payments.require(payment_id)
    facts = await describe_payment(books, payment)
    return Subject(
        noun=PAYMENT.noun,
        id=payment.id,
        label=PAYMENT.label(payment.number),
        facts=(
            ("supplier", facts.supplier),
            ("invoice", facts.invoice),
            ("amount", str(facts.amount)),
            ("total", str(facts.balance.total)),
            ("open", str(facts.balance.unpaid)),
        ),
    )


async def require_payable(books: Books, invoice: Invoice) -> None:
    """Raise InvoiceNotPayable unless an invoice is matched, and SupplierNotPaid."""
    if invoice.status not in PAYABLE:
        raise InvoiceNotPayable(
            "invoice", invoice.supplier_number, invoice.status, "pay", invoice.id
        )
    await require_approved(books, invoice.supplier_id, invoice.supplier_number)


PAYMENT_TYPE: Final = DocumentType(
    kind=PAYMENT,
    documents=lambda books: books.payments,
    view="price.view",
    describe=describe_payment,
    title=name_payments,
)
PAYMENTS: Final = declare_document(PAYMENT_TYPE)
