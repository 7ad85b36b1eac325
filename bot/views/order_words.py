"""Orders in words: their statuses, what records say of them, and what cards and notices say."""

from decimal import Decimal
from typing import Final

from bot.domain.documents import ORDER
from bot.domain.printed import Printed
from bot.domain.quantities import format_quantity
from bot.locales import N_, _
from bot.services.orders.documents import OrderPrinted
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import KindWords, StatusWords, declare_card
from bot.views.order_sheets import order_sheet
from bot.views.order_tables import has_room, order_table

ORDER_STATUS_WORDS: Final = {
    "draft": StatusWords(name=N_("draft"), mark="📝", colour="#6b6f76"),
    "pending": StatusWords(name=N_("pending"), mark="⏳", colour="#b7791f"),
    "approved": StatusWords(
        name=N_("approved"), mark="✅", colour="#3b7d5c", said=N_("Approved by {users} {when}")
    ),
    "rejected": StatusWords(
        name=N_("rejected"), mark="❌", colour="#a03a3a", said=N_("Rejected by {users} {when}")
    ),
    "sent": StatusWords(name=N_("sent"), mark="📨", colour="#3b6ea5"),
    "partial": StatusWords(name=N_("received in part"), mark="📦", colour="#b7791f"),
    "received": StatusWords(name=N_("received"), mark="📥", colour="#3b7d5c"),
    "closed": StatusWords(name=N_("closed"), mark="☑️", colour="#6b6f76"),
    "cancelled": StatusWords(name=N_("cancelled"), mark="🚫", colour="#6b6f76"),
}
ORDER_HISTORY: Final = {
    "opened": N_("made by {user}"),
    "edited": N_("changed by {user}"),
    "submitted": N_("submitted by {user}"),
    "released": N_("submitted by {user}; its total needs no approval"),
    "approved": N_("approved by {user}"),
    "rejected": N_("rejected by {user}"),
    "sent": N_("sent by {user}"),
    "delivered": N_("goods received by {user}"),
    "returned": N_("a delivery reversed by {user}"),
    "closed": N_("closed by {user}"),
    "cancelled": N_("cancelled by {user}"),
}

declare_action_words(
    {
        "order.opened": ActionWords(N_("wrote the order"), N_("Wrote the order")),
        "order.edited": ActionWords(N_("changed order"), N_("Changed the order")),
        "order.submitted": ActionWords(N_("submitted order"), N_("Submitted the order")),
        "order.released": ActionWords(
            N_("submitted, without need of approval, order"),
            N_("Its total needs no approval. Submitted the order"),
        ),
        "order.approved": ActionWords(N_("approved order"), N_("Approved the order")),
        "order.rejected": ActionWords(N_("rejected order"), N_("Rejected the order")),
        "order.sent": ActionWords(N_("sent order"), N_("Sent the order")),
        "order.delivered": ActionWords(N_("received goods of order"), N_("Received of the order")),
        "order.returned": ActionWords(
            N_("reversed a delivery of order"), N_("Reversed a delivery of the order")
        ),
        "order.closed": ActionWords(N_("closed order"), N_("Closed the order")),
        "order.cancelled": ActionWords(N_("cancelled order"), N_("Cancelled the order")),
    }
)


def _whole(printed: OrderPrinted) -> list[str]:
    """Show all lines on the card of the approvals channel, with the prices that stand out."""
    return order_table(printed.facts.lines, printed.facts.currency)


def _sheet(printed: OrderPrinted) -> Printed | None:
    """Return what is attached to the card of an order that it has no room for."""
    is_shown = has_room(printed.facts.lines, printed.facts.currency)
    return None if is_shown else order_sheet(printed)


ORDER_CARD: Final = declare_card(
    ORDER.noun,
    KindWords(
        title=N_("Order {name}"),
        notices={
            "approved": N_("The order {name} was approved by {user}."),
            "rejected": N_("The order {name} was rejected by {user}."),
        },
        list_command="/order list status:pending",
        statuses=ORDER_STATUS_WORDS,
        whole=_whole,
        sheet=_sheet,
    ),
)


def on_order_parts(
    coming: Decimal, approved: Decimal, pending: Decimal, drafted: Decimal
) -> list[str]:
    """Say how much of an item is on order, and how much in orders that were not sent yet."""
    said = (
        (coming, _("{quantity} on order")),
        (approved, _("{quantity} approved, not sent")),
        (pending, _("{quantity} pending")),
        (drafted, _("{quantity} in drafts")),
    )
    return [text.format(quantity=format_quantity(each)) for each, text in said if each]
