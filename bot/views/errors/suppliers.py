"""Refusals about suppliers."""

from typing import Final

from bot.domain.suppliers import SupplierExists
from bot.locales import N_, _
from bot.views.errors.general import explain_already_exists
from bot.views.errors.translator import explain

_NEXT_STEPS: Final = {
    "pending": N_("It is waiting for a decision."),
    "approved": N_("It is approved."),
    "rejected": N_("It was rejected; submit it again with `/supplier resubmit`."),
    "suspended": N_("It is suspended; submit it again with `/supplier reinstate`."),
}


@explain.register
def explain_supplier_exists(error: SupplierExists) -> str:
    """Say that the name is taken, and what can be done with that supplier."""
    return explain_already_exists(error) + " " + _(_NEXT_STEPS[error.status])
