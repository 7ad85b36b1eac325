"""Items: add, edit, archive, restore, show, list."""

from typing import Final, Literal

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_any_items, suggest_archived_items, suggest_items
from bot.cogs.base import BaseCog
from bot.cogs.options import is_none
from bot.domain.quantities import TypedQuantity, read_quantity
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
from bot.views.follow_ups import RESTORE
from bot.views.opening import OPEN
from bot.views.pages import Turn
from bot.views.stock_pages import ITEM_LEVELS

_WHOLE: Final[dict[str | None, bool]] = {"yes": True, "no": False}


class ItemCog(BaseCog, commands.GroupCog, name="item", description="Items"):
    """Commands about items."""

    @app_commands.command(description="Add an item")
    @app_commands.describe(
        sku="Short code, such as BOLT-8",
        name="Name",
        unit="Unit of its quantities (pcs if omitted)",
        reorder_point="Warn when stock falls to this quantity",
        whole="Whether only whole numbers make sense (decided by the unit if omitted)",
    )
    async def add(
        self,
        interaction: Interaction,
        sku: str,
        name: str,
        unit: str = "pcs",
        reorder_point: str | None = None,
        whole: Literal["yes", "no"] | None = None,
    ) -> None:
        await self.desk.write(
            interaction,
            add_item,
            lambda: AddItem(
                sku=sku,
                name=name,
                unit=unit,
                reorder_point=_reorder_point(reorder_point),
                whole=_WHOLE.get(whole),
            ),
        )

    @app_commands.command(description="Change an item; omitted options stay unchanged")
    @app_commands.describe(
        item="SKU or name",
        sku="New short code",
        name="New name",
        unit="New unit (only before its first move)",
        reorder_point="Warn when stock falls to this quantity; none to remove it",
        whole="Whether only whole numbers make sense; none: decided by the unit",
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
        whole: Literal["yes", "no", "none"] | None = None,
    ) -> None:
        given = {"reorder_point": reorder_point, "whole": whole}
        await self.desk.write(
            interaction,
            edit_item,
            lambda: EditItem(
                item=item,
                sku=sku,
                name=name,
                unit=unit,
                reorder_point=_reorder_point(reorder_point),
                whole=_WHOLE.get(whole),
                clear=tuple(name for name, typed in given.items() if is_none(typed)),
            ),
        )

    @app_commands.command(description="Archive an item without stock")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_items)
    async def archive(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, archive_item, ArchiveItem(item=item))

    @app_commands.command(description="Restore an archived item")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_archived_items)
    async def restore(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, restore_item, RestoreItem(item=item))

    @app_commands.command(description="Show an item and its stock")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_any_items)
    async def show(self, interaction: Interaction, item: str) -> None:
        await self.desk.show(interaction, get_item, GetItem(item=item))

    @app_commands.command(description="List items")
    @app_commands.describe(query="Only items with words that start like this")
    async def list(self, interaction: Interaction, query: str = "") -> None:
        await self.desk.show(interaction, list_items, ListItems(typed=query))


@handles(ITEM_PAGE)
async def turn_page(interaction: Interaction, turn: Turn, query: str) -> None:
    """Turn a page of the list."""
    request = ListItems(typed=query, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_items, request, is_update=True)


@handles(OPEN["item"])
async def open_item(interaction: Interaction, item_id: int) -> None:
    """Show an item of a list."""
    await interaction.client.desk.show(interaction, get_item, GetItem(item=item_id))


@handles(ITEM_LEVELS)
async def turn_levels(interaction: Interaction, turn: Turn, item_id: int) -> None:
    """Turn a page of where an item is."""
    request = GetItem(item=item_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, get_item, request, is_update=True)


@handles(RESTORE["item"])
async def restore_archived(interaction: Interaction, item_id: int) -> None:
    """Bring the item back that the refusal named."""
    await interaction.client.desk.write(interaction, restore_item, RestoreItem(item=item_id))


def _reorder_point(typed: str | None) -> TypedQuantity | None:
    if typed is None or is_none(typed):
        return None
    return read_quantity(typed, field="reorder_point", allow_zero=True)
