"""Approvals: the states of anything that people propose and others decide, as one table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """How a proposed thing stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class Step(StrEnum):
    """What can be done to it; `annotate` changes nothing that anybody decided about."""

    EDIT = "edit"
    ANNOTATE = "annotate"
    APPROVE = "approve"
    REJECT = "reject"
    RESUBMIT = "resubmit"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


DECISIONS: Final = frozenset({Step.APPROVE, Step.REJECT})

# What is not in this table cannot be done.
NEXT: Final[Mapping[tuple[Status, Step], Status]] = {
    (Status.PENDING, Step.EDIT): Status.PENDING,
    (Status.PENDING, Step.ANNOTATE): Status.PENDING,
    (Status.PENDING, Step.APPROVE): Status.APPROVED,
    (Status.PENDING, Step.REJECT): Status.REJECTED,
    # Nobody decided about what it says now.
    (Status.APPROVED, Step.EDIT): Status.PENDING,
    (Status.APPROVED, Step.ANNOTATE): Status.APPROVED,
    (Status.APPROVED, Step.SUSPEND): Status.SUSPENDED,
    (Status.REJECTED, Step.EDIT): Status.REJECTED,
    (Status.REJECTED, Step.ANNOTATE): Status.REJECTED,
    (Status.REJECTED, Step.RESUBMIT): Status.PENDING,
    (Status.SUSPENDED, Step.EDIT): Status.SUSPENDED,
    (Status.SUSPENDED, Step.ANNOTATE): Status.SUSPENDED,
    (Status.SUSPENDED, Step.REINSTATE): Status.PENDING,
}


def next_status(status: Status, step: Step) -> Status | None:
    """Return where a step leads from here, None if it cannot be taken."""
    return NEXT.get((status, step))
