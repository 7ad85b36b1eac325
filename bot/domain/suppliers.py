"""Suppliers: their statuses, and what their rules refuse.

Beside the statuses of every approval, an approved supplier can be suspended.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.domain import approvals
from bot.domain.approvals import (
    APPROVE,
    APPROVED,
    PENDING,
    REJECT,
    REJECTED,
    RESUBMIT,
    Effect,
    StatusTable,
    Step,
)
from bot.domain.contacts import check_email, check_phone, check_tax_id
from bot.domain.names import MAX_NOTE, MAX_SUPPLIER_NAME, NOTHING, clean_name, clean_text, key_of
from bot.errors import AlreadyExists

SUSPENDED: Final = "suspended"

EDIT: Final = replace(approvals.EDIT, leads={**approvals.EDIT.leads, SUSPENDED: SUSPENDED})
ANNOTATE: Final = replace(
    approvals.ANNOTATE, leads={**approvals.ANNOTATE.leads, SUSPENDED: SUSPENDED}
)
SUSPEND: Final = Step(
    past="suspended", effect=Effect.WITHDRAW, leads={APPROVED: SUSPENDED}, needs_reason=True
)
REINSTATE: Final = Step(past="reinstated", effect=Effect.REVISE, leads={SUSPENDED: PENDING})

# An import that is undone takes its proposals back: there is nothing to be decided about.
TAKE_BACK: Final = Step(
    past="withdrawn", effect=Effect.WITHDRAW, leads={PENDING: REJECTED}, needs_reason=True
)

STATUSES: Final = StatusTable(
    (EDIT, ANNOTATE, APPROVE, REJECT, RESUBMIT, SUSPEND, REINSTATE, TAKE_BACK)
)
_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "email": check_email,
    "phone": check_phone,
    "tax_id": check_tax_id,
    "note": lambda text: clean_text(text, field="note", limit=MAX_NOTE),
}


@dataclass(eq=False)
class SupplierExists(AlreadyExists):
    """Another supplier, of whatever status, has this name."""

    noun: str = field(default="supplier", init=False)
    status: str = ""


def clean_supplier(**typed: str | None) -> dict[str, Any]:
    """Return the columns that are set, as they will be kept; None leaves a field out."""
    values: dict[str, Any] = {}
    for name, text in typed.items():
        if text is None:
            continue
        if name == "name":
            values["name"] = clean_name(text, limit=MAX_SUPPLIER_NAME)
            values["name_key"] = key_of(values["name"])
        elif key_of(text) == NOTHING:
            values[name] = "" if name == "note" else None
        else:
            values[name] = _CHECKS[name](text)
    return values
