"""Purchase orders: their statuses and the steps between them."""

from typing import Final

from bot.domain.approvals import APPROVE, REJECT, Effect, StatusTable, Step
from bot.domain.documents import ORDER

DRAFT, PENDING, APPROVED, REJECTED, SENT, PARTIAL, RECEIVED, CLOSED, CANCELLED = ORDER.statuses

# While goods may still come in.
AWAITED: Final = frozenset({SENT, PARTIAL})

# Whatever was decided before is about another version.
EDIT: Final = Step(past="edited", effect=Effect.REVISE, leads=ORDER.steps["edit"])
SUBMIT: Final = Step(past="submitted", effect=Effect.REVISE, leads=ORDER.steps["submit"])
# A total of at most `order_approval_above` needs no decision.
RELEASE: Final = Step(past="released", effect=Effect.REVISE, leads=ORDER.steps["release"])
SEND: Final = Step(past="sent", effect=Effect.REVISE, leads=ORDER.steps["send"])
DELIVER: Final = Step(past="delivered", effect=Effect.REVISE, leads=ORDER.steps["deliver"])
COMPLETE: Final = Step(past="delivered", effect=Effect.REVISE, leads=ORDER.steps["complete"])
# A delivery was reversed: some of the goods, or none, are left.
RETURN: Final = Step(past="returned", effect=Effect.REVISE, leads=ORDER.steps["return"])
RESET: Final = Step(past="returned", effect=Effect.REVISE, leads=ORDER.steps["reset"])
CLOSE: Final = Step(past="closed", effect=Effect.REVISE, leads=ORDER.steps["close"])
CANCEL: Final = Step(past="cancelled", effect=Effect.REVISE, leads=ORDER.steps["cancel"])

ORDER_STATUSES: Final = StatusTable(
    (
        EDIT,
        SUBMIT,
        RELEASE,
        APPROVE,
        REJECT,
        SEND,
        DELIVER,
        COMPLETE,
        RETURN,
        RESET,
        CLOSE,
        CANCEL,
    ),
    first=DRAFT,
    pending=PENDING,
    opened="opened",
)
