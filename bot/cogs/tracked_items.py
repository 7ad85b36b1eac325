"""Tracked items: whether the days of an item are kept."""

from discord import app_commands

from bot.cogs.autocomplete import suggest_any_items
from bot.cogs.base import BaseCog
from bot.interactions import Interaction
from bot.services.tracked_items import TrackItem, track_item
from bot.views.command_rights import help_topic, needs


@help_topic("catalogue", 4)
class TrackedItemCog(BaseCog):
    """The command that keeps the days of an item."""

    @needs("item.manage")
    @app_commands.command(
        description="Keep an item's days: open, high, low, close and volume, for /chart level"
    )
    @app_commands.describe(
        item="SKU or name", on="Whether its days are kept (true if omitted); false deletes them"
    )
    @app_commands.autocomplete(item=suggest_any_items)
    async def track(
        self,
        interaction: Interaction,
        item: str,
        on: bool = True,  # noqa: FBT001, FBT002  # an option of Discord's
    ) -> None:
        await self.desk.write(interaction, track_item, TrackItem(item=item, is_on=on))
