"""Suppliers: propose, edit, list."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.approvals import offer_controls, propose
from bot.cogs.autocomplete import (
    suggest_approved_suppliers,
    suggest_rejected_suppliers,
    suggest_suppliers,
    suggest_suspended_suppliers,
)
from bot.cogs.base import BaseCog
from bot.cogs.options import NoteOption, ReasonOption
from bot.domain.actors import Actor
from bot.domain.approvals import PENDING
from bot.domain.suppliers import STATUSES
from bot.interactions.clients import Interaction
from bot.interactions.desk import Desk
from bot.interactions.dispatch import handles
from bot.services.supplier_facts import NOUN
from bot.services.suppliers import (
    SUPPLIER_APPROVALS,
    EditSupplier,
    GetSupplier,
    ListSupplierHistory,
    ListSuppliers,
    ProposeSupplier,
    ReinstateSupplier,
    ResubmitSupplier,
    SuspendSupplier,
    edit_supplier,
    get_supplier,
    list_supplier_history,
    list_suppliers,
    propose_supplier,
    reinstate_supplier,
    resubmit_supplier,
    suspend_supplier,
)
from bot.views.command_rights import help_topic, needs
from bot.views.opening import OPEN
from bot.views.pages import Turn
from bot.views.replies import Reply, render
from bot.views.suppliers import ANY_STATUS, SUPPLIER_CARD, SUPPLIER_HISTORY, SUPPLIER_PAGE


@help_topic("suppliers")
class SupplierCog(
    BaseCog, commands.GroupCog, name="supplier", description="Suppliers and their approval"
):
    """Commands about suppliers."""

    @needs("supplier.propose")
    @app_commands.command(description="Propose a supplier; someone else approves it")
    @app_commands.describe(
        name="Company name",
        email="E-mail address for orders",
        phone="Phone number with country code",
        tax_id="Tax or VAT number",
        note="Note about the supplier",
    )
    async def propose(
        self,
        interaction: Interaction,
        name: str,
        email: str | None = None,
        phone: str | None = None,
        tax_id: str | None = None,
        note: NoteOption | None = None,
    ) -> None:
        request = ProposeSupplier(name=name, email=email, phone=phone, tax_id=tax_id, note=note)
        await propose(self.desk, interaction, propose_supplier, request)

    @needs("supplier.propose")
    @app_commands.command(description="Change a supplier; omitted options stay unchanged")
    @app_commands.describe(
        supplier="The supplier",
        name="New name",
        email="E-mail address for orders (none removes it)",
        phone="Phone number with country code (none removes it)",
        tax_id="Tax or VAT number (none removes it)",
        note="Note about the supplier (none removes it)",
    )
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def edit(
        self,
        interaction: Interaction,
        supplier: str,
        name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        tax_id: str | None = None,
        note: NoteOption | None = None,
    ) -> None:
        request = EditSupplier(
            supplier=supplier, name=name, email=email, phone=phone, tax_id=tax_id, note=note
        )
        await propose(self.desk, interaction, edit_supplier, request)

    @needs("supplier.propose")
    @app_commands.command(description="Resubmit a rejected supplier")
    @app_commands.describe(supplier="The supplier")
    @app_commands.autocomplete(supplier=suggest_rejected_suppliers)
    async def resubmit(self, interaction: Interaction, supplier: str) -> None:
        await propose(
            self.desk, interaction, resubmit_supplier, ResubmitSupplier(supplier=supplier)
        )

    @needs("supplier.suspend")
    @app_commands.command(description="Suspend a supplier")
    @app_commands.describe(supplier="The supplier", reason="Why it is suspended")
    @app_commands.autocomplete(supplier=suggest_approved_suppliers)
    async def suspend(self, interaction: Interaction, supplier: str, reason: ReasonOption) -> None:
        await self.desk.write(
            interaction,
            suspend_supplier,
            SuspendSupplier(supplier=supplier, reason=reason),
        )

    @needs("supplier.suspend")
    @app_commands.command(description="Reinstate a suspended supplier; someone else approves it")
    @app_commands.describe(supplier="The supplier")
    @app_commands.autocomplete(supplier=suggest_suspended_suppliers)
    async def reinstate(self, interaction: Interaction, supplier: str) -> None:
        await propose(
            self.desk, interaction, reinstate_supplier, ReinstateSupplier(supplier=supplier)
        )

    @needs("supplier.view")
    @app_commands.command(description="Show a supplier and the decisions about it")
    @app_commands.describe(supplier="The supplier")
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def show(self, interaction: Interaction, supplier: str) -> None:
        await _show(self.desk, interaction, supplier)

    @needs("supplier.view")
    @app_commands.command(description="List suppliers by name")
    @app_commands.describe(status="Only suppliers with this status")
    @app_commands.choices(
        status=[app_commands.Choice(name=status, value=status) for status in STATUSES.statuses]
    )
    async def list(self, interaction: Interaction, status: str | None = None) -> None:
        await _show_page(self.desk, interaction, Turn(), status)


async def show_details(interaction: Interaction, supplier_id: int) -> None:
    """Show all that the actor may see of the supplier."""
    await _show(interaction.client.desk, interaction, supplier_id)


offer_controls(SUPPLIER_APPROVALS, SUPPLIER_CARD, show_details)


@handles(OPEN[NOUN])
async def open_supplier(interaction: Interaction, supplier_id: int) -> None:
    """Show a supplier of a list."""
    await _show(interaction.client.desk, interaction, supplier_id)


@handles(SUPPLIER_HISTORY)
async def turn_history(interaction: Interaction, turn: Turn, supplier_id: int) -> None:
    """Show a page of what happened to a supplier; the first one beside the supplier's page."""
    request = ListSupplierHistory(supplier_id=supplier_id, after=turn.after, before=turn.before)
    is_update = turn != Turn()
    await interaction.client.desk.show(
        interaction, list_supplier_history, request, is_update=is_update
    )


@handles(SUPPLIER_PAGE)
async def turn_page(interaction: Interaction, turn: Turn, status: str) -> None:
    """Turn a page of the list."""
    wanted = None if status == ANY_STATUS else status
    await _show_page(interaction.client.desk, interaction, turn, wanted, is_update=True)


async def _show(desk: Desk, interaction: Interaction, supplier: int | str) -> None:
    async def work(actor: Actor) -> Reply:
        shown = await desk.db.query(get_supplier, GetSupplier(supplier=supplier), actor)
        if shown.approval.status == PENDING:
            await desk.cards.restore(interaction, "supplier", shown.supplier.id)
        return render(shown)

    await desk.read(interaction, work)


async def _show_page(
    desk: Desk,
    interaction: Interaction,
    turn: Turn,
    status: str | None,
    *,
    is_update: bool = False,
) -> None:
    request = ListSuppliers(status=status, after=turn.after, before=turn.before)
    await desk.show(interaction, list_suppliers, request, is_update=is_update)
