"""Invoices: enter, lines, match, dispute, list, and the buttons of their pages."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.approvals import propose
from bot.cogs.autocomplete import suggest_suppliers
from bot.cogs.base import BaseCog
from bot.cogs.documents import offer_documents, show_list, status_choices, suggests
from bot.cogs.forms import show_form
from bot.cogs.invoice_files import read_invoice_file
from bot.cogs.options import ReasonOption
from bot.domain.actors import Actor
from bot.domain.invoices import (
    DISPUTED,
    MATCHED,
    MAX_NUMBER,
    RECEIVED,
)
from bot.domain.stock import Reference
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.invoices.adding import (
    AddInvoice,
    GetInvoiceFile,
    VoidInvoice,
    add_invoice,
    get_invoice_file,
    void_invoice,
)
from bot.services.invoices.documents import INVOICES
from bot.services.invoices.editing import (
    EditInvoiceLines,
    PrepareInvoiceLines,
    edit_invoice_lines,
    prepare_invoice_lines,
)
from bot.services.invoices.matching import (
    DisputeInvoice,
    MatchInvoice,
    PrepareDispute,
    dispute_invoice,
    match_invoice,
    prepare_dispute,
)
from bot.services.payments.deciding import RequestPayment, request_payment
from bot.views import invoice_forms as forms
from bot.views import invoices as views
from bot.views.command_rights import help_topic, needs
from bot.views.long_fields import typed_lines

_TotalOption = app_commands.Range[str, 1, 40]
_DayOption = app_commands.Range[str, 0, 20]


@help_topic("purchasing", 4)
class InvoiceCog(BaseCog, commands.GroupCog, name="invoice", description="Invoices of suppliers"):
    """Commands about invoices."""

    @needs("invoice.edit")
    @app_commands.command(description="Enter an invoice of a supplier")
    @app_commands.describe(
        supplier="Name of the supplier",
        number="The supplier's own number of the invoice",
        total="What it asks for in all, such as 119.00 or 119,00 USD",
        date="Its date, such as 2027-03-01",
        file="The invoice itself: PDF, picture or e-invoice, up to 4 MiB",
    )
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def add(
        self,
        interaction: Interaction,
        supplier: str,
        number: app_commands.Range[str, 1, MAX_NUMBER],
        total: _TotalOption,
        date: _DayOption = "",
        file: discord.Attachment | None = None,
    ) -> None:
        async def request() -> AddInvoice:
            return AddInvoice(
                supplier=supplier,
                number=number,
                total=total,
                dated_on=date,
                file=await read_invoice_file(interaction, file),
            )

        await self.desk.write(interaction, add_invoice, request)

    @needs("invoice.edit")
    @app_commands.command(description="Enter what an invoice bills")
    @app_commands.describe(invoice="The supplier's number of the invoice")
    @app_commands.autocomplete(invoice=suggests(INVOICES, RECEIVED, DISPUTED, MATCHED))
    async def lines(self, interaction: Interaction, invoice: str) -> None:
        await _ask_for_lines(interaction, invoice)

    @needs("invoice.edit")
    @app_commands.command(description="Compare an invoice with what was ordered and received")
    @app_commands.describe(invoice="The supplier's number of the invoice")
    @app_commands.autocomplete(invoice=suggests(INVOICES, RECEIVED, DISPUTED))
    async def match(self, interaction: Interaction, invoice: str) -> None:
        await self.desk.write(interaction, match_invoice, MatchInvoice(invoice=invoice))

    @needs("invoice.edit")
    @app_commands.command(description="Say that an invoice is wrong; nothing of it is paid")
    @app_commands.describe(
        invoice="The supplier's number of the invoice", reason="What is wrong with it"
    )
    @app_commands.autocomplete(invoice=suggests(INVOICES, RECEIVED, MATCHED))
    async def dispute(self, interaction: Interaction, invoice: str, reason: ReasonOption) -> None:
        request = DisputeInvoice(invoice=invoice, reason=reason)
        await self.desk.write(interaction, dispute_invoice, request)

    @needs("price.view")
    @app_commands.command(description="List invoices, newest first")
    @app_commands.describe(status="Only invoices with this status")
    @app_commands.choices(status=status_choices(INVOICES))
    async def list(self, interaction: Interaction, status: str | None = None) -> None:
        await show_list(interaction, INVOICES, status)


offer_documents(INVOICES, views.INVOICE_CONTROLS)


@handles(views.EDIT)
async def ask_for_lines(interaction: Interaction, invoice_id: int) -> None:
    """Show the form with the lines of an invoice."""
    await _ask_for_lines(interaction, invoice_id)


@handles(forms.LINES_FORM)
async def edit(
    interaction: Interaction, invoice_id: int, version: int, values: dict[str, str]
) -> None:
    """Change the lines of an invoice."""
    lines = typed_lines(values) or ""
    request = EditInvoiceLines(invoice_id=invoice_id, version=version, lines=lines)
    await interaction.client.desk.write(interaction, edit_invoice_lines, request)


@handles(views.MATCH)
async def match(interaction: Interaction, invoice_id: int) -> None:
    """Match an invoice."""
    request = MatchInvoice(invoice=invoice_id)
    await interaction.client.desk.write(interaction, match_invoice, request)


@handles(views.DISPUTE)
async def ask_why_disputed(interaction: Interaction, invoice_id: int) -> None:
    """Show the form that asks what is wrong."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        label = await desk.db.query(prepare_dispute, PrepareDispute(invoice_id=invoice_id), actor)
        return forms.dispute_form(invoice_id, label)

    await desk.ask(interaction, work)


@handles(forms.DISPUTE_FORM)
async def dispute(interaction: Interaction, invoice_id: int, values: dict[str, str]) -> None:
    """Dispute an invoice."""
    request = DisputeInvoice(invoice=invoice_id, reason=values.get("reason", ""))
    await interaction.client.desk.write(interaction, dispute_invoice, request)


@handles(views.MAKE_VOID)
async def make_void(interaction: Interaction, invoice_id: int, version: int) -> None:
    """Make an invoice void that was entered wrongly."""
    request = VoidInvoice(invoice_id=invoice_id, version=version)
    await interaction.client.desk.write(interaction, void_invoice, request)


@handles(views.SHOW_FILE)
async def show_file(interaction: Interaction, invoice_id: int) -> None:
    """Show the file of an invoice."""
    request = GetInvoiceFile(invoice_id=invoice_id)
    await interaction.client.desk.show(interaction, get_invoice_file, request)


@handles(views.PAY)
async def ask_for_payment(interaction: Interaction, invoice_id: int) -> None:
    """Ask for the payment of what is open."""
    request = RequestPayment(invoice=invoice_id)
    await propose(interaction.client.desk, interaction, request_payment, request)


async def _ask_for_lines(interaction: Interaction, invoice: Reference) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        request = PrepareInvoiceLines(invoice=invoice)
        return forms.lines_form(await desk.db.query(prepare_invoice_lines, request, actor))

    await show_form(interaction, work)
