"""Prices of suppliers: set, list, history."""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_any_items, suggest_items, suggest_suppliers
from bot.cogs.base import BaseCog
from bot.domain.actors import Actor
from bot.interactions import Interaction, handles
from bot.services.prices.course import GetPriceCourse, get_price_course
from bot.services.prices.listing import (
    ListPriceHistory,
    ListPrices,
    list_price_history,
    list_prices,
)
from bot.services.prices.setting import SetPrice, set_price
from bot.views.command_rights import help_topic, needs
from bot.views.pages import Picture, Turn
from bot.views.price_charts import price_chart
from bot.views.prices import HISTORY, HISTORY_PAGE, PRICE_PAGE, price_history_with
from bot.views.replies import Reply

_ShortOption = app_commands.Range[str, 1, 40]


@help_topic("purchasing")
class PriceCog(BaseCog, commands.GroupCog, name="price", description="Prices of suppliers"):
    """Commands about prices."""

    @needs("price.edit")
    @app_commands.command(description="Set what a supplier asks for an item")
    @app_commands.rename(valid_from="from")
    @app_commands.describe(
        supplier="Name of the supplier",
        item="SKU or name",
        amount="Price of one unit, such as 12.90 or 12,90 USD/100 (none ends the price)",
        unit="Unit that it is for, such as box (the item's own if omitted)",
        min_quantity="From how many units on",
        valid_from="From which day on (today if omitted)",
    )
    @app_commands.autocomplete(supplier=suggest_suppliers, item=suggest_items)
    async def set(
        self,
        interaction: Interaction,
        supplier: str,
        item: str,
        amount: _ShortOption,
        unit: _ShortOption | None = None,
        min_quantity: _ShortOption | None = None,
        valid_from: _ShortOption | None = None,
    ) -> None:
        request = SetPrice(
            supplier=supplier,
            item=item,
            amount=amount,
            unit=unit or "",
            min_quantity=min_quantity or "",
            valid_from=valid_from or "",
        )
        await self.desk.write(interaction, set_price, request)

    @needs("price.view")
    @app_commands.command(description="List prices that hold or are to come")
    @app_commands.describe(supplier="Only this supplier", item="Only this item")
    @app_commands.autocomplete(supplier=suggest_suppliers, item=suggest_any_items)
    async def list(
        self, interaction: Interaction, supplier: str | None = None, item: str | None = None
    ) -> None:
        request = ListPrices(supplier=supplier, item=item)
        await self.desk.show(interaction, list_prices, request)

    @needs("price.view")
    @app_commands.command(description="Show how the prices of an item changed")
    @app_commands.describe(item="SKU or name")
    @app_commands.autocomplete(item=suggest_any_items)
    async def history(self, interaction: Interaction, item: str) -> None:
        await _show_history(interaction, ListPriceHistory(item=item))


@handles(PRICE_PAGE)
async def turn_prices(interaction: Interaction, turn: Turn, supplier_id: int, item_id: int) -> None:
    """Turn a page of the list of prices."""
    request = ListPrices(
        supplier=supplier_id or None,
        item=item_id or None,
        after=turn.after,
        before=turn.before,
    )
    await interaction.client.desk.show(interaction, list_prices, request, is_update=True)


@handles(HISTORY_PAGE)
async def turn_history(interaction: Interaction, turn: Turn, item_id: int) -> None:
    """Turn a page of an item's prices."""
    request = ListPriceHistory(item=item_id, after=turn.after, before=turn.before)
    await _show_history(interaction, request, is_update=True)


@handles(HISTORY)
async def open_history(interaction: Interaction, item_id: int, _price_id: int) -> None:
    """Show how the prices of a row's item changed."""
    await _show_history(interaction, ListPriceHistory(item=item_id))


async def _show_history(
    interaction: Interaction, request: ListPriceHistory, *, is_update: bool = False
) -> None:
    """Show a page of an item's prices; the first has a chart of all."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        listed = await desk.db.query(list_price_history, request, actor)
        chart = None
        if not listed.page.has_previous:
            wanted = GetPriceCourse(item=listed.item.id)
            chart = price_chart(await desk.db.query(get_price_course, wanted, actor))
        if chart is None:
            return replace(price_history_with(None, listed), keeps_files=False)
        from bot.reports.charts import draw_chart  # noqa: PLC0415

        drawn = Picture("prices.png", await draw_chart(chart), chart.description)
        return price_history_with(drawn, listed)

    await desk.read(interaction, work, is_update=is_update)
