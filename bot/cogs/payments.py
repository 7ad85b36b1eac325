"""Payments: request, record, reverse, list, and the buttons of their cards and pages."""

from collections.abc import Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.approvals import offer_controls, propose
from bot.cogs.base import BaseCog
from bot.cogs.documents import offer_documents, show_list, status_choices, suggests
from bot.cogs.options import ReasonOption
from bot.database.operations import Query
from bot.domain.actors import Actor
from bot.domain.invoices import MATCHED, PART_PAID
from bot.domain.payments import APPROVED, MAX_REFERENCE, PAID, PENDING
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.documents.kinds import GetDocument
from bot.services.invoices.documents import INVOICES
from bot.services.payments.deciding import (
    PAYMENT_APPROVALS,
    RequestPayment,
    request_payment,
)
from bot.services.payments.documents import PAYMENTS
from bot.services.payments.recording import (
    PreparePayment,
    RecordPayment,
    ReversePayment,
    prepare_recording,
    prepare_reversal,
    record_payment,
    reverse_payment,
)
from bot.views import payments as views
from bot.views.command_rights import help_topic, needs
from bot.views.replies import Reply, render

_AmountOption = app_commands.Range[str, 0, 40]
_DayOption = app_commands.Range[str, 0, 20]


@help_topic("purchasing", 5)
class PaymentCog(BaseCog, commands.GroupCog, name="payment", description="Payments of invoices"):
    """Commands about payments."""

    @needs("payment.request")
    @app_commands.command(description="Ask for a payment of an invoice; someone else approves it")
    @app_commands.describe(
        invoice="The supplier's number of the invoice",
        amount="How much of it (all that is open if omitted)",
    )
    @app_commands.autocomplete(invoice=suggests(INVOICES, MATCHED, PART_PAID))
    async def request(
        self, interaction: Interaction, invoice: str, amount: _AmountOption = ""
    ) -> None:
        request = RequestPayment(invoice=invoice, amount=amount)
        await propose(self.desk, interaction, request_payment, request)

    @needs("payment.execute")
    @app_commands.command(description="Record that an approved payment was made")
    @app_commands.describe(
        payment="Its number, such as PAY-3",
        reference="What the bank calls it",
        date="The day it was paid (today if omitted)",
    )
    @app_commands.autocomplete(payment=suggests(PAYMENTS, APPROVED))
    async def record(
        self,
        interaction: Interaction,
        payment: str,
        reference: app_commands.Range[str, 1, MAX_REFERENCE],
        date: _DayOption = "",
    ) -> None:
        request = RecordPayment(payment=payment, reference=reference, paid_on=date)
        await self.desk.write(interaction, record_payment, request)

    @needs("payment.execute")
    @app_commands.command(description="Reverse a payment that came back or was never made")
    @app_commands.describe(payment="Its number, such as PAY-3", reason="Why it is reversed")
    @app_commands.autocomplete(payment=suggests(PAYMENTS, PAID))
    async def reverse(self, interaction: Interaction, payment: str, reason: ReasonOption) -> None:
        request = ReversePayment(payment=payment, reason=reason)
        await self.desk.write(interaction, reverse_payment, request)

    @needs("price.view")
    @app_commands.command(description="List payments, newest first")
    @app_commands.describe(status="Only payments with this status")
    @app_commands.choices(status=status_choices(PAYMENTS))
    async def list(self, interaction: Interaction, status: str | None = None) -> None:
        await show_list(interaction, PAYMENTS, status)


async def show_payment(interaction: Interaction, payment_id: int) -> None:
    """Show a payment to who asks; a pending one gets its card again if that is gone."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        shown = await desk.db.query(PAYMENTS.get, GetDocument(document=payment_id), actor)
        if shown.document.status == PENDING:
            await desk.cards.restore(interaction, shown.noun, shown.document.id)
        return render(shown)

    await desk.read(interaction, work)


offer_documents(PAYMENTS, views.PAYMENT_CONTROLS, show=show_payment)
offer_controls(PAYMENT_APPROVALS, views.PAYMENT_CARD, show_payment)


@handles(views.RECORD)
async def ask_for_reference(interaction: Interaction, payment_id: int, version: int) -> None:
    """Show the form that records a payment."""
    request = PreparePayment(payment_id=payment_id, version=version)
    await _show_form(interaction, prepare_recording, request, views.record_form)


@handles(views.RECORD_FORM)
async def record(
    interaction: Interaction, payment_id: int, version: int, values: dict[str, str]
) -> None:
    """Record a payment."""
    request = RecordPayment(
        payment=payment_id,
        reference=values.get("reference", ""),
        paid_on=values.get("date", ""),
        version=version,
    )
    await interaction.client.desk.write(interaction, record_payment, request)


@handles(views.REVERSE)
async def ask_why_reversed(interaction: Interaction, payment_id: int, version: int) -> None:
    """Show the form that asks why a payment is reversed."""
    request = PreparePayment(payment_id=payment_id, version=version)
    await _show_form(interaction, prepare_reversal, request, views.reverse_form)


@handles(views.REVERSE_FORM)
async def reverse(
    interaction: Interaction, payment_id: int, version: int, values: dict[str, str]
) -> None:
    """Reverse a payment."""
    reason = values.get("reason", "")
    request = ReversePayment(payment=payment_id, reason=reason, version=version)
    await interaction.client.desk.write(interaction, reverse_payment, request)


async def _show_form(
    interaction: Interaction,
    prepare: Query[PreparePayment, str],
    request: PreparePayment,
    form: Callable[[int, int, str], discord.ui.Modal],
) -> None:
    """Show a form of a payment, if the step that it is for can be taken."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        label = await desk.db.query(prepare, request, actor)
        return form(request.payment_id, request.version, label)

    await desk.ask(interaction, work)
