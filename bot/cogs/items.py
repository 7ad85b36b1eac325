"""Items: add, edit, units, barcodes, archive, restore, show, list."""

from typing import Final, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_any_items, suggest_archived_items, suggest_items
from bot.cogs.base import BaseCog
from bot.cogs.options import is_none
from bot.cogs.pictures import read_picture
from bot.domain.quantities import TypedQuantity, read_factor, read_quantity
from bot.interactions import Interaction, handles
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.item_pages import GetItem, ListItems, get_item, list_items
from bot.services.item_pictures import RemovePicture, remove_picture
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import (
    AddItem,
    ArchiveItem,
    EditItem,
    RestoreItem,
    add_item,
    archive_item,
    edit_item,
    restore_item,
)
from bot.services.merging import MergeItems, merge_items, preview_merge
from bot.views.catalogue import ITEM_PAGE
from bot.views.command_rights import help_topic, needs
from bot.views.follow_ups import RESTORE
from bot.views.merging import MERGE
from bot.views.opening import OPEN
from bot.views.pages import Turn
from bot.views.stock_pages import ITEM_LEVELS, REMOVE_PICTURE

_WHOLE: Final[dict[str | None, bool]] = {"yes": True, "no": False}


@help_topic("catalogue")
class ItemCog(BaseCog, commands.GroupCog, name="item", description="Items"):
    """Commands about items."""

    @needs("item.manage")
    @app_commands.command(description="Add an item")
    @app_commands.describe(
        sku="Short code, such as BOLT-8",
        name="Name",
        unit="Unit of its quantities (pcs if omitted)",
        reorder_point="Warn when stock falls to this quantity",
        reorder_target="Order up to this quantity",
        tracking="Whether its stock is kept by lots or serial numbers (none if omitted)",
        barcode="The barcode on one piece of it",
        whole="Whether only whole numbers make sense (decided by the unit if omitted)",
        image="A picture of it, at most 8 MB",
    )
    async def add(
        self,
        interaction: Interaction,
        sku: str,
        name: str,
        unit: str = "pcs",
        reorder_point: str | None = None,
        reorder_target: str | None = None,
        tracking: Literal["none", "lot", "serial"] | None = None,
        barcode: str | None = None,
        whole: Literal["yes", "no"] | None = None,
        image: discord.Attachment | None = None,
    ) -> None:
        async def request() -> AddItem:
            return AddItem(
                sku=sku,
                name=name,
                unit=unit,
                reorder_point=_read("reorder_point", reorder_point),
                reorder_target=_read("reorder_target", reorder_target),
                tracking=tracking,
                barcode=None if is_none(barcode) else barcode,
                whole=_WHOLE.get(whole),
                image=await read_picture(interaction, image),
            )

        await self.desk.write(interaction, add_item, request)

    @needs("item.manage")
    @app_commands.command(description="Change an item; omitted options stay unchanged")
    @app_commands.describe(
        item="SKU or name",
        sku="New short code",
        name="New name",
        unit="New unit (only before its first move)",
        reorder_point="Warn when stock falls to this quantity; none to remove it",
        reorder_target="Order up to this quantity; none to remove it",
        tracking="Whether its stock is kept by lots (only before its first move)",
        barcode="Another barcode on one piece of it; none removes all of them",
        whole="Whether only whole numbers make sense; none: decided by the unit",
        image="A new picture of it, at most 8 MB",
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
        reorder_target: str | None = None,
        tracking: Literal["none", "lot", "serial"] | None = None,
        barcode: str | None = None,
        whole: Literal["yes", "no", "none"] | None = None,
        image: discord.Attachment | None = None,
    ) -> None:
        given = {
            "reorder_point": reorder_point,
            "reorder_target": reorder_target,
            "barcode": barcode,
            "whole": whole,
        }

        async def request() -> EditItem:
            return EditItem(
                item=item,
                sku=sku,
                name=name,
                unit=unit,
                reorder_point=_read("reorder_point", reorder_point),
                reorder_target=_read("reorder_target", reorder_target),
                tracking=tracking,
                barcode=None if is_none(barcode) else barcode,
                whole=_WHOLE.get(whole),
                image=await read_picture(interaction, image),
                clear=tuple(name for name, typed in given.items() if is_none(typed)),
            )

        await self.desk.write(interaction, edit_item, request)

    @needs("item.manage")
    @app_commands.command(description="Set how much another unit of an item is")
    @app_commands.describe(
        item="SKU or name",
        unit="The other unit, such as box",
        factor="How much of the item's own unit one of it is, such as 50; 0 removes it",
    )
    @app_commands.autocomplete(item=suggest_items)
    async def unit(self, interaction: Interaction, item: str, unit: str, factor: str) -> None:
        await self.desk.write(
            interaction,
            set_unit,
            lambda: SetUnit(item=item, unit=unit, factor=read_factor(factor)),
        )

    @needs("item.manage")
    @app_commands.command(description="Add a barcode to an item; the same one again removes it")
    @app_commands.describe(
        item="SKU or name",
        code="The code",
        unit="The unit that the code is on, such as box (the item's own if omitted)",
        quantity="How much of that unit the code means (1 if omitted)",
    )
    @app_commands.autocomplete(item=suggest_items)
    async def barcode(
        self,
        interaction: Interaction,
        item: str,
        code: str,
        unit: str | None = None,
        quantity: str | None = None,
    ) -> None:
        await self.desk.write(
            interaction,
            set_barcode,
            lambda: SetBarcode(
                item=item,
                code=code,
                unit=unit,
                quantity=None if quantity is None else read_quantity(quantity),
            ),
        )

    @needs("item.manage")
    @app_commands.command(description="Merge an item into another one")
    @app_commands.describe(
        item="The item that goes: its stock, history and codes go over",
        into="The item that stays",
    )
    @app_commands.autocomplete(item=suggest_items, into=suggest_items)
    async def merge(self, interaction: Interaction, item: str, into: str) -> None:
        await self.desk.show(interaction, preview_merge, MergeItems(item=item, into=into))

    @needs("item.manage")
    @app_commands.command(description="Archive an item without stock")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_items)
    async def archive(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, archive_item, ArchiveItem(item=item))

    @needs("item.manage")
    @app_commands.command(description="Restore an archived item")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_archived_items)
    async def restore(self, interaction: Interaction, item: str) -> None:
        await self.desk.write(interaction, restore_item, RestoreItem(item=item))

    @needs("item.view")
    @app_commands.command(description="Show an item and its stock")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_any_items)
    async def show(self, interaction: Interaction, item: str) -> None:
        await self.desk.show(interaction, get_item, GetItem(item=item))

    @needs("item.view")
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


@handles(MERGE)
async def merge_previewed(interaction: Interaction, item_id: int, into_id: int) -> None:
    """Merge the items of the preview."""
    request = MergeItems(item=item_id, into=into_id)
    await interaction.client.desk.write(interaction, merge_items, request, is_update=True)


@handles(REMOVE_PICTURE)
async def remove_shown(interaction: Interaction, item_id: int) -> None:
    """Remove the picture on the page."""
    await interaction.client.desk.write(interaction, remove_picture, RemovePicture(item=item_id))


def _read(field: str, typed: str | None) -> TypedQuantity | None:
    if typed is None or is_none(typed):
        return None
    return read_quantity(typed, field=field, allow_zero=True)
