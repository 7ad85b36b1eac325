"""Why a figure is what it is: the buttons that open its records, privately."""

from functools import partial

from bot.cogs.verifying import verify
from bot.interactions import Interaction, handles
from bot.services.location_pages import GetLocation, get_location
from bot.services.why.stock import (
    ExplainStock,
    ListLevels,
    ListReservations,
    explain_stock,
    list_item_levels,
    list_reservations,
)
from bot.views.history import HistoryTurn
from bot.views.pages import Turn
from bot.views.why import checked_page, held_page
from bot.views.why_controls import CHECK, WHY, WHY_HELD, WHY_LEVELS, WHY_RESERVED

_FIRST = HistoryTurn()


@handles(WHY)
async def explain(  # what a figure is of
    interaction: Interaction,
    turn: HistoryTurn,
    item_id: int,
    location_id: int,
    lot_id: int,
    beyond: int,
) -> None:
    """Show what makes a figure of stock; a turned page replaces the one that it was turned on."""
    desk = interaction.client.desk
    request = ExplainStock(
        item=item_id or None,
        location_id=abs(location_id) or None,
        is_whole=location_id < 0,
        lot_id=lot_id,
        beyond=beyond or None,
        before=turn.before,
        after=turn.after,
    )
    checked = desk.last_checks.find(interaction.guild_id)
    await desk.show(
        interaction,
        explain_stock,
        request,
        view=lambda explained: checked_page(explained, checked),
        is_update=turn != _FIRST,
    )


@handles(WHY_LEVELS)
async def list_levels(interaction: Interaction, turn: HistoryTurn, item_id: int) -> None:
    """Show the levels that an item's stock is made of."""
    request = ListLevels(item=item_id, after=turn.before, before=turn.after)
    await interaction.client.desk.show(interaction, list_item_levels, request, is_update=True)


@handles(WHY_HELD)
async def list_held(interaction: Interaction, turn: Turn, location_id: int) -> None:
    """Show what a location holds, to choose the figure that is asked about."""
    request = GetLocation(location=location_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(
        interaction, get_location, request, view=held_page, is_update=turn != Turn()
    )


@handles(WHY_RESERVED)
async def list_reserved(interaction: Interaction, first: int, item_id: int) -> None:
    """Show which requests hold an item back."""
    request = ListReservations(item=item_id, first=max(0, first))
    await interaction.client.desk.show(interaction, list_reservations, request, is_update=True)


@handles(CHECK)
async def check_books(interaction: Interaction) -> None:
    """Verify the books now."""
    await interaction.client.desk.read(interaction, partial(verify, interaction.client))
