"""Suppliers: their statuses, and what their rules refuse.

Beside the statuses of every approval, an approved supplier can be suspended.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain import approvals
from bot.domain.approvals import (
    APPROVE,
    APPROVED,
    PENDING,
    REJECT,
    RESUBMIT,
    Effect,
    StatusTable,
    Step,
)
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

STATUSES: Final = StatusTable((EDIT, ANNOTATE, APPROVE, REJECT, RESUBMIT, SUSPEND, REINSTATE))


@dataclass(eq=False)
class SupplierExists(AlreadyExists):
    """Another supplier, of whatever status, has this name."""

    noun: str = field(default="supplier", init=False)
    status: str = ""
