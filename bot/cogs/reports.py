"""Reports: stock and its value at a date."""

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.domain.actors import Actor
from bot.interactions.clients import Interaction
from bot.services.reports import Report, ReportKind
from bot.services.valuation import FindLedger, find_ledger
from bot.views.replies import Reply
from bot.views.reports import report_page


class ReportCog(BaseCog, commands.GroupCog, name="report", description="Reports"):
    """Commands about reports."""

    @app_commands.command(description="Show stock or its value, with all of it as a file")
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
        async def work(actor: Actor) -> Reply:
            await self.db.reads.require_right(find_ledger, None, actor, str(interaction.id))
            from bot.reports.tables import write_csv, write_workbook  # noqa: PLC0415

            request = FindLedger(as_of=as_of, location=location, has_prices=kind == "value")
            async with self.db.reads.heavy_work(actor.guild_id):
                report = Report(kind=kind, ledger=await self.db.query(find_ledger, request, actor))
                write = write_csv if format == "csv" else write_workbook
                file = await write(kind, report.tables(self.db, actor))
            return report_page(report, (file.name, file.content))

        await self.desk.read(interaction, work)
