"""The forms of invoices: their lines, and why one is disputed."""

from typing import Any, Final

import discord

from bot.domain.documents import INVOICE
from bot.domain.lines import write_name
from bot.domain.names import MAX_NOTE
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.invoices.editing import FormLine, InvoiceLinesPrepared
from bot.views.components import Form, number
from bot.views.long_fields import line_fields, split_lines

LINES_FORM: Final = Form(INVOICE.noun, "lines", number, number)
DISPUTE_FORM: Final = Form(INVOICE.noun, "dispute", number)

# What Discord takes; all lines that an invoice may have fit.
_MAX_PARTS: Final = 5


def lines_form(prepared: InvoiceLinesPrepared) -> discord.ui.Modal:
    """Ask what an invoice bills; what was received and is not billed yet is filled in."""
    return LINES_FORM(
        _("Lines of {label}").format(label=prepared.label),
        prepared.invoice_id,
        prepared.version,
        fields=line_fields(
            _("SKU, quantity, price, order: a line each"),
            split_lines([_write(line) for line in prepared.lines])[:_MAX_PARTS],
            _("BOLT-8 20 12.90 PO-7\nNUT-8 1 box 3.50"),
        ),
    )


def dispute_form(invoice_id: int, label: str) -> discord.ui.Modal:
    """Ask what is wrong with an invoice."""
    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        placeholder=_("What is wrong with it?"),
        max_length=MAX_NOTE,
    )
    title = _("Dispute {label}?").format(label=label)
    return DISPUTE_FORM(title, invoice_id, fields={_("Reason"): reason})


def _write(line: FormLine) -> str:
    quantity = f"{format_quantity(line.quantity)} {line.unit}".rstrip()
    return " ".join(
        each for each in (write_name(line.sku), quantity, line.price, line.order) if each
    )
