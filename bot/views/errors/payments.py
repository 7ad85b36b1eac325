"""Refusals about payments."""

from typing import Final

from bot.domain.invoices import PAID
from bot.domain.payments import InvoiceNotPayable, MoreThanOpen
from bot.locales import N_, _
from bot.views.approval_words import status_word
from bot.views.errors.translator import explain
from bot.views.errors.ways import way
from bot.views.text import bold

_NOT_MATCHED: Final = N_("{label} is {status}, so it is not paid.")
_PAID: Final = N_("{label} is {status}, so nothing of it is open.")


@explain.register
def explain_more_than_open(error: MoreThanOpen) -> str:
    """Say what is open."""
    if not error.open.amount:
        return _(
            "Nothing of {label} is open: payments that were asked for, approved or made cover it."
        ).format(label=bold(error.label))
    return _("Only {open} of {label} is open; you asked for {asked}.").format(
        open=f"**{error.open}**", label=bold(error.label), asked=f"**{error.asked}**"
    )


@explain.register
def explain_invoice_not_payable(error: InvoiceNotPayable) -> str:
    """Say which status is in the way."""
    text = _PAID if error.state == PAID else _NOT_MATCHED
    text = _(text).format(label=bold(error.label), status=status_word(error.state))
    if error.state == PAID:
        return text
    return f"{text} " + way(error, "invoice match", _("Match it first: `/invoice match`."))
