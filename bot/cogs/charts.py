"""Charts: what happened to stock, prices and value, as a picture."""

from typing import Any, Final

from discord import app_commands

from bot.cogs.autocomplete import suggest_any_items, suggest_locations
from bot.cogs.base import BaseCog
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.charts import (
    MAX_DAYS,
    MIN_DAYS,
    ChartKind,
    ChartNeedsItem,
    ChartTakesNo,
    Drawing,
    NothingToDraw,
)
from bot.domain.stock import Reference
from bot.interactions import Interaction, handles
from bot.services.charts import (
    GetLevels,
    GetMoves,
    GetPrices,
    get_levels,
    get_moves,
    get_prices,
)
from bot.services.ranking import GetRanking, rank_items
from bot.services.value_course import GetValueCourse, value_days
from bot.views.chart_pages import DAYS, chart_page
from bot.views.charts import level_chart, moves_chart, ranking_chart, value_chart
from bot.views.command_rights import help_topic, needs
from bot.views.pages import Picture
from bot.views.price_charts import price_chart
from bot.views.replies import Reply

_DAYS: Final = 90
_NEED_ITEM: Final = ("level", "price")
_DaysOption = app_commands.Range[int, MIN_DAYS, MAX_DAYS]


@help_topic("reports", 2)
class ChartCog(BaseCog):
    """The command that draws charts."""

    @needs("report.view")
    @app_commands.command(
        description="Draw a chart: level, price, value, moves, or what is used most"
    )
    @app_commands.describe(
        kind="What is drawn",
        item="SKU or name (level and price need one)",
        location="Only this location and what is inside",
        days="How many days back (90 if omitted)",
    )
    @app_commands.autocomplete(item=suggest_any_items, location=suggest_locations)
    async def chart(
        self,
        interaction: Interaction,
        kind: ChartKind,
        item: str | None = None,
        location: str | None = None,
        days: _DaysOption = _DAYS,
    ) -> None:
        await _show(interaction, kind, item, location, _within(days))


@handles(DAYS)
async def draw_other_days(
    interaction: Interaction, days: int, kind: ChartKind, item_id: int, location_id: int
) -> None:
    """Draw a chart over other days, in place of the one it is under."""
    await _show(
        interaction, kind, item_id or None, location_id or None, _within(days), is_update=True
    )


def _within(days: int) -> int:
    """Return the nearest number of days that a chart has; no client but Discord's own checks it."""
    return min(max(days, MIN_DAYS), MAX_DAYS)


async def _show(
    interaction: Interaction,
    kind: ChartKind,
    item: Reference | None,
    location: Reference | None,
    days: int,
    *,
    is_update: bool = False,
) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        if item is None and kind in _NEED_ITEM:
            raise ChartNeedsItem(kind)
        if item is not None and kind == "abc":
            raise ChartTakesNo(kind, "item")
        if location is not None and kind == "price":
            raise ChartTakesNo(kind, "location")
        course, drawing = await read_drawing(desk.db, actor, kind, item, location, days)
        from bot.reports.charts import draw_chart  # noqa: PLC0415

        picture = Picture("chart.png", await draw_chart(drawing), drawing.description)
        ids = [getattr(getattr(course, name, None), "id", 0) for name in ("item", "location")]
        return chart_page(drawing.title, picture, kind, days, item_id=ids[0], location_id=ids[1])

    await desk.read(interaction, work, is_update=is_update)


async def read_drawing(
    db: DatabaseService,
    actor: Actor,
    kind: ChartKind,
    item: Reference | None,
    location: Reference | None,
    days: int,
) -> tuple[Any, Drawing]:
    """Return the figures, and what is drawn of them."""
    course: Any
    if kind == "level":
        assert item is not None
        course = await db.query(
            get_levels, GetLevels(item=item, location=location, days=days), actor
        )
        return course, level_chart(course)
    if kind == "moves":
        course = await db.query(get_moves, GetMoves(item=item, location=location, days=days), actor)
        return course, moves_chart(course)
    if kind == "abc":
        course = await rank_items(db, GetRanking(location=location, days=days), actor)
        return course, ranking_chart(course)
    if kind == "value":
        request = GetValueCourse(item=item, location=location, days=days)
        course = await value_days(db, request, actor)
        return course, value_chart(course)
    assert item is not None
    course = await db.query(get_prices, GetPrices(item=item), actor)
    drawn = price_chart(course)
    if drawn is None:
        raise NothingToDraw("price", days, course.item.sku)
    return course, drawn
