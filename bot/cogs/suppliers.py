"""Suppliers: propose, edit, list; and the buttons by which others decide."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.approvers import is_nobody_able
from bot.cogs.autocomplete import suggest_suppliers
from bot.database.operations import Operation
from bot.domain.actors import Actor
from bot.domain.approvals import Status
from bot.domain.changes import Changed
from bot.errors import TallymanError
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control, on_form
from bot.services.approvals.cards import (
    ListApprovers,
    ReviewSubject,
    list_approvers,
    review_supplier,
)
from bot.services.suppliers import (
    DecideSupplier,
    EditSupplier,
    ListSuppliers,
    ProposeSupplier,
    ReinstateSupplier,
    ResubmitSupplier,
    ShowSupplier,
    SuspendSupplier,
    approve_supplier,
    edit_supplier,
    list_suppliers,
    propose_supplier,
    reinstate_supplier,
    reject_supplier,
    resubmit_supplier,
    show_supplier,
    suspend_supplier,
)
from bot.views import suppliers as views
from bot.views.components import number
from bot.views.pages import Turn
from bot.views.replies import Reply, render

Note = app_commands.Range[str, 0, 200]
Reason = app_commands.Range[str, 1, 200]
NOUN = "supplier"
PERMISSION = "supplier.approve"


class SupplierCog(commands.GroupCog, name="supplier", description="Whom goods come from"):
    """Commands about suppliers."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Ask for a new supplier; somebody else decides")
    @app_commands.describe(
        name="The company's name",
        email="Where orders go",
        phone="With the country's code",
        tax_id="Its tax or VAT number",
        note="Anything worth remembering",
    )
    async def propose(
        self,
        interaction: discord.Interaction[Any],
        name: str,
        email: str | None = None,
        phone: str | None = None,
        tax_id: str | None = None,
        note: Note | None = None,
    ) -> None:
        request = ProposeSupplier(name=name, email=email, phone=phone, tax_id=tax_id, note=note)
        await self._ask(interaction, propose_supplier, request)

    @app_commands.command(description="Change a supplier; what is left out stays")
    @app_commands.describe(
        supplier="Its name",
        name="Its new name",
        email="Where orders go (none to remove it)",
        phone="With the country's code (none to remove it)",
        tax_id="Its tax or VAT number (none to remove it)",
        note="Anything worth remembering (none to remove it)",
    )
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        supplier: str,
        name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        tax_id: str | None = None,
        note: Note | None = None,
    ) -> None:
        request = EditSupplier(
            supplier=supplier, name=name, email=email, phone=phone, tax_id=tax_id, note=note
        )
        await self._ask(interaction, edit_supplier, request)

    @app_commands.command(description="Ask once more for a supplier that was rejected")
    @app_commands.describe(supplier="Its name")
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def resubmit(self, interaction: discord.Interaction[Any], supplier: str) -> None:
        await self._ask(interaction, resubmit_supplier, ResubmitSupplier(supplier=supplier))

    @app_commands.command(description="Take a supplier out of use for now")
    @app_commands.describe(supplier="Its name", reason="Why it is taken out of use")
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def suspend(
        self, interaction: discord.Interaction[Any], supplier: str, reason: Reason
    ) -> None:
        await self.desk.write(
            interaction,
            suspend_supplier,
            lambda: SuspendSupplier(supplier=supplier, reason=reason),
        )

    @app_commands.command(description="Ask once more for a supplier that was suspended")
    @app_commands.describe(supplier="Its name")
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def reinstate(self, interaction: discord.Interaction[Any], supplier: str) -> None:
        await self._ask(interaction, reinstate_supplier, ReinstateSupplier(supplier=supplier))

    @app_commands.command(description="Look at a supplier and what was decided about it")
    @app_commands.describe(supplier="Its name")
    @app_commands.autocomplete(supplier=suggest_suppliers)
    async def show(self, interaction: discord.Interaction[Any], supplier: str) -> None:
        await _show(self.desk, interaction, supplier)

    @app_commands.command(description="Look at the suppliers by name")
    @app_commands.describe(status="Only those that stand so")
    @app_commands.choices(
        status=[app_commands.Choice(name=status, value=status) for status in Status]
    )
    async def list(self, interaction: discord.Interaction[Any], status: str | None = None) -> None:
        await _show_page(self.desk, interaction, Turn(), status)

    async def _ask(
        self,
        interaction: discord.Interaction[Any],
        operation: Operation[Any, Changed],
        request: Any,
    ) -> None:
        """Run what others have to decide about, and say what stands in the way of that."""

        async def work(actor: Actor) -> Reply:
            result = await self.desk.db.run(operation, request, actor, str(interaction.id))
            try:
                return await self._with_warnings(interaction, actor, result)
            except TallymanError:
                # It is booked, whatever cannot be looked at afterwards.
                return render(result)

        await self.desk.change(interaction, work)

    async def _with_warnings(
        self, interaction: discord.Interaction[Any], actor: Actor, result: Changed
    ) -> Reply:
        request = ListApprovers(noun=NOUN, subject_id=result.subject_id, permission=PERMISSION)
        listed = await self.desk.db.query(list_approvers, request, actor)
        if not listed.is_pending:
            return render(result)
        return views.proposed_reply(
            render(result),
            is_channel_missing=listed.approvals_channel_id is None,
            is_nobody_able=await is_nobody_able(interaction, actor, listed),
        )


