"""Payments: their statuses and the steps between them."""

from typing import Final

from bot.domain.approvals import APPROVE, REJECT, Effect, StatusTable, Step
from bot.domain.documents import PAYMENT

PENDING, APPROVED, REJECTED, PAID, REVERSED = PAYMENT.statuses

RECORD: Final = Step(past="recorded", effect=Effect.REVISE, leads=PAYMENT.steps["record"])
REVERSE: Final = Step(
    past="reversed", effect=Effect.REVISE, leads=PAYMENT.steps["reverse"], needs_reason=True
)

PAYMENT_STATUSES: Final = StatusTable((APPROVE, REJECT, RECORD, REVERSE), opened="requested")
