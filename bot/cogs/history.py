"""Looking around the floor: where things lie, and what was moved."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_anything, suggest_items, suggest_locations
from bot.domain.actors import Actor
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control
from bot.services.search import FindStock, ListHistory, find_stock, list_history
from bot.views.catalogue import show_found
from bot.views.components import number
from bot.views.history import HistoryTurn, show_history
from bot.views.replies import Reply


class HistoryCog(commands.Cog):
    """Finding things, and what happened to them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Find an item or a place and what lies there")
    @app_commands.describe(query="SKU, name or place")
    @app_commands.autocomplete(query=suggest_anything)
    async def find(self, interaction: discord.Interaction[Any], query: str) -> None:
        async def work(actor: Actor) -> Reply:
            return show_found(await self.desk.db.query(find_stock, FindStock(typed=query), actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Look at what was moved, newest first")
    @app_commands.describe(
        item="Only this item", location="Only this place", member="Only this person"
    )
    @app_commands.autocomplete(item=suggest_items, location=suggest_locations)
    async def history(
        self,
        interaction: discord.Interaction[Any],
        item: str | None = None,
        location: str | None = None,
        member: discord.User | None = None,
    ) -> None:
        async def work(actor: Actor) -> Reply:
            member_id = member.id if member else None
            request = ListHistory(item=item, location=location, member_id=member_id)
            return show_history(await self.desk.db.query(list_history, request, actor))

        await self.desk.read(interaction, work)


@on_control("history", "page", HistoryTurn.parse, number, number, number)
async def turn_history(
    interaction: discord.Interaction[Any],
    turn: HistoryTurn,
    item_id: int,
    location_id: int,
    member_id: int,
) -> None:
    """Turn a page of the history."""
    desk: Desk = interaction.client.desk
    request = ListHistory(
        item=item_id or None,
        location=location_id or None,
        member_id=member_id or None,
        before=turn.before,
        after=turn.after,
    )

    async def work(actor: Actor) -> Reply:
        return show_history(await desk.db.query(list_history, request, actor))

    await desk.read(interaction, work, is_update=True)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(HistoryCog(bot.desk))
