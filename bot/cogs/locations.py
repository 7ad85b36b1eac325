"""Locations: add, rename, archive, show, list."""

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import (
    suggest_any_locations,
    suggest_archived_locations,
    suggest_locations,
)
from bot.cogs.base import BaseCog
from bot.cogs.options import is_none
from bot.errors import StaleControl
from bot.interactions import Interaction, handles
from bot.services.location_pages import (
    GetLocation,
    ListLocations,
    get_location,
    list_locations,
)
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    EditLocation,
    RenameLocation,
    RestoreLocation,
    add_location,
    archive_location,
    edit_location,
    rename_location,
    restore_location,
)
from bot.views.catalogue import LOCATION_PAGE, LOCATIONS_FOUND, LOCATIONS_INSIDE
from bot.views.command_rights import help_topic, needs
from bot.views.components import number
from bot.views.follow_ups import RESTORE
from bot.views.opening import OPEN
from bot.views.pages import Turn
from bot.views.stock_pages import LOCATION_HELD, OPEN_INSIDE

Kind = Literal["storage", "receiving", "quarantine"]


@help_topic("catalogue", 3)
class LocationCog(BaseCog, commands.GroupCog, name="location", description="Locations"):
    """Commands about locations."""

    @needs("location.manage")
    @app_commands.command(description="Add a location")
    @app_commands.describe(
        name="Name, such as Shelf A1",
        parent="The location that contains it",
        kind="What it is for (storage if omitted); stock in quarantine is not available",
    )
    @app_commands.autocomplete(parent=suggest_locations)
    async def add(
        self,
        interaction: Interaction,
        name: str,
        parent: str | None = None,
        kind: Kind = "storage",
    ) -> None:
        request = AddLocation(name=name, parent=parent, kind=kind)
        await self.desk.write(interaction, add_location, request)

    @needs("location.manage")
    @app_commands.command(description="Change a location; omitted options stay unchanged")
    @app_commands.describe(
        location="The location",
        name="New name",
        parent="The location that contains it; none takes it out",
        kind="What it is for; stock in quarantine is not available",
    )
    @app_commands.autocomplete(location=suggest_any_locations, parent=suggest_locations)
    async def edit(
        self,
        interaction: Interaction,
        location: str,
        name: str | None = None,
        parent: str | None = None,
        kind: Kind | None = None,
    ) -> None:
        is_out = is_none(parent)
        request = EditLocation(
            location=location,
            name=name,
            parent=None if is_out else parent,
            kind=kind,
            clear=("parent",) if is_out else (),
        )
        await self.desk.write(interaction, edit_location, request)

    @needs("location.manage")
    @app_commands.command(description="Rename a location")
    @app_commands.describe(location="The location", name="New name")
    @app_commands.autocomplete(location=suggest_any_locations)
    async def rename(self, interaction: Interaction, location: str, name: str) -> None:
        await self.desk.write(
            interaction, rename_location, RenameLocation(location=location, name=name)
        )

    @needs("location.manage")
    @app_commands.command(description="Archive an empty location")
    @app_commands.describe(location="The location")
    @app_commands.autocomplete(location=suggest_locations)
    async def archive(self, interaction: Interaction, location: str) -> None:
        await self.desk.write(interaction, archive_location, ArchiveLocation(location=location))

    @needs("location.manage")
    @app_commands.command(description="Restore an archived location")
    @app_commands.describe(location="The location")
    @app_commands.autocomplete(location=suggest_archived_locations)
    async def restore(self, interaction: Interaction, location: str) -> None:
        await self.desk.write(interaction, restore_location, RestoreLocation(location=location))

    @needs("stock.view")
    @app_commands.command(description="Show a location and its stock")
    @app_commands.describe(location="The location")
    @app_commands.autocomplete(location=suggest_any_locations)
    async def show(self, interaction: Interaction, location: str) -> None:
        await self.desk.show(interaction, get_location, GetLocation(location=location))

    @needs("stock.view")
    @app_commands.command(description="List locations")
    async def list(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, list_locations, ListLocations())


@handles(LOCATION_PAGE)
async def turn_page(interaction: Interaction, turn: Turn) -> None:
    """Turn a page of the list."""
    request = ListLocations(after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_locations, request, is_update=True)


@handles(LOCATIONS_FOUND)
async def turn_matching(interaction: Interaction, turn: Turn, typed: str) -> None:
    """Turn a page of the locations that match."""
    request = ListLocations(typed=typed, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_locations, request, is_update=True)


@handles(LOCATIONS_INSIDE)
async def turn_inside(interaction: Interaction, turn: Turn, location_id: int) -> None:
    """Turn a page of the locations inside one."""
    request = ListLocations(inside=location_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_locations, request, is_update=True)


@handles(LOCATION_HELD)
async def turn_held(interaction: Interaction, turn: Turn, location_id: int) -> None:
    """Turn a page of what is at a location and inside it."""
    request = GetLocation(location=location_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, get_location, request, is_update=True)


@handles(OPEN["location"])
async def open_location(interaction: Interaction, location_id: int) -> None:
    """Show a location of a list."""
    await _open(interaction, location_id)


@handles(OPEN_INSIDE)
async def open_inside(interaction: Interaction, _location_id: int, chosen: tuple[str, ...]) -> None:
    """Show the location chosen of those inside another."""
    try:
        (location_id,) = map(number, chosen)
    except ValueError as error:
        raise StaleControl from error
    await _open(interaction, location_id)


@handles(RESTORE["location"])
async def restore_archived(interaction: Interaction, location_id: int) -> None:
    """Bring the location back that the refusal named."""
    request = RestoreLocation(location=location_id)
    await interaction.client.desk.write(interaction, restore_location, request)


async def _open(interaction: Interaction, location_id: int) -> None:
    request = GetLocation(location=location_id)
    await interaction.client.desk.show(interaction, get_location, request)
