"""Refusals about invoices."""

from typing import Final

from bot.domain.invoice_files import MAX_FILE_BYTES, UnusableFile
from bot.domain.invoice_matching import InvoiceDiffers
from bot.domain.invoices import (
    InvoiceExists,
    NoLinesYet,
    NoPrice,
    NotOnOrder,
    OrderOfAnother,
    OtherCurrency,
    PaymentsUnderWay,
    SupplierNotPaid,
)
from bot.locales import N_, _
from bot.views.approval_words import status_word
from bot.views.errors.translator import explain
from bot.views.invoice_differences import differences_text
from bot.views.text import bold, person, plain, when

_FILES: Final = {
    "too_large": N_("The file is larger than {limit} MiB. Attach a smaller one."),
    "empty": N_("The file is empty."),
    "unknown_type": N_(
        "The file is none of those that are kept: a PDF, a PNG, JPEG or WebP picture, or an "
        "e-invoice in XML. Its content decides, not its name."
    ),
    "gone": N_("The file could not be read from Discord. Attach it again."),
}


@explain.register
def explain_unusable_file(error: UnusableFile) -> str:
    """Say what files are kept."""
    return _(_FILES[error.reason]).format(limit=MAX_FILE_BYTES // (1024 * 1024))


@explain.register
def explain_invoice_exists(error: InvoiceExists) -> str:
    """Name the first one."""
    return _(
        "{supplier} already has the invoice {label} of {total} ({status}). It was entered by "
        "{user} {when}. If that was wrong, press **Open** in `/invoice list`, then **Make void**."
    ).format(
        supplier=bold(error.supplier),
        label=bold(error.value),
        total=f"**{error.total}**",
        status=status_word(error.status),
        user=person(error.made_by),
        when=when(error.made_at),
    )


@explain.register
def explain_supplier_not_paid(error: SupplierNotPaid) -> str:
    """Say what the supplier is."""
    return _("{supplier} is {status}, so {invoice} is not paid until it is approved.").format(
        supplier=bold(error.supplier),
        status=status_word(error.status),
        invoice=bold(error.invoice),
    )


@explain.register
def explain_no_lines_yet(error: NoLinesYet) -> str:
    """Say what comes first."""
    return _("{label} has no lines yet. Enter them with `/invoice lines`, then match it.").format(
        label=bold(error.label)
    )


@explain.register
def explain_invoice_differs(error: InvoiceDiffers) -> str:
    """Show what differs."""
    return differences_text(error)


@explain.register
def explain_other_currency(error: OtherCurrency) -> str:
    """Say that currencies are not mixed."""
    return _("{label} is in {currency}, not in {given}. Currencies are not mixed.").format(
        label=bold(error.label), currency=plain(error.currency), given=plain(error.given)
    )


@explain.register
def explain_not_on_order(error: NotOnOrder) -> str:
    """Say what is not on the order."""
    return _("{item} is not on {order}.").format(item=bold(error.item), order=plain(error.order))


@explain.register
def explain_order_of_another(error: OrderOfAnother) -> str:
    """Say whom the order went to."""
    return _("{order} went to {supplier}, not to the supplier of this invoice.").format(
        order=plain(error.order), supplier=bold(error.supplier)
    )


@explain.register
def explain_no_price(_error: NoPrice) -> str:
    """Say how a line is written."""
    return _("Write the price as well, such as `BOLT-8 20 12.90`.")


@explain.register
def explain_payments_under_way(error: PaymentsUnderWay) -> str:
    """Name the payments that come first."""
    return _("{label} cannot be made void: {payments} must be rejected or reversed first.").format(
        label=bold(error.label), payments=", ".join(map(plain, error.payments))
    )
