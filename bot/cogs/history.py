"""The floor's look-ups: where stock is, and what was moved."""

import discord
from discord import app_commands

from bot.cogs.autocomplete import suggest_any_items, suggest_any_locations, suggest_anything
from bot.cogs.base import BaseCog
from bot.interactions import Interaction, handles
from bot.services.item_pages import GetItem, get_item
from bot.services.search import FindStock, ListHistory, find_stock, list_history
from bot.views.command_rights import help_topic, needs
from bot.views.history import OPEN_MOVED, PAGE, HistoryTurn
from bot.views.stock_pages import FIND_PAGE, HISTORY_OF, found_from


@help_topic("floor", 3)
class HistoryCog(BaseCog):
    """Commands that find stock and show moves."""

    @needs("stock.view")
    @app_commands.command(description="Find an item or a location and its stock")
    @app_commands.describe(query="SKU, name or location")
    @app_commands.autocomplete(query=suggest_anything)
    async def find(self, interaction: Interaction, query: str) -> None:
        await self.desk.show(interaction, find_stock, FindStock(typed=query))

    @needs("stock.view")
    @app_commands.command(description="Show the history of moves, newest first")
    @app_commands.describe(
        item="Only this item", location="Only this location", member="Only this member"
    )
    @app_commands.autocomplete(item=suggest_any_items, location=suggest_any_locations)
    async def history(
        self,
        interaction: Interaction,
        item: str | None = None,
        location: str | None = None,
        member: discord.User | None = None,
    ) -> None:
        member_id = member.id if member else None
        request = ListHistory(item=item, location=location, member_id=member_id)
        await self.desk.show(interaction, list_history, request)


@handles(HISTORY_OF)
async def show_history_of(interaction: Interaction, kind: str, thing_id: int) -> None:
    """Show the history of the item or location whose page it is."""
    request = ListHistory(location=thing_id) if kind == "l" else ListHistory(item=thing_id)
    await interaction.client.desk.show(interaction, list_history, request)


@handles(OPEN_MOVED)
async def open_moved(interaction: Interaction, item_id: int, _record: int, _line: int) -> None:
    """Show the item of a move."""
    await interaction.client.desk.show(interaction, get_item, GetItem(item=item_id))


@handles(FIND_PAGE)
async def turn_found(interaction: Interaction, first: int, typed: str) -> None:
    """Turn a page of what was found."""
    await interaction.client.desk.show(
        interaction,
        find_stock,
        FindStock(typed=typed),
        view=lambda found: found_from(found, first),
        is_update=True,
    )


@handles(PAGE)
async def turn_history(
    interaction: Interaction,
    turn: HistoryTurn,
    item_id: int,
    location_id: int,
    member_id: int,
) -> None:
    """Turn a page of the history."""
    desk = interaction.client.desk
    request = ListHistory(
        item=item_id or None,
        location=location_id or None,
        member_id=member_id or None,
        before=turn.before,
        after=turn.after,
    )

    await desk.show(interaction, list_history, request, is_update=True)
