"""Orders that the books suggest: a draft by supplier, and the Order button of an alert."""

from bot.domain.actors import Actor
from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.orders.suggesting import (
    OrderItem,
    draft_suggested,
    draft_what_was_suggested,
    order_item,
)
from bot.views.alerts import ORDER
from bot.views.components import number
from bot.views.order_suggestions import DRAFT_SUGGESTED, ORDER_FROM
from bot.views.replies import Reply, render


@handles(DRAFT_SUGGESTED)
async def draft(interaction: Interaction, supplier_id: int) -> None:
    """Write down what is missing from a supplier."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        key = str(interaction.id)
        return render(await draft_what_was_suggested(desk.db, supplier_id, actor, key))

    await desk.change(interaction, work, draft_suggested)


@handles(ORDER)
async def order_from_alert(interaction: Interaction, item_id: int, record: int) -> None:
    """Order the item of an alert from its last supplier, in place of the alert."""
    request = OrderItem(item_id=item_id, record=record)
    await interaction.client.desk.write(interaction, order_item, request, is_update=True)


@handles(ORDER_FROM)
async def order_from_chosen(
    interaction: Interaction, item_id: int, record: int, chosen: tuple[str, ...]
) -> None:
    """Order the item of an alert from the supplier that was chosen."""
    try:
        (supplier_id,) = map(number, chosen)
    except ValueError as error:
        raise StaleControl from error
    request = OrderItem(item_id=item_id, record=record, supplier=supplier_id)
    await interaction.client.desk.write(interaction, order_item, request)
