"""Alerts of the alerts channel: what is to be reordered, and what was answered."""

from bot.domain.stock import LowStock
from bot.locales import _
from bot.services.low_stock import AlertClosed
from bot.views.components import Button, number, row_of
from bot.views.replies import Reply, renders
from bot.views.stock import low_stock_text
from bot.views.text import bold, person, plain, when

# The item, and the record that let it fall to its reorder point.
ORDER = Button("alert", "order", number, number)
SNOOZE = Button("alert", "snooze", number, number)
NOT_NEEDED = Button("alert", "dismiss", number, number)


def low_stock_alert(low: LowStock, record: int) -> Reply:
    """Show an item to be reordered, with what can be answered."""
    text = f"⚠️ {bold(low.sku)} {plain(low.name)}: {low_stock_text(low)} `#{record}`"
    buttons = (
        ORDER(_("Order"), low.item_id, record),
        SNOOZE(_("Snooze"), low.item_id, record),
        NOT_NEEDED(_("Not needed"), low.item_id, record),
    )
    return Reply(text, view=row_of(*buttons))


@renders(AlertClosed)
def closed_alert(closed: AlertClosed) -> Reply:
    """Show what was answered to an alert, in its place."""
    item = f"{bold(closed.sku)} {plain(closed.name)}"
    if closed.until is None:
        text = _("☑️ {item}: not needed, says {person}.")
        text = text.format(item=item, person=person(closed.answered_by))
    else:
        text = _("💤 {item}: snoozed by {person} until {day}.").format(
            item=item, person=person(closed.answered_by), day=when(closed.until, "d")
        )
    return Reply(f"{text} `#{closed.record}`")
