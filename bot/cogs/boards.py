"""Boards: create, remove, and what their buttons do."""

import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.cogs.documents import show_list
from bot.cogs.options import TextChannelOption
from bot.cogs.reports import show_report
from bot.domain.actors import Actor
from bot.domain.boards import BoardChannelClosed, BoardKind
from bot.domain.purposes import NEEDED_PERMISSIONS
from bot.errors import NotFound, StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.interactions.look_ups import Found
from bot.services.boards.keeping import (
    NOUN,
    CreateBoard,
    ListBoards,
    RemoveBoards,
    create_board,
    list_boards,
    remove_boards,
)
from bot.services.counts.documents import COUNTS
from bot.services.counts.starting import StartCount, start_count
from bot.services.item_pages import ListItems, list_items
from bot.services.location_pages import GetLocation, get_location
from bot.services.orders.documents import ORDERS
from bot.services.orders.suggesting import OrderItem, order_item
from bot.services.reports.kinds import FindReport
from bot.services.requests.documents import REQUEST_DOCUMENTS
from bot.views import boards as views
from bot.views.command_rights import help_topic, needs

_ID: Final = re.compile(r"(?:<#)?([0-9]{1,19})>?", re.ASCII)


@help_topic("reports", 3)
class BoardCog(
    BaseCog, commands.GroupCog, name=NOUN, description="Messages that always show what there is"
):
    """Commands about boards."""

    @needs("board.manage")
    @app_commands.command(description="Show in a channel what there is, always current")
    @app_commands.describe(
        channel="Where it is shown; all who see the channel see it",
        kind="What is shown",
        location="Only this location and what is inside (stock and counts)",
    )
    @app_commands.autocomplete(location=suggest_locations)
    async def create(
        self,
        interaction: Interaction,
        channel: TextChannelOption,
        kind: BoardKind,
        location: str | None = None,
    ) -> None:
        async def request() -> CreateBoard:
            _require_open(interaction.guild, channel.id)
            return CreateBoard(channel_id=channel.id, kind=kind, location=location)

        await self.desk.write(interaction, create_board, request)

    @needs("board.manage")
    @app_commands.command(description="Remove the boards of a channel")
    @app_commands.describe(channel="The channel that shows them")
    async def remove(self, interaction: Interaction, channel: str) -> None:
        async def request() -> RemoveBoards:
            return RemoveBoards(channel_id=_read_channel(interaction.guild, channel))

        await self.desk.write(interaction, remove_boards, request)

    @remove.autocomplete("channel")
    async def suggest_channel(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the channels with boards; no picker of Discord's offers one that was deleted."""

        async def work(actor: Actor) -> Found:
            found = await self.db.query(list_boards, ListBoards(), actor)
            named = [
                (views.board_choice(_name_of(interaction.guild, channel_id), boards), channel_id)
                for channel_id, boards in found.items()
            ]
            wanted = typed.casefold().lstrip("#")
            return [(name, str(each)) for name, each in named if wanted in name.casefold()]

        return await self.desk.suggest(interaction, work)


async def _show_stock(interaction: Interaction, location_id: int) -> None:
    desk = interaction.client.desk
    if location_id:
        await desk.show(interaction, get_location, GetLocation(location=location_id))
    else:
        await desk.show(interaction, list_items, ListItems())


async def _show_low(interaction: Interaction, location_id: int) -> None:
    del location_id
    await show_report(interaction, FindReport(kind="low"))


def _shows(documents: Any) -> Callable[[Interaction, int], Coroutine[Any, Any, None]]:
    async def show(interaction: Interaction, location_id: int) -> None:
        del location_id
        await show_list(interaction, documents, None)

    return show


_LISTS: Final = {
    "stock": _show_stock,
    "low": _show_low,
    "requests": _shows(REQUEST_DOCUMENTS),
    "orders": _shows(ORDERS),
    "counts": _shows(COUNTS),
}


@handles(views.ALL)
async def show_all(interaction: Interaction, board_id: int, kind: str, location_id: int) -> None:
    """Show the whole list that a board shows the first rows of, to those who may see it."""
    del board_id
    show = _LISTS.get(kind)
    if show is None:
        raise StaleControl
    await show(interaction, location_id)


@handles(views.ORDER)
async def order(interaction: Interaction, item_id: int) -> None:
    """Order an item that is low from its last supplier."""
    await interaction.client.desk.write(interaction, order_item, OrderItem(item_id=item_id))


@handles(views.COUNT)
async def count(interaction: Interaction, location_id: int) -> None:
    """Begin a count of the board's location, unless one is under way there."""
    request = StartCount(location=location_id, is_first=True)
    await interaction.client.desk.write(interaction, start_count, request)


def _require_open(guild: discord.Guild | None, channel_id: int) -> None:
    """Raise BoardChannelClosed if the bot lacks what it needs in a channel."""
    assert guild is not None
    channel = guild.get_channel(channel_id)
    own = discord.Permissions.none() if channel is None else channel.permissions_for(guild.me)
    lacking = [words for name, words in NEEDED_PERMISSIONS.items() if not getattr(own, name)]
    if lacking:
        raise BoardChannelClosed(channel_id, tuple(lacking))


def _read_channel(guild: discord.Guild | None, typed: str) -> int:
    """Return the channel that was chosen or typed; raises NotFound."""
    assert guild is not None
    if match := _ID.fullmatch(typed.strip()):
        return int(match[1])
    wanted = typed.strip().lstrip("#").casefold()
    for channel in guild.text_channels:
        if channel.name.casefold() == wanted:
            return channel.id
    raise NotFound(NOUN, wanted=typed)


def _name_of(guild: discord.Guild | None, channel_id: int) -> str:
    assert guild is not None
    channel = guild.get_channel(channel_id)
    return f"#{channel.name}" if channel is not None else views.unknown_channel()
