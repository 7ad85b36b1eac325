"""What tests of invoices and payments begin with: a supplier, an order that came in, a bill."""

from decimal import Decimal
from typing import Any

from bot.database.models import Invoice, Payment
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.domain.changes import Changed
from bot.services.approvals.declared import DecideProposal
from bot.services.invoices.adding import AddInvoice, add_invoice
from bot.services.invoices.editing import EditInvoiceLines, edit_invoice_lines
from bot.services.invoices.matching import MatchInvoice, match_invoice
from bot.services.payments.deciding import PAYMENT_APPROVALS, RequestPayment, request_payment
from bot.services.payments.recording import (
    RecordPayment,
    ReversePayment,
    record_payment,
    reverse_payment,
)
from bot.services.suppliers import ProposeSupplier, approve_supplier, propose_supplier
from tests.database.books import Warehouse

approve_payment = PAYMENT_APPROVALS.decisions["approve"]
reject_payment = PAYMENT_APPROVALS.decisions["reject"]


async def add_supplier(warehouse: Warehouse, name: str = "Acme") -> int:
    """Propose a supplier and have it approved."""
    made = await warehouse.run(propose_supplier, ProposeSupplier(name=name))
    request = DecideProposal(subject_id=made.subject_id, version=1)
    await warehouse.run(approve_supplier, request, warehouse.manager)
    return made.subject_id


async def order(
    warehouse: Warehouse,
    supplier_id: int,
    *lines: tuple[str, str, str, str],
    currency: str = "EUR",
    status: str = "received",
    **further: Any,
) -> int:
    """Insert an order that was sent; lines are SKU, quantity, received, price."""

    async def insert(uow: UnitOfWork) -> int:
        made = await uow.orders.open(
            supplier_id=supplier_id, currency=currency, made_by=1, made_at=uow.now
        )
        await uow.orders.update_by_id(made.id, status=status)
        for number, (sku, quantity, received, price) in enumerate(lines, start=1):
            item = await uow.items.require_reference(sku)
            await uow.order_lines.create(
                order_id=made.id,
                line=number,
                item_id=item.id,
                quantity=Decimal(quantity),
                received=Decimal(received),
                unit_price=Decimal(price),
                **further,
            )
        return made.id

    return await warehouse.change(insert)


async def bill(
    warehouse: Warehouse,
    number: str = "RE-1",
    total: str = "100",
    lines: str = "",
    *,
    supplier: str = "Acme",
    is_matched: bool = False,
) -> int:
    """Enter a bill, its lines, and match it if asked to."""
    actor = warehouse.accountant
    request = AddInvoice(supplier=supplier, number=number, total=total)
    added = await warehouse.run(add_invoice, request, actor)
    if lines:
        await enter(warehouse, added.invoice_id, lines)
    if is_matched:
        await warehouse.run(match_invoice, MatchInvoice(invoice=added.invoice_id), actor)
    return added.invoice_id


async def enter(warehouse: Warehouse, invoice_id: int, lines: str) -> Any:
    """Enter the lines of a bill."""
    row = await invoice_of(warehouse, invoice_id)
    edit = EditInvoiceLines(invoice_id=invoice_id, version=row.version, lines=lines)
    return await warehouse.run(edit_invoice_lines, edit, warehouse.accountant)


async def ask(
    warehouse: Warehouse, invoice: int | str, amount: str = "", actor: Actor | None = None
) -> Changed:
    """Ask for a payment."""
    request = RequestPayment(invoice=invoice, amount=amount)
    return await warehouse.run(request_payment, request, actor or warehouse.accountant)


async def approve(warehouse: Warehouse, payment_id: int, actor: Actor | None = None) -> None:
    """Approve a payment as it is now, as the manager."""
    version = (await payment_of(warehouse, payment_id)).version
    request = DecideProposal(subject_id=payment_id, version=version)
    await warehouse.run(approve_payment, request, actor or warehouse.manager)


async def pay(warehouse: Warehouse, payment_id: int, reference: str = "SEPA 1") -> None:
    """Record a payment."""
    request = RecordPayment(payment=payment_id, reference=reference)
    await warehouse.run(record_payment, request, warehouse.accountant)


async def reverse(warehouse: Warehouse, payment_id: int, reason: str = "came back") -> None:
    """Reverse a payment."""
    request = ReversePayment(payment=payment_id, reason=reason)
    await warehouse.run(reverse_payment, request, warehouse.accountant)


async def invoice_of(warehouse: Warehouse, invoice_id: int) -> Invoice:
    """Return an invoice as it is now."""
    async with warehouse.db.look_up(warehouse.accountant) as books:
        return await books.invoices.require(invoice_id)


async def payment_of(warehouse: Warehouse, payment_id: int) -> Payment:
    """Return a payment as it is now."""
    async with warehouse.db.look_up(warehouse.accountant) as books:
        return await books.payments.require(payment_id)
