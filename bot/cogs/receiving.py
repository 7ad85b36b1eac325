"""Receiving: what comes in of an order, by a form."""

import discord
from discord import app_commands

from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.cogs.documents import suggests
from bot.cogs.forms import show_form
from bot.domain.actors import Actor
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.orders.documents import ORDERS
from bot.services.receiving.delivering import DeliverOrder, deliver_order
from bot.services.receiving.late import ListLateOrders, list_late_orders
from bot.services.receiving.preparing import PrepareDelivery, prepare_delivery
from bot.views import receiving_forms as forms
from bot.views.command_rights import help_topic, needs
from bot.views.late_orders import DIGEST_ORDERS


@help_topic("purchasing", 3)
class ReceivingCog(BaseCog):
    """The command that receives goods."""

    @needs("order.receive")
    @app_commands.command(description="Receive goods of an order; a form has its open lines")
    @app_commands.describe(
        order="Its number, such as PO-7",
        location="Where the goods are put (the form asks if omitted)",
    )
    @app_commands.autocomplete(
        order=suggests(ORDERS, "sent", "partial"), location=suggest_locations
    )
    async def receive(
        self, interaction: Interaction, order: str, location: str | None = None
    ) -> None:
        await _ask_what_came_in(interaction, PrepareDelivery(order=order, location=location))


@handles(forms.RECEIVE)
async def ask_what_came_in(interaction: Interaction, order_id: int) -> None:
    """Show the form with what is still to come."""
    await _ask_what_came_in(interaction, PrepareDelivery(order=order_id))


@handles(forms.DELIVERY_FORM)
async def receive_what_came_in(
    interaction: Interaction, order_id: int, version: int, values: dict[str, str]
) -> None:
    """Book what was filled in."""
    request = DeliverOrder(
        order_id=order_id,
        version=version,
        lines=values.get("lines", ""),
        location=values.get("location", ""),
        note=values.get("note", ""),
    )
    await interaction.client.desk.write(interaction, deliver_order, request)


@handles(DIGEST_ORDERS)
async def open_late_orders(interaction: Interaction, day: int) -> None:
    """List the orders that a day's digest leads to, as they are now."""
    del day
    await interaction.client.desk.show(interaction, list_late_orders, ListLateOrders())


async def _ask_what_came_in(interaction: Interaction, request: PrepareDelivery) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        return forms.delivery_form(await desk.db.query(prepare_delivery, request, actor))

    await show_form(interaction, work)
