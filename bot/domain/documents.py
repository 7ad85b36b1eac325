"""Documents: what every request, count, order, invoice and payment has in common.

A document has a number of its own kind, which people write as `C-4`, and a status that only the
steps of its kind change. Every step makes a new version, so that a button of an older one is known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.errors import IllegalStep, RuleBroken

_TYPED: Final = re.compile(r"#?([^\W\d_]*)[\s-]*([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of document: its noun, the prefix of its numbers, its statuses and steps.

    `steps` leads from a status by a step to the next; the first status is that of a new one.
    `line_defaults` are the values of a new line that records leave out; `pasts` end the actions
    that are folded as those of a document, of one that is decided about none.
    """

    noun: str
    prefix: str
    statuses: tuple[str, ...]
    steps: Mapping[str, Mapping[str, str]] = field(hash=False)
    line_defaults: Mapping[str, object] = field(default_factory=dict, hash=False)
    pasts: tuple[str, ...] = ()
    has_lines: bool = True

    @property
    def line_noun(self) -> str:
        """Return what a line is called where rows are compared with records."""
        return f"{self.noun} line"

    @property
    def nouns(self) -> tuple[str, ...]:
        """Return under what its rows are compared with records."""
        return (self.noun, self.line_noun) if self.has_lines else (self.noun,)

    def label(self, number: int) -> str:
        """Return the number as people read it, `C-4`."""
        return f"{self.prefix}-{number}"

    def lead(self, step: str, status: str) -> str | None:
        """Return the status that a step leads to from another, None if it cannot be taken."""
        return self.steps[step].get(status)

    def require_step(self, step: str, number: int, status: str) -> str:
        """Return the status that a step leads to; raises IllegalStep."""
        to = self.lead(step, status)
        if to is None:
            raise IllegalStep(self.noun, self.label(number), status, step)
        return to


@dataclass(eq=False)
class NotADocument(RuleBroken):
    """What was typed is no number of this kind of document, or one of another kind."""

    noun: str
    typed: str
    example: str


COUNT: Final = DocumentKind(
    noun="count",
    prefix="C",
    statuses=("counting", "submitted", "posted", "discarded"),
    steps={
        "submit": {"counting": "submitted"},
        "post": {"submitted": "posted"},
        "recount": {"submitted": "counting"},
        "discard": {"counting": "discarded", "submitted": "discarded"},
    },
    line_defaults={
        "lot_id": 0,
        "state": "open",
        "counted": None,
        "expected": None,
        "counted_by": None,
        "counted_at": None,
        "barred_ids": [],
    },
)
REQUEST: Final = DocumentKind(
    noun="request",
    prefix="R",
    statuses=("open", "picking", "done", "partial", "cancelled", "lapsed"),
    steps={
        "edit": {"open": "open", "picking": "picking"},
        "pick": {"open": "picking", "picking": "picking"},
        "finish": {"open": "done", "picking": "done"},
        "close": {"picking": "partial"},
        # A pick was reversed, in part or all that was picked.
        "reopen": {"picking": "picking", "done": "picking"},
        "reset": {"picking": "open", "done": "open"},
        "cancel": {"open": "cancelled", "picking": "cancelled"},
        "lapse": {"open": "lapsed", "picking": "lapsed"},
    },
    line_defaults={"picked": "0", "reserved": "0"},
    pasts=("opened", "edited", "picked", "closed", "returned", "cancelled", "lapsed"),
)
ORDER: Final = DocumentKind(
    noun="order",
    prefix="PO",
    statuses=(
        "draft",
        "pending",
        "approved",
        "rejected",
        "sent",
        "partial",
        "received",
        "closed",
        "cancelled",
    ),
    steps={
        "edit": {
            "draft": "draft",
            "pending": "pending",
            "approved": "pending",
            "rejected": "draft",
        },
        "submit": {"draft": "pending"},
        "release": {"draft": "approved", "approved": "approved", "pending": "approved"},
        "send": {"approved": "sent"},
        "deliver": {"sent": "partial", "partial": "partial"},
        "complete": {"sent": "received", "partial": "received"},
        "return": {"partial": "partial", "received": "partial"},
        "return_surplus": {"received": "received"},
        "reset": {"partial": "sent", "received": "sent"},
        "close": {"partial": "closed", "received": "closed"},
        "cancel": {
            "draft": "cancelled",
            "pending": "cancelled",
            "approved": "cancelled",
            "rejected": "cancelled",
            "sent": "cancelled",
        },
    },
    line_defaults={"unit": "", "factor": "1", "unit_price": None, "received": "0"},
)
INVOICE: Final = DocumentKind(
    noun="invoice",
    prefix="INV",
    statuses=("received", "matched", "disputed", "part_paid", "paid", "void"),
    steps={
        "edit": {"received": "received", "disputed": "disputed", "matched": "received"},
        "match": {"received": "matched", "disputed": "matched"},
        "dispute": {"received": "disputed", "matched": "disputed"},
        "pay": {"matched": "part_paid", "part_paid": "part_paid"},
        "settle": {"matched": "paid", "part_paid": "paid"},
        # A payment was reversed: others are left, or none.
        "owe": {"part_paid": "part_paid", "paid": "part_paid"},
        "reopen": {"part_paid": "matched", "paid": "matched"},
        "void": {"received": "void", "matched": "void", "disputed": "void"},
    },
    line_defaults={"unit": "", "factor": "1", "order_id": None, "order_line": None},
    pasts=("added", "edited", "matched", "disputed", "voided"),
)
PAYMENT: Final = DocumentKind(
    noun="payment",
    prefix="PAY",
    statuses=("pending", "approved", "rejected", "paid", "reversed"),
    steps={"record": {"approved": "paid"}, "reverse": {"paid": "reversed"}},
    has_lines=False,
)
DOCUMENT_KINDS: Final = (COUNT, REQUEST, ORDER, INVOICE, PAYMENT)


def parse_number(kind: DocumentKind, typed: str) -> int:
    """Read a document's number as people type it: `C-4`, `c4`, `#4`, `4`; raises NotADocument."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None or found[1].casefold() not in {"", kind.prefix.casefold()}:
        raise NotADocument(kind.noun, typed.strip()[:40], kind.label(4))
    return int(found[2])


def label_of(noun: str, number: int) -> str:
    """Return the number of a document of a kind as people read it."""
    return next(kind for kind in DOCUMENT_KINDS if kind.noun == noun).label(number)
