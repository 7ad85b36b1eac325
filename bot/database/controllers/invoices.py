"""Suppliers' bills, their lines and their files."""

from bot.database.controllers.base import BaseController
from bot.database.controllers.documents import DocumentController, LineController
from bot.database.models import Invoice, InvoiceFile, InvoiceLine
from bot.domain.documents import INVOICE


class InvoiceController(DocumentController[Invoice]):
    """What suppliers bill."""

    model = Invoice
    kind = INVOICE
    subject_code = "b"
    noun = "invoice"
    permission = "price.view"

    def label_of(self, row: Invoice) -> str:
        """Return the supplier's own number."""
        return row.supplier_number


class InvoiceLineController(LineController):
    """What bills ask for, line by line."""

    model = InvoiceLine
    document_key = "invoice_id"
    noun = "invoice line"
    permission = "price.view"


class InvoiceFileController(BaseController[InvoiceFile]):
    """The files of bills."""

    model = InvoiceFile
    noun = "invoice file"
    permission = "price.view"
