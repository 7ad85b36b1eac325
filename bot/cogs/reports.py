"""Reports: tables of the books, in a message and as a file."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import Choices, suggest_locations
from bot.cogs.base import BaseCog
from bot.cogs.channels import list_report_troubles
from bot.cogs.options import TextChannelOption
from bot.database.delivery.discord_access import list_access
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.names import MAX_REFERENCE, key_of
from bot.domain.report_schedules import DEFAULT_AT, Every
from bot.errors import NotFound
from bot.interactions import Interaction
from bot.interactions.look_ups import Found
from bot.interactions.report_making import Form, make_report
from bot.services.reports.kinds import REPORTS, FindReport, ReportKind, find_report
from bot.services.reports.scheduling import (
    ListSchedules,
    ScheduleReport,
    SchedulesChanged,
    UnscheduleReport,
    list_schedules,
    schedule_report,
    unschedule_report,
)
from bot.services.valuation import MAY_SEE_PRICES
from bot.views.command_rights import help_topic, needs
from bot.views.replies import Reply
from bot.views.reports.pages import report_page
from bot.views.reports.schedules import schedule_choice, schedules_page


async def suggest_schedules(interaction: Interaction, typed: str) -> Choices:
    """Offer what is scheduled: kind, channel, rhythm and when it is due next."""
    db, guild = interaction.client.desk.db, interaction.guild

    async def find(actor: Actor) -> Found:
        named = []
        for each in await db.query(list_schedules, ListSchedules(), actor):
            channel = None if guild is None else guild.get_channel(each.channel_id)
            named.append((schedule_choice(each, channel.name if channel else ""), f"#{each.id}"))
        return [
            (name, value) for name, value in named if key_of(typed) in key_of(f"{value} {name}")
        ]

    return await interaction.client.desk.suggest(interaction, find)


@help_topic("reports")
class ReportCog(BaseCog, commands.GroupCog, name="report", description="Reports"):
    """Commands about reports."""

    @needs("report.view")
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
        format: Form = "xlsx",
    ) -> None:
        request = FindReport(kind=kind, as_of=as_of, location=location)
        await show_report(interaction, request, format)

    @needs("board.manage")
    @app_commands.command(description="Post a report to a channel every day, week or month")
    @app_commands.describe(
        kind="What is reported",
        channel="Where it is posted",
        every="How often: weekly on Mondays, monthly on the first",
        at="At this time of your server's day, such as 17:30 (08:00 if omitted)",
    )
    async def schedule(
        self,
        interaction: Interaction,
        kind: ReportKind,
        channel: TextChannelOption,
        every: Every,
        at: app_commands.Range[str, 1, 10] = DEFAULT_AT,
    ) -> None:
        guild, channel_id = interaction.guild, int(channel.id)
        assert guild is not None
        readers: frozenset[int] | None = None

        async def request() -> ScheduleReport:
            nonlocal readers
            if not isinstance(guild.get_channel(channel_id), discord.TextChannel):
                raise NotFound("channel")
            if MAY_SEE_PRICES in REPORTS[kind].needs:
                readers = await _find_price_readers(self.db, guild.id)
            return ScheduleReport(kind=kind, channel_id=channel_id, every=every, at=at)

        async def view(changed: SchedulesChanged) -> Reply:
            return schedules_page(changed, list_report_troubles(guild, channel_id, readers))

        await self.desk.write(interaction, schedule_report, request, view=view)

    @needs("board.manage")
    @app_commands.command(description="Post a scheduled report no more")
    @app_commands.describe(schedule="The scheduled report")
    @app_commands.autocomplete(schedule=suggest_schedules)
    async def unschedule(
        self, interaction: Interaction, schedule: app_commands.Range[str, 1, MAX_REFERENCE]
    ) -> None:
        request = UnscheduleReport(schedule=schedule)
        await self.desk.write(interaction, unschedule_report, request)


async def _find_price_readers(db: DatabaseService, guild_id: int) -> frozenset[int]:
    """Return the Discord roles that may see prices."""
    async for access in list_access(db, [guild_id]):
        return access.find_holders(MAY_SEE_PRICES)
    return frozenset()


async def show_report(interaction: Interaction, request: FindReport, form: Form = "xlsx") -> None:
    """Show a report to the user who asks, with all of it as a file."""
    desk, db, kind = interaction.client.desk, interaction.client.desk.db, request.kind

    async def work(actor: Actor) -> Reply:
        await db.reads.require_right(find_report, None, actor, str(interaction.id))
        async with db.reads.heavy_work(actor.guild_id):
            scope = await db.query(find_report, request, actor)
            return report_page(await make_report(db, actor, kind, scope, form=form))

    await desk.read(interaction, work)
