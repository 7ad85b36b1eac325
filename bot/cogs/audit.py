"""The audit trail: searching, showing, verifying and exporting records."""

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_records, suggest_subjects
from bot.cogs.base import BaseCog
from bot.cogs.options import RecordOption
from bot.cogs.verifying import verify
from bot.domain.actors import Actor
from bot.domain.records import parse_record
from bot.interactions import Interaction, handles
from bot.services.audit import FindRecords, GetRecord, find_records, get_record
from bot.services.export import ExportAudit, export_audit
from bot.views.audit import pages as views
from bot.views.command_rights import help_topic, needs
from bot.views.opening import OPEN_RECORD
from bot.views.pages import Turn
from bot.views.replies import Reply, render

_SINCE = "From this time, such as 2026-11-25, yesterday or 7d"
_UNTIL = "Until this time, such as 2026-11-25 14:30 or today"


@help_topic("audit")
class AuditCog(BaseCog, commands.GroupCog, name="audit", description="Audit trail"):
    """Commands about records."""

    @needs("audit.view")
    @app_commands.command(description="Search records, newest first")
    @app_commands.describe(
        member="Only records by this member",
        action="Only this action",
        subject="Only about this item, location, supplier, role or member",
        since=_SINCE,
        until=_UNTIL,
    )
    @app_commands.autocomplete(subject=suggest_subjects)
    async def search(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        def request() -> FindRecords:
            return FindRecords(
                member_id=member.id if member else None,
                action=views.require_action(action) if action else None,
                subject=subject or None,
                since=since or "",
                until=until or "",
            )

        await self.desk.show(interaction, find_records, request)

    @search.autocomplete("action")
    async def suggest_action(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        async def work(actor: Actor) -> list[tuple[str, str]]:
            async with self.db.look_up(actor, is_timed=True) as books:
                books.require_permission("audit.view")
            return views.action_choices(typed)

        return await self.desk.suggest(interaction, work)

    @needs("audit.view")
    @app_commands.command(description="Show a record in full")
    @app_commands.describe(record="The record's number, such as 41")
    @app_commands.autocomplete(record=suggest_records)
    async def show(self, interaction: Interaction, record: RecordOption) -> None:
        await self.desk.show(
            interaction, get_record, lambda: GetRecord(record=parse_record(record))
        )

    @needs("audit.view")
    @app_commands.command(description="Verify the chain of records and all stock levels")
    async def verify(self, interaction: Interaction) -> None:
        await self.desk.read(interaction, partial(verify, interaction.client))

    @needs("audit.view")
    @app_commands.command(description="Export records as CSV")
    @app_commands.describe(since=_SINCE, until=_UNTIL)
    async def export(
        self,
        interaction: Interaction,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        async def work(actor: Actor) -> Reply:
            request = ExportAudit(since=since or "", until=until or "")
            return render(await export_audit(self.db, request, actor))

        await self.desk.read(interaction, work)


@handles(OPEN_RECORD)
async def open_record(interaction: Interaction, record: int) -> None:
    """Show a record of a list in full."""
    await interaction.client.desk.show(interaction, get_record, GetRecord(record=record))


@handles(views.PAGE)
async def turn_page(interaction: Interaction, turn: Turn, search: views.Search) -> None:
    """Turn a page of a search."""
    desk = interaction.client.desk
    request = FindRecords(
        member_id=search.member_id,
        action=search.action,
        subject=search.subject,
        first=search.first,
        beyond=search.beyond,
        older_than=turn.after,
        newer_than=turn.before,
    )

    await desk.show(interaction, find_records, request, is_update=True)
