"""Orders that the books suggest: a draft by supplier, and the Order button of an alert."""

import discord
from aiohttp import ClientError
from loguru import logger

from bot.domain.actors import Actor
from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.interactions.retries import call_discord
from bot.services.orders.suggesting import (
    ItemOrdered,
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
    alert = 0 if interaction.message is None else interaction.message.id
    request = OrderItem(item_id=item_id, record=record, alert=alert)
    await interaction.client.desk.write(interaction, order_item, request, is_update=True)


@handles(ORDER_FROM)
async def order_from_chosen(
    interaction: Interaction, item_id: int, record: int, alert: int, chosen: tuple[str, ...]
) -> None:
    """Order the item of an alert from the supplier that was chosen, and settle the alert."""
    try:
        (supplier_id,) = map(number, chosen)
    except ValueError as error:
        raise StaleControl from error
    request = OrderItem(item_id=item_id, record=record, supplier=supplier_id, alert=alert)

    async def settle(done: ItemOrdered) -> Reply:
        reply = render(done)
        await _replace(interaction, alert, reply)
        return reply

    desk = interaction.client.desk
    await desk.write(interaction, order_item, request, view=settle, is_update=True)


async def _replace(interaction: Interaction, message_id: int, reply: Reply) -> None:
    """Show in the place of an alert what was answered; the question was private, beside it."""
    channel = interaction.channel
    if not message_id or channel is None:
        return
    alert = interaction.client.get_partial_messageable(channel.id).get_partial_message(message_id)
    try:
        await call_discord(lambda: alert.edit(**reply.for_editing()))
    except (discord.HTTPException, ClientError, OSError) as error:
        # Ordered all the same: pressing the alert once more says that it is on order.
        logger.info("An alert could not be settled: {}", type(error).__name__)
