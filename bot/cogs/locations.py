"""Locations: add, rename, archive, show, list."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_any_locations, suggest_locations
from bot.cogs.base import BaseCog
from bot.interactions import Interaction, handles
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    GetLocation,
    ListLocations,
    RenameLocation,
    add_location,
    archive_location,
    get_location,
    list_locations,
    rename_location,
)
from bot.views.catalogue import LOCATION_PAGE
from bot.views.pages import Turn


class LocationCog(BaseCog, commands.GroupCog, name="location", description="Locations"):
    """Commands about locations."""

    @app_commands.command(description="Add a location")
    @app_commands.describe(name="Name, such as Shelf A1", parent="The location that contains it")
    @app_commands.autocomplete(parent=suggest_locations)
    async def add(self, interaction: Interaction, name: str, parent: str | None = None) -> None:
        await self.desk.write(interaction, add_location, AddLocation(name=name, parent=parent))

    @app_commands.command(description="Rename a location")
    @app_commands.describe(location="The location", name="New name")
    @app_commands.autocomplete(location=suggest_any_locations)
    async def rename(self, interaction: Interaction, location: str, name: str) -> None:
        await self.desk.write(
            interaction, rename_location, RenameLocation(location=location, name=name)
        )

    @app_commands.command(description="Archive an empty location")
    @app_commands.describe(location="The location")
    @app_commands.autocomplete(location=suggest_locations)
    async def archive(self, interaction: Interaction, location: str) -> None:
        await self.desk.write(interaction, archive_location, ArchiveLocation(location=location))

    @app_commands.command(description="Show a location and its stock")
    @app_commands.describe(location="The location")
    @app_commands.autocomplete(location=suggest_any_locations)
    async def show(self, interaction: Interaction, location: str) -> None:
        await self.desk.show(interaction, get_location, GetLocation(location=location))

    @app_commands.command(description="List locations")
    async def list(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, list_locations, ListLocations())


@handles(LOCATION_PAGE)
async def turn_page(interaction: Interaction, turn: Turn) -> None:
    """Turn a page of the list."""
    request = ListLocations(after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_locations, request, is_update=True)
