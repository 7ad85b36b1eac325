"""The catalogue's items: add, edit, archive, restore, show, list."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_archived_items, suggest_items
from bot.cogs.base import BaseCog
from bot.domain.quantities import parse_quantity
from bot.interactions import Interaction, handles
from bot.services.items import (
    AddItem,
    ArchiveItem,
    EditItem,
    GetItem,
    ListItems,
    RestoreItem,
    add_item,
    archive_item,
    edit_item,
    get_item,
    list_items,
    restore_item,
)
from bot.views.catalogue import ITEM_PAGE
from bot.views.pages import Turn


class ItemCog(BaseCog, commands.GroupCog, name="item", description="What is kept in stock"):
    """Commands about items."""

    @app_commands.command(description="Add an item to the catalogue")
    @app_commands.describe(
        sku="Its short code, such as BOLT-8",
        name="Its name",
        unit="What it is counted in (pcs if left out)",
        reorder_point="Warn when stock falls to this",
    )
    async def add(
        self,
        interaction: Interaction,
        sku: str,
        name: str,
        unit: str = "pcs",
        reorder_point: str | None = None,
    ) -> None:
        await self.desk.write(
            interaction,
            add_item,
            lambda: AddItem(
                sku=sku, name=name, unit=unit, reorder_point=_reorder_point(reorder_point)
            ),
        )

    @app_commands.command(description="Change an item; what is left out stays")
    @app_commands.describe(
        item="SKU or name",
        sku="Its new short code",
        name="Its new name",
        unit="What it is counted in (only before it was ever moved)",
        reorder_point="Warn when stock falls to this",
    )
    @app_commands.autocomplete(item=suggest_items)
    async def edit(
        self,
        interaction: Interaction,
        item: str,
        sku: str | None = None,
        name: str | None = None,
        unit: str | None = None,
        reorder_point: str | None = None,
    ) -> None:
        await self.desk.write(
            interaction,
            edit_item,
            lambda: EditItem(
                item=item,
                sku=sku,
                name=name,
                unit=unit,
                reorder_point=_reorder_point(reorder_point),
            ),
        )

    @app_commands.command(description="Take an item without stock out of use")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_items)
    async def archive(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, archive_item, ArchiveItem(item=item))

    @app_commands.command(description="Bring an archived item back")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_archived_items)
    async def restore(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, restore_item, RestoreItem(item=item))

    @app_commands.command(description="Look at an item and where it lies")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_items)
    async def show(self, interaction: Interaction, item: str) -> None:
        await self.desk.show(interaction, get_item, GetItem(item=item))

    @app_commands.command(description="List the items in use")
    @app_commands.describe(query="Only those with words that begin like this")
    async def list(self, interaction: Interaction, query: str = "") -> None:
        await self.desk.show(interaction, list_items, ListItems(typed=query))


@handles(ITEM_PAGE)
async def turn_page(interaction: Interaction, turn: Turn, query: str) -> None:
    """Turn a page of the list."""
    request = ListItems(typed=query, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_items, request, is_update=True)


def _reorder_point(typed: str | None) -> Any:
    if typed is None:
        return None
    return parse_quantity(typed, field="reorder_point", allow_zero=True)