@on_control(NOUN, "approve", number, number)
async def approve(interaction: discord.Interaction[Any], supplier_id: int, version: int) -> None:
    """Approve the version that the card shows."""
    request = DecideSupplier(supplier_id=supplier_id, version=version)
    await _decide(interaction, approve_supplier, request)


@on_control(NOUN, "reject", number, number)
async def ask_for_reason(
    interaction: discord.Interaction[Any], supplier_id: int, version: int
) -> None:
    """Ask why the version that the card shows is rejected."""
    desk: Desk = interaction.client.desk
    request = ReviewSubject(noun=NOUN, subject_id=supplier_id, version=version)

    async def work(actor: Actor) -> discord.ui.Modal:
        subject = await desk.db.query(review_supplier, request, actor)
        return views.reject_form(subject.label, supplier_id, version)

    await desk.ask(interaction, work)


@on_form(NOUN, "reject", number, number)
async def reject(
    interaction: discord.Interaction[Any], supplier_id: int, version: int, values: dict[str, str]
) -> None:
    """Reject the version that the card showed, for the reason that was given."""
    request = DecideSupplier(
        supplier_id=supplier_id, version=version, reason=values.get("reason", "")
    )
    await _decide(interaction, reject_supplier, request)


@on_control(NOUN, "details", number)
async def show_details(interaction: discord.Interaction[Any], supplier_id: int) -> None:
    """Show all that this person may see of the supplier."""
    await _show(interaction.client.desk, interaction, supplier_id)


@on_control(NOUN, "page", Turn.parse, str)
async def turn_page(interaction: discord.Interaction[Any], turn: Turn, status: str) -> None:
    """Turn a page of the list."""
    wanted = None if status == views.ANY_STATUS else status
    await _show_page(interaction.client.desk, interaction, turn, wanted, is_update=True)


async def _decide(
    interaction: discord.Interaction[Any],
    operation: Operation[DecideSupplier, Changed],
    request: DecideSupplier,
) -> None:
    desk: Desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        async with desk.cards.deciding(interaction, NOUN, request.supplier_id):
            result = await desk.db.run(operation, request, actor, str(interaction.id))
        return render(result)

    await desk.change(interaction, work)


async def _show(desk: Desk, interaction: discord.Interaction[Any], supplier: int | str) -> None:
    async def work(actor: Actor) -> Reply:
        shown = await desk.db.query(show_supplier, ShowSupplier(supplier=supplier), actor)
        if shown.approval.status == Status.PENDING:
            await desk.cards.restore(interaction, NOUN, shown.supplier.id)
        return views.show_supplier(shown)

    await desk.read(interaction, work)


async def _show_page(
    desk: Desk,
    interaction: discord.Interaction[Any],
    turn: Turn,
    status: str | None,
    *,
    is_update: bool = False,
) -> None:
    async def work(actor: Actor) -> Reply:
        request = ListSuppliers(status=status, after=turn.after, before=turn.before)
        return views.show_suppliers(await desk.db.query(list_suppliers, request, actor))

    await desk.read(interaction, work, is_update=is_update)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(SupplierCog(bot.desk))
