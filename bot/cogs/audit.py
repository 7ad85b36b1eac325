"""The trail: searching it, looking at a record, verifying and exporting it."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_anything
from bot.domain.actors import Actor
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control
from bot.services.audit import SearchAudit, ShowRecord, search_audit, show_record
from bot.services.export import ExportAudit, export_audit
from bot.services.verification import verify_books
from bot.views.audit import pages as views
from bot.views.pages import Turn
from bot.views.replies import Reply

RecordNumber = app_commands.Range[int, 1, 2**53 - 1]
_SINCE = "From when on, such as 2026-11-25, yesterday or 7d"
_UNTIL = "Until when, such as 2026-11-25 14:30 or today"


class AuditCog(commands.GroupCog, name="audit", description="What happened, and proof of it"):
    """Commands about records."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Search the records, newest first")
    @app_commands.describe(
        member="Only what this person did",
        action="Only this kind of change",
        subject="Only about this item, place, supplier or role",
        since=_SINCE,
        until=_UNTIL,
    )
    @app_commands.autocomplete(subject=suggest_anything)
    async def search(
        self,
        interaction: discord.Interaction[Any],
        member: discord.User | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        async def work(actor: Actor) -> Reply:
            request = SearchAudit(
                member_id=member.id if member else None,
                action=views.require_action(action) if action else None,
                subject=subject or None,
                since=since or "",
                until=until or "",
            )
            return views.show_search(await self.desk.db.query(search_audit, request, actor))

        await self.desk.read(interaction, work)

    @search.autocomplete("action")
    async def suggest_action(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        async def work(actor: Actor) -> list[tuple[str, str]]:
            async with self.desk.db.look_up(actor, is_timed=True) as books:
                books.require_permission("audit.view")
            return views.action_choices(typed)

        return await self.desk.suggest(interaction, work)

    @app_commands.command(description="Look at one record whole")
    @app_commands.describe(record="Its number, such as 41")
    async def show(self, interaction: discord.Interaction[Any], record: RecordNumber) -> None:
        async def work(actor: Actor) -> Reply:
            request = ShowRecord(record=record)
            return views.show_record(await self.desk.db.query(show_record, request, actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Recompute the chain of records and all balances")
    async def verify(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            return views.show_verified(await verify_books(self.desk.db, actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Take the records home as a table (CSV)")
    @app_commands.describe(since=_SINCE, until=_UNTIL)
    async def export(
        self,
        interaction: discord.Interaction[Any],
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        async def work(actor: Actor) -> Reply:
            request = ExportAudit(since=since or "", until=until or "")
            return views.show_export(await export_audit(self.desk.db, request, actor))

        await self.desk.read(interaction, work)


@on_control("audit", "page", Turn.parse, views.Search.parse)
async def turn_page(
    interaction: discord.Interaction[Any], turn: Turn, search: views.Search
) -> None:
    """Turn a page of a search."""
    desk: Desk = interaction.client.desk
    request = SearchAudit(
        member_id=search.member_id,
        action=search.action,
        subject=search.subject,
        first=search.first,
        beyond=search.beyond,
        older_than=turn.after,
        newer_than=turn.before,
    )

    async def work(actor: Actor) -> Reply:
        return views.show_search(await desk.db.query(search_audit, request, actor))

    await desk.read(interaction, work, is_update=True)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(AuditCog(bot.desk))
