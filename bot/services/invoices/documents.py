"""Invoices as documents: what their pages show, and what they are called in lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.database.models import Invoice, InvoiceLine, Payment
from bot.database.unit import Books
from bot.domain.approvals import APPROVED
from bot.domain.documents import INVOICE, ORDER
from bot.domain.invoice_matching import LineKey
from bot.domain.invoices import SupplierNotPaid
from bot.domain.money import Money
from bot.domain.orders import count_units
from bot.domain.payments import Balance
from bot.services.documents.kinds import DocumentType, declare_document
from bot.services.supplier_facts import NOUN as SUPPLIER


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicedLine:
    """A line of an invoice with its item's names of now, and the order that it bills."""

    number: int
    item_id: int
    sku: str
    name: str
    item_unit: str
    quantity: Decimal
    unit: str
    factor: Decimal
    unit_price: Decimal
    order: str = ""
    key: LineKey | None = None

    @property
    def typed_quantity(self) -> Decimal | None:
        """Return the quantity in the unit that it was typed in, None if that is not exact."""
        return count_units(self.quantity, self.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """The lines of an invoice, what is open of it, its payments, and the name of its file."""

    supplier: str
    lines: tuple[InvoicedLine, ...]
    balance: Balance
    payments: tuple[Payment, ...]
    file: str


def total_of(invoice: Invoice) -> Money:
    """Return what an invoice asks for."""
    return Money(invoice.total, invoice.currency)


async def read_balance(books: Books, invoice: Invoice) -> Balance:
    """Return what is open of an invoice."""
    sums = await books.payments.sum_of([invoice.id])
    return Balance.of(total_of(invoice), sums[invoice.id])


async def name_lines(books: Books, rows: Sequence[InvoiceLine]) -> tuple[InvoicedLine, ...]:
    """Return lines with the names of their items and orders."""
    items = await books.items.get_current([row.item_id for row in rows])
    orders = await books.orders.get_many(sorted({row.order_id for row in rows if row.order_id}))
    return tuple(
        InvoicedLine(
            number=row.line,
            item_id=item.id,
            sku=item.sku,
            name=item.name,
            item_unit=item.unit,
            quantity=row.quantity,
            unit=row.unit,
            factor=row.factor,
            unit_price=row.unit_price,
            order=ORDER.label(orders[row.order_id].number) if row.order_id else "",
            key=LineKey(row.order_id, row.order_line or 0) if row.order_id else None,
        )
        for row in rows
        for item in [items[row.item_id]]
    )


async def describe_invoice(books: Books, invoice: Invoice) -> InvoiceFacts:
    """Return what the page of an invoice shows."""
    supplier = await books.suppliers.require(invoice.supplier_id)
    rows = await books.invoice_lines.list_of(invoice.id)
    return InvoiceFacts(
        supplier=supplier.name,
        lines=await name_lines(books, rows),
        balance=await read_balance(books, invoice),
        payments=tuple(await books.payments.list_of(invoice.id)),
        file=await books.invoice_files.find_name(invoice.id),
    )


async def name_invoices(books: Books, invoices: Sequence[Invoice]) -> Mapping[int, str]:
    """Return the suppliers and totals of invoices, by their ids."""
    suppliers = await books.suppliers.get_many(sorted({each.supplier_id for each in invoices}))
    return {each.id: f"{suppliers[each.supplier_id].name} · {total_of(each)}" for each in invoices}


async def require_approved(books: Books, supplier_id: int, invoice: str) -> None:
    """Raise SupplierNotPaid unless a supplier is approved now: it is not paid meanwhile."""
    approval = await books.approvals.require(SUPPLIER, supplier_id)
    if approval.status != APPROVED:
        supplier = await books.suppliers.require(supplier_id)
        raise SupplierNotPaid(supplier.name, approval.status, invoice)


INVOICE_TYPE: Final = DocumentType(
    kind=INVOICE,
    documents=lambda books: books.invoices,
    lines=lambda books: books.invoice_lines,
    view="price.view",
    describe=describe_invoice,
    title=name_invoices,
    # That of a new one is declared with its reversal.
    actions={
        "edited": "invoice lines",
        "matched": "invoice dispute",
        "disputed": "invoice match",
        "voided": "invoice add",
    },
)
INVOICES: Final = declare_document(INVOICE_TYPE)
