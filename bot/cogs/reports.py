"""Reports: tables of the books, in a message and as a file."""

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.domain.actors import Actor
from bot.interactions.clients import Interaction
from bot.services.reports.kinds import (
    REPORTS,
    FindReport,
    ReportInMaking,
    ReportKind,
    find_report,
)
from bot.views.pages import Picture
from bot.views.replies import Reply
from bot.views.reports.charts import report_chart
from bot.views.reports.pages import PICTURE, report_page


async def draw_report(report: ReportInMaking) -> Picture | None:
    """Draw a report that was read, where a picture says more."""
    drawing = report_chart(report)
    if drawing is None:
        return None
    from bot.reports.charts import draw_chart  # noqa: PLC0415

    return Picture(PICTURE, await draw_chart(drawing), drawing.description)


class ReportCog(BaseCog, commands.GroupCog, name="report", description="Reports"):
    """Commands about reports."""

    @app_commands.command(description="Show a table of the books, with all of it as a file")
    @app_commands.describe(
        kind="What is reported",
        as_of="At the end of this day, such as 2026-11-25; now if omitted",
        location="Only this location and what is inside",
        format="XLSX if omitted",
    )
    @app_commands.autocomplete(location=suggest_locations)
    async def show(
        self,
        interaction: Interaction,
        kind: ReportKind,
        as_of: str = "",
        location: str | None = None,
        format: Literal["xlsx", "csv"] = "xlsx",
    ) -> None:
        request = FindReport(kind=kind, as_of=as_of, location=location)
        await show_report(interaction, request, format)


async def show_report(
    interaction: Interaction, request: FindReport, format: Literal["xlsx", "csv"] = "xlsx"
) -> None:
    """Show a report to the user who asks, with all of it as a file."""
    desk, db, kind = interaction.client.desk, interaction.client.desk.db, request.kind

    async def work(actor: Actor) -> Reply:
        await db.reads.require_right(find_report, None, actor, str(interaction.id))
        from bot.reports.tables import write_report_csv, write_workbook  # noqa: PLC0415

        async with db.reads.heavy_work(actor.guild_id):
            report = REPORTS[kind].begin(await db.query(find_report, request, actor))
            write = write_report_csv if format == "csv" else write_workbook
            file = await write(kind, report.tables(db, actor))
        return report_page(report, (file.name, file.content), await draw_report(report))

    await desk.read(interaction, work)
