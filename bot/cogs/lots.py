"""Lots: show, list, hold, release, recall."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_any_items, suggest_items
from bot.cogs.base import BaseCog
from bot.cogs.lot_choices import suggest_lots
from bot.cogs.options import ReasonOption
from bot.interactions import Interaction, handles
from bot.services.lots import (
    GetLot,
    HoldLot,
    ListLots,
    ReleaseLot,
    get_lot,
    hold_lot,
    list_lots,
    release_lot,
)
from bot.services.recalls import ListRecipients, RecallLot, list_recipients, recall_lot
from bot.views.command_rights import help_topic, needs
from bot.views.digest import DIGEST_LOTS
from bot.views.history import HistoryTurn
from bot.views.lots import LOT_PAGE, OPEN_LOT, RECIPIENTS
from bot.views.pages import Turn

_DaysOption = app_commands.Range[int, 0, 3650]


@help_topic("catalogue", 2)
class LotCog(BaseCog, commands.GroupCog, name="lot", description="Lots and serial numbers"):
    """Commands about lots."""

    @needs("stock.view")
    @app_commands.command(description="Show a lot and where it is")
    @app_commands.describe(item="SKU or name", lot="Lot or serial number")
    @app_commands.autocomplete(item=suggest_any_items, lot=suggest_lots)
    async def show(self, interaction: Interaction, item: str, lot: str) -> None:
        await self.desk.show(interaction, get_lot, GetLot(item=item, lot=lot))

    @needs("stock.view")
    @app_commands.command(description="List lots, the first to expire on top")
    @app_commands.describe(
        item="Only this item", expiring_within_days="Only what expires within so many days"
    )
    @app_commands.autocomplete(item=suggest_any_items)
    async def list(
        self,
        interaction: Interaction,
        item: str | None = None,
        expiring_within_days: _DaysOption | None = None,
    ) -> None:
        request = ListLots(item=item, within_days=expiring_within_days)
        await self.desk.show(interaction, list_lots, request)

    @needs("lot.control")
    @app_commands.command(description="Hold a lot: no one can take it until it is released")
    @app_commands.describe(item="SKU or name", lot="Lot or serial number", reason="Why it is held")
    @app_commands.autocomplete(item=suggest_items, lot=suggest_lots)
    async def hold(
        self, interaction: Interaction, item: str, lot: str, reason: ReasonOption
    ) -> None:
        request = HoldLot(item=item, lot=lot, reason=reason)
        await self.desk.write(interaction, hold_lot, request)

    @needs("lot.control")
    @app_commands.command(description="Release a lot that is held")
    @app_commands.describe(
        item="SKU or name", lot="Lot or serial number", reason="Why it is released"
    )
    @app_commands.autocomplete(item=suggest_items, lot=suggest_lots)
    async def release(
        self, interaction: Interaction, item: str, lot: str, reason: ReasonOption
    ) -> None:
        request = ReleaseLot(item=item, lot=lot, reason=reason)
        await self.desk.write(interaction, release_lot, request)

    @needs("lot.control")
    @app_commands.command(description="Hold a lot everywhere and list who got it")
    @app_commands.describe(
        item="SKU or name", lot="Lot or serial number", reason="Why it is recalled"
    )
    @app_commands.autocomplete(item=suggest_any_items, lot=suggest_lots)
    async def recall(
        self, interaction: Interaction, item: str, lot: str, reason: ReasonOption
    ) -> None:
        request = RecallLot(item=item, lot=lot, reason=reason)
        await self.desk.write(interaction, recall_lot, request)


@handles(LOT_PAGE)
async def turn_lots(interaction: Interaction, turn: Turn, item_id: int, within_days: int) -> None:
    """Turn a page of the list of lots."""
    request = ListLots(
        item=item_id or None,
        within_days=None if within_days < 0 else within_days,
        after=turn.after,
        before=turn.before,
    )
    await interaction.client.desk.show(interaction, list_lots, request, is_update=True)


@handles(DIGEST_LOTS)
async def show_expiring(interaction: Interaction, _day: int, days: int) -> None:
    """Show all lots that a digest is about, as they are now."""
    request = ListLots(within_days=days)
    await interaction.client.desk.show(interaction, list_lots, request)


@handles(OPEN_LOT)
async def open_lot(interaction: Interaction, item_id: int, lot_id: int) -> None:
    """Show the lot of a row."""
    request = GetLot(item=item_id, lot=lot_id)
    await interaction.client.desk.show(interaction, get_lot, request)


@handles(RECIPIENTS)
async def turn_recipients(interaction: Interaction, turn: HistoryTurn, lot_id: int) -> None:
    """Show who got a lot, page by page."""
    request = ListRecipients(lot_id=lot_id, before=turn.before, after=turn.after)
    await interaction.client.desk.show(interaction, list_recipients, request, is_update=True)
