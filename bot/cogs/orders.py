"""Orders: write, change, submit, send, cancel, close, and the buttons and forms of their pages."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.approvals import offer_controls, propose
from bot.cogs.autocomplete import suggest_approved_suppliers, suggest_suppliers
from bot.cogs.base import BaseCog
from bot.cogs.documents import offer_documents, status_choices, suggests
from bot.cogs.forms import show_form
from bot.cogs.order_files import read_form_file, send_and_print
from bot.domain.actors import Actor
from bot.domain.orders import PENDING
from bot.domain.stock import Reference
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.documents.kinds import GetDocument, ListDocuments
from bot.services.orders.approving import ORDER_APPROVALS
from bot.services.orders.documents import ORDERS
from bot.services.orders.editing import (
    EditOrder,
    PrepareOrderLines,
    edit_order,
    prepare_order_lines,
)
from bot.services.orders.making import NewOrder, PrepareOrder, make_order, prepare_order
from bot.services.orders.steps import (
    StepOrder,
    ask_to_cancel_order,
    cancel_order,
    close_order,
    submit_order,
)
from bot.services.orders.suggesting import SuggestOrders, suggest_purchases
from bot.views import order_forms as forms
from bot.views import orders as views
from bot.views.command_rights import help_topic, needs
from bot.views.long_fields import typed_lines
from bot.views.order_words import ORDER_CARD
from bot.views.replies import Reply, render

_ShortOption = app_commands.Range[str, 1, 30]
_NUMBER = "Its number, such as PO-7"
_suggest_any = suggests(ORDERS)
_suggest_editable = suggests(ORDERS, "draft", "pending", "approved", "rejected")
_suggest_drafts = suggests(ORDERS, "draft")
_suggest_approved = suggests(ORDERS, "approved")
_suggest_cancellable = suggests(ORDERS, "draft", "pending", "approved", "rejected", "sent")
_suggest_closable = suggests(ORDERS, "partial", "received")


@help_topic("purchasing", 2)
class OrderCog(BaseCog, commands.GroupCog, name="order", description="Orders from suppliers"):
    """Commands about orders."""

    @needs("order.create")
    @app_commands.command(description="Write an order; it is submitted afterwards")
    @app_commands.describe(
        supplier="An approved supplier",
        lines="SKU, quantity and price, several separated by ; (a form asks if omitted)",
        currency="Currency of its prices, such as USD (that of the books if omitted)",
        rate="What one of that currency is in the currency of the books",
    )
    @app_commands.autocomplete(supplier=suggest_approved_suppliers)
    async def new(
        self,
        interaction: Interaction,
        supplier: str,
        lines: str | None = None,
        currency: app_commands.Range[str, 3, 3] | None = None,
        rate: _ShortOption | None = None,
    ) -> None:
        request = NewOrder(
            supplier=supplier, lines=lines or "", currency=currency or "", rate=rate or ""
        )
        if lines is not None:
            await self.desk.write(interaction, make_order, request)
            return

        async def work(actor: Actor) -> discord.ui.Modal:
            found = await self.db.query(prepare_order, PrepareOrder(supplier=supplier), actor)
            return forms.new_order_form(found.id, request, found.name)

        await show_form(interaction, work)

    @needs("order.create")
    @app_commands.command(description="List what is to be ordered, by supplier")
    async def suggest(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, suggest_purchases, SuggestOrders())

    @needs("order.create")
    @app_commands.command(description="Change the lines of an order that is not sent yet")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_editable)
    async def lines(self, interaction: Interaction, order: str) -> None:
        await _ask_for_lines(interaction, order)

    @needs("order.create")
    @app_commands.command(description="Submit an order for approval")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_drafts)
    async def submit(self, interaction: Interaction, order: str) -> None:
        await propose(self.desk, interaction, submit_order, StepOrder(order=order))

    @needs("order.create")
    @app_commands.command(description="Get an approved order as a PDF and mark it as sent")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_approved)
    async def send(self, interaction: Interaction, order: str) -> None:
        await send_and_print(interaction, StepOrder(order=order))

    @needs("order.create")
    @app_commands.command(description="Cancel an order of which nothing was received")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_cancellable)
    async def cancel(self, interaction: Interaction, order: str) -> None:
        await self.desk.write(interaction, cancel_order, StepOrder(order=order))

    @needs("order.create")
    @app_commands.command(description="Close an order; what is left of it is not coming any more")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_closable)
    async def close(self, interaction: Interaction, order: str) -> None:
        await self.desk.write(interaction, close_order, StepOrder(order=order))

    @needs("order.view")
    @app_commands.command(description="Show an order")
    @app_commands.describe(order=_NUMBER)
    @app_commands.autocomplete(order=_suggest_any)
    async def show(self, interaction: Interaction, order: str) -> None:
        await _show(interaction, order)

    @needs("order.view")
    @app_commands.command(description="List orders, newest first")
    @app_commands.describe(status="Only orders with this status", supplier="Only from this one")
    @app_commands.choices(status=status_choices(ORDERS))
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def list(
        self, interaction: Interaction, status: str | None = None, supplier: str | None = None
    ) -> None:
        request = ListDocuments(status=status, only=supplier)
        await self.desk.show(interaction, ORDERS.list, request)


async def show_order(interaction: Interaction, order_id: int) -> None:
    """Show an order to the user who asks from its card."""
    await _show(interaction, order_id)


offer_documents(ORDERS, views.ORDER_CONTROLS)
offer_controls(ORDER_APPROVALS, ORDER_CARD, show_order)


@handles(forms.NEW_ORDER_FORM)
async def make(
    interaction: Interaction, supplier_id: int, state: str, values: dict[str, str]
) -> None:
    """Write the order that the form describes."""
    currency, _slash, rate = state.partition("/")

    async def request() -> NewOrder:
        return NewOrder(
            supplier=supplier_id,
            lines=typed_lines(values) or "",
            file=await read_form_file(interaction),
            currency=currency,
            rate=rate,
            promised_on=values.get("promised_on", ""),
            note=values.get("note", ""),
        )

    await interaction.client.desk.write(interaction, make_order, request)


@handles(views.EDIT)
async def ask_for_lines(interaction: Interaction, order_id: int) -> None:
    """Show the form with the lines of an order."""
    await _ask_for_lines(interaction, order_id)


@handles(forms.ORDER_LINES_FORM)
async def edit(
    interaction: Interaction, order_id: int, version: int, values: dict[str, str]
) -> None:
    """Change an order."""

    async def request() -> EditOrder:
        return EditOrder(
            order_id=order_id,
            version=version,
            lines=typed_lines(values),
            file=await read_form_file(interaction),
            promised_on=values.get("promised_on", ""),
            note=values.get("note", ""),
        )

    await interaction.client.desk.write(interaction, edit_order, request)


@handles(views.SUBMIT)
async def submit(interaction: Interaction, order_id: int, version: int) -> None:
    """Submit the order that was shown."""
    request = StepOrder(order=order_id, version=version)
    await propose(interaction.client.desk, interaction, submit_order, request)


@handles(views.CLOSE)
async def close(interaction: Interaction, order_id: int, version: int) -> None:
    """Close the order that was shown."""
    request = StepOrder(order=order_id, version=version)
    await interaction.client.desk.write(interaction, close_order, request)


@handles(views.CANCEL)
async def ask_whether_to_cancel(interaction: Interaction, order_id: int) -> None:
    """Ask once more: the button may be pressed by mistake."""
    request = StepOrder(order=order_id)
    await interaction.client.desk.show(interaction, ask_to_cancel_order, request)


@handles(views.CONFIRM)
async def cancel(interaction: Interaction, order_id: int, version: int) -> None:
    """Cancel the order that was shown."""
    request = StepOrder(order=order_id, version=version)
    await interaction.client.desk.write(interaction, cancel_order, request, is_update=True)


async def _show(interaction: Interaction, order: Reference) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        shown = await desk.db.query(ORDERS.get, GetDocument(document=order), actor)
        if shown.document.status == PENDING:
            await desk.cards.restore(interaction, shown.noun, shown.document.id)
        return render(shown)

    await desk.read(interaction, work)


async def _ask_for_lines(interaction: Interaction, order: Reference) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        prepared = await desk.db.query(prepare_order_lines, PrepareOrderLines(order=order), actor)
        return forms.order_lines_form(prepared)

    await show_form(interaction, work)
