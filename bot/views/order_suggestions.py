"""What is to be ordered, in words: suggestions by supplier, and what an alert was answered."""

from typing import Final

import discord

from bot.domain.orders import SupplierNeeded
from bot.locales import _
from bot.services.orders.suggesting import ItemOrdered, OrdersSuggested, SuggestedLine
from bot.views.components import Button, Menu, number, row_of
from bot.views.follow_ups import choices_after
from bot.views.orders import ORDER_CONTROLS
from bot.views.pages import Row, list_page
from bot.views.replies import Reply, renders
from bot.views.text import amount, bold, clip, first_of, person, plain
from bot.views.waiting import WaitingCommand

_MAX_NAMED: Final = 8
# As many rows as a page has; what is ordered of them makes room for the others.
_MAX_SUPPLIERS: Final = 10

DRAFT_SUGGESTED: Final = Button("order", "draft", number)
# The item, the record that let it fall to its reorder point, and the message of the alert.
ORDER_FROM: Final = Menu("alert", "supplier", number, number, number)


@renders(OrdersSuggested)
def suggestions_page(found: OrdersSuggested) -> Reply:
    """List by supplier what could be ordered."""
    rows = [
        Row(f"{bold(name)}\n{_lines(lines)}", DRAFT_SUGGESTED(_("Write the order"), supplier_id))
        for supplier_id, name, lines in found.suppliers[:_MAX_SUPPLIERS]
    ]
    above = []
    if found.unknown:
        text = _("From no known supplier: {items}. Order them with `/order new`.")
        above.append(text.format(items=_lines(found.unknown)))
    if more := len(found.suppliers) - len(rows):
        text = _("{count} more suppliers follow once these are ordered.")
        above.append(text.format(count=more))
    return list_page(
        _("To be ordered"),
        rows,
        above=above,
        buttons=[],
        nothing=_("_Nothing is down to its reorder point._"),
    )


@renders(ItemOrdered)
def ordered_alert(done: ItemOrdered) -> Reply:
    """Show in the place of an alert that the item is in a draft."""
    text = _("🛒 {item}: {quantity} are in the draft {order} for {supplier}, says {person}.")
    text = text.format(
        item=f"{bold(done.sku)} {plain(done.name)}",
        quantity=amount(done.quantity, done.unit),
        order=bold(done.label),
        supplier=bold(done.supplier),
        person=person(done.ordered_by),
    )
    return Reply(
        f"{text} `#{done.record}`", view=row_of(ORDER_CONTROLS.open(_("Open"), done.order_id))
    )


@choices_after.register
def ask_for_supplier(
    error: SupplierNeeded, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the suppliers that can be ordered from."""
    del waiting
    if not error.choices:
        return Reply(text)
    options = [
        discord.SelectOption(label=clip(name, 100), value=str(supplier_id))
        for supplier_id, name in error.choices
    ]
    ids = (error.item_id, error.record, error.alert)
    menu = ORDER_FROM(_("Choose a supplier"), *ids, options=options)
    return Reply(text, view=row_of(menu))


def _lines(lines: tuple[SuggestedLine, ...]) -> str:
    said = [f"{plain(line.sku)} {amount(line.quantity, line.unit)}" for line in lines]
    return first_of(said, _MAX_NAMED)
