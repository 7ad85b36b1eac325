"""Refusals about suppliers."""

from typing import Final

from bot.domain.suppliers import SupplierExists
from bot.locales import N_, _
from bot.views.errors.general import explain_already_exists
from bot.views.errors.translator import explain
from bot.views.errors.ways import way

_NEXT_STEPS: Final = {
    "pending": N_("It is waiting for a decision."),
    "approved": N_("It is approved."),
    "rejected": N_("It was rejected."),
    "suspended": N_("It is suspended."),
}
_COMMANDS: Final = {
    "rejected": ("supplier resubmit", N_("`/supplier resubmit` proposes it again.")),
    "suspended": ("supplier reinstate", N_("`/supplier reinstate` asks for it again.")),
}


@explain.register
def explain_supplier_exists(error: SupplierExists) -> str:
    """Say that the name is taken, and what can be done with that supplier."""
    text = explain_already_exists(error) + " " + _(_NEXT_STEPS[error.status])
    if error.status not in _COMMANDS:
        return text
    command, hint = _COMMANDS[error.status]
    return f"{text} {way(error, command, _(hint))}"
