"""Refusals about invoices with a next step: their lines, a dispute, the invoice itself."""

from bot.domain.invoice_matching import InvoiceDiffers
from bot.domain.invoices import InvoiceExists, NoLinesYet
from bot.domain.payments import InvoiceNotPayable
from bot.locales import _
from bot.views.components import row_of
from bot.views.follow_ups import choices_after
from bot.views.invoices import DISPUTE, EDIT
from bot.views.opening import OPEN
from bot.views.replies import Reply
from bot.views.waiting import WaitingCommand


@choices_after.register
def offer_to_correct(
    error: InvoiceDiffers, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the form with the lines, and to dispute the invoice."""
    del waiting
    buttons = (EDIT(_("Lines"), error.invoice_id), DISPUTE(_("Dispute"), error.invoice_id))
    return Reply(text, view=row_of(*buttons))


@choices_after.register
def offer_lines(error: NoLinesYet, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer the form, filled with what was received."""
    del waiting
    return Reply(text, view=row_of(EDIT(_("Lines"), error.invoice_id)))


@choices_after.register(InvoiceExists)
@choices_after.register(InvoiceNotPayable)
def offer_invoice(
    error: InvoiceExists | InvoiceNotPayable, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer to look at the invoice that is in the way."""
    del waiting
    return Reply(text, view=row_of(OPEN["invoice"](_("Open"), error.invoice_id)))
