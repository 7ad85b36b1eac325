"""The places that hold stock: add, rename, archive, show, list."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_locations
from bot.domain.actors import Actor
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    ListLocations,
    RenameLocation,
    ShowLocation,
    add_location,
    archive_location,
    list_locations,
    rename_location,
    show_location,
)
from bot.views import catalogue
from bot.views.pages import Turn
from bot.views.replies import Reply


class LocationCog(commands.GroupCog, name="location", description="Where stock lies"):
    """Commands about places."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Add a place")
    @app_commands.describe(name="Its name, such as Shelf A1", parent="The place that it is in")
    @app_commands.autocomplete(parent=suggest_locations)
    async def add(
        self, interaction: discord.Interaction[Any], name: str, parent: str | None = None
    ) -> None:
        await self.desk.write(
            interaction, add_location, lambda: AddLocation(name=name, parent=parent)
        )

    @app_commands.command(description="Give a place another name")
    @app_commands.describe(location="The place", name="Its new name")
    @app_commands.autocomplete(location=suggest_locations)
    async def rename(self, interaction: discord.Interaction[Any], location: str, name: str) -> None:
        await self.desk.write(
            interaction, rename_location, lambda: RenameLocation(location=location, name=name)
        )

    @app_commands.command(description="Take an empty place out of use")
    @app_commands.describe(location="The place")
    @app_commands.autocomplete(location=suggest_locations)
    async def archive(self, interaction: discord.Interaction[Any], location: str) -> None:
        await self.desk.write(
            interaction, archive_location, lambda: ArchiveLocation(location=location)
        )

    @app_commands.command(description="Look at what lies in a place")
    @app_commands.describe(location="The place")
    @app_commands.autocomplete(location=suggest_locations)
    async def show(self, interaction: discord.Interaction[Any], location: str) -> None:
        async def work(actor: Actor) -> Reply:
            shown = await self.desk.db.query(show_location, ShowLocation(location=location), actor)
            return catalogue.show_location(shown)

        await self.desk.read(interaction, work)

    @app_commands.command(description="List the places in use")
    async def list(self, interaction: discord.Interaction[Any]) -> None:
        await _show_page(self.desk, interaction, Turn())


@on_control("location", "page", Turn.parse)
async def turn_page(interaction: discord.Interaction[Any], turn: Turn) -> None:
    """Turn a page of the list."""
    await _show_page(interaction.client.desk, interaction, turn, is_update=True)


async def _show_page(
    desk: Desk, interaction: discord.Interaction[Any], turn: Turn, *, is_update: bool = False
) -> None:
    async def work(actor: Actor) -> Reply:
        request = ListLocations(after=turn.after, before=turn.before)
        return catalogue.show_locations(await desk.db.query(list_locations, request, actor))

    await desk.read(interaction, work, is_update=is_update)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(LocationCog(bot.desk))
