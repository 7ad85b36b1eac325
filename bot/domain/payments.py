"""Payments: their statuses and the steps between them, and what is open of a bill."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.approvals import APPROVE, REJECT, Effect, StatusTable, Step
from bot.domain.documents import PAYMENT
from bot.domain.money import Money
from bot.errors import IllegalStep, RuleBroken

PENDING, APPROVED, REJECTED, PAID, REVERSED = PAYMENT.statuses

# Asked for, approved or paid: so much of a bill is taken.
LIVE: Final = (PENDING, APPROVED, PAID)
MAX_REFERENCE: Final = 60

RECORD: Final = Step(past="recorded", effect=Effect.REVISE, leads=PAYMENT.steps["record"])
REVERSE: Final = Step(
    past="reversed", effect=Effect.REVISE, leads=PAYMENT.steps["reverse"], needs_reason=True
)

PAYMENT_STATUSES: Final = StatusTable((APPROVE, REJECT, RECORD, REVERSE), opened="requested")


@dataclass(eq=False)
class MoreThanOpen(RuleBroken):
    """A payment asks for more of a bill than is open."""

    label: str
    asked: Money
    open: Money


@dataclass(eq=False)
class InvoiceNotPayable(IllegalStep):
    """A bill that is not matched, or paid already, is not paid."""

    invoice_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a bill asks for, what was paid of it, and what payments are under way."""

    total: Money
    pending: Money
    approved: Money
    paid: Money

    @classmethod
    def of(cls, total: Money, sums: Mapping[str, Decimal]) -> "Balance":
        """Return the balance of a bill from the sums of its payments by status."""
        pending, approved, paid = (
            Money(sums.get(status, Decimal(0)), total.currency) for status in LIVE
        )
        return cls(total=total, pending=pending, approved=approved, paid=paid)

    @property
    def open(self) -> Money:
        """What no payment asks for yet."""
        return self.unpaid - self.pending - self.approved

    @property
    def unpaid(self) -> Money:
        """What is not paid yet."""
        return self.total - self.paid
