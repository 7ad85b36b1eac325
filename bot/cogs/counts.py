"""Counts: start, show, list, and the buttons and forms of their cards."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.approvals import offer_controls, propose
from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.cogs.documents import (
    offer_documents,
    show_list,
    status_choices,
    suggests,
)
from bot.domain.actors import Actor
from bot.domain.counts import SUBMITTED
from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.counts.adding import AddFound, PrepareAdding, add_found, prepare_adding
from bot.services.counts.deciding import COUNT_APPROVALS, ListDifferences, list_differences
from bot.services.counts.documents import COUNTS
from bot.services.counts.entering import (
    EnterCounts,
    PrepareEntry,
    enter_counts,
    prepare_entry,
)
from bot.services.counts.skipping import ListOpenLines, SkipLines, list_open_lines, skip_lines
from bot.services.counts.starting import StartCount, SubmitCount, start_count, submit_count
from bot.services.documents.kinds import GetDocument
from bot.views import counts as views
from bot.views.command_rights import help_topic, needs
from bot.views.components import number
from bot.views.count_differences import DIFFERENCES
from bot.views.pages import Turn
from bot.views.replies import Reply, render


@help_topic("counts")
class CountCog(BaseCog, commands.GroupCog, name="count", description="Count stock"):
    """Commands about counts."""

    @needs("count.perform")
    @app_commands.command(description="Start a count of a location and what is inside it")
    @app_commands.describe(
        location="Where to count",
        items="SKUs, separated by spaces or commas (everything in stock there if omitted)",
        blind="Whether to hide what the books expect (yes if omitted)",
    )
    @app_commands.autocomplete(location=suggest_locations)
    async def start(
        self,
        interaction: Interaction,
        location: str,
        items: str = "",
        blind: bool = True,  # noqa: FBT001, FBT002  # an option of the command
    ) -> None:
        request = StartCount(location=location, items=items, is_blind=blind)
        await self.desk.write(interaction, start_count, request)

    @needs("count.perform")
    @app_commands.command(description="Show a count")
    @app_commands.describe(count="Its number, such as C-4")
    @app_commands.autocomplete(count=suggests(COUNTS))
    async def show(self, interaction: Interaction, count: str) -> None:
        desk = self.desk

        async def work(actor: Actor) -> Reply:
            shown = await desk.db.query(COUNTS.get, GetDocument(document=count), actor)
            if shown.document.status == SUBMITTED:
                await desk.cards.restore(interaction, shown.noun, shown.document.id)
            return render(shown)

        await desk.read(interaction, work)

    @needs("count.perform")
    @app_commands.command(description="List counts, newest first")
    @app_commands.describe(status="Only counts with this status")
    @app_commands.choices(status=status_choices(COUNTS))
    async def list(self, interaction: Interaction, status: str | None = None) -> None:
        await show_list(interaction, COUNTS, status)


async def show_differences(interaction: Interaction, count_id: int) -> None:
    """Show what differs from the books, to those who decide."""
    request = ListDifferences(count_id=count_id)
    await interaction.client.desk.show(interaction, list_differences, request)


offer_documents(COUNTS, views.COUNT_CONTROLS)
offer_controls(COUNT_APPROVALS, views.COUNT_CARD, show_differences)


@handles(DIFFERENCES)
async def turn_differences(interaction: Interaction, turn: Turn, count_id: int) -> None:
    """Turn a page of differences."""
    request = ListDifferences(count_id=count_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_differences, request, is_update=True)


@handles(views.ENTER)
async def ask_next(interaction: Interaction, count_id: int) -> None:
    """Show a form with the next lines."""
    await _ask(interaction, PrepareEntry(count_id=count_id))


@handles(views.AGAIN)
async def ask_again(interaction: Interaction, count_id: int, lines: tuple[int, ...]) -> None:
    """Show a form with lines that are counted once more."""
    await _ask(interaction, PrepareEntry(count_id=count_id, lines=lines))


@handles(views.ENTER_FORM)
async def enter(interaction: Interaction, count_id: int, seen: int, values: dict[str, str]) -> None:
    """Take what was counted; a field that was left empty is asked later."""
    try:
        typed = tuple((number(key), text) for key, text in values.items() if text.strip())
    except ValueError as error:
        raise StaleControl from error
    request = EnterCounts(count_id=count_id, seen=seen, typed=typed)
    await interaction.client.desk.write(interaction, enter_counts, request)


@handles(views.SKIP)
async def ask_what_to_skip(interaction: Interaction, count_id: int) -> None:
    """Show the lines that could be skipped."""
    request = ListOpenLines(count_id=count_id)
    await interaction.client.desk.show(interaction, list_open_lines, request)


@handles(views.SKIPPED)
async def skip(interaction: Interaction, count_id: int, chosen: tuple[str, ...]) -> None:
    """Skip the lines chosen."""
    try:
        lines = tuple(map(number, chosen))
    except ValueError as error:
        raise StaleControl from error
    request = SkipLines(count_id=count_id, lines=lines)
    await interaction.client.desk.write(interaction, skip_lines, request, is_update=True)


@handles(views.ADD)
async def ask_what_was_found(interaction: Interaction, count_id: int) -> None:
    """Show the form for items that are not on the list."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        request = PrepareAdding(count_id=count_id)
        prepared = await desk.db.query(prepare_adding, request, actor)
        return views.add_form(count_id, prepared.label, prepared.record)

    await desk.ask(interaction, work)


@handles(views.ADD_FORM)
async def add(interaction: Interaction, count_id: int, seen: int, values: dict[str, str]) -> None:
    """Add what was found."""
    request = AddFound(
        count_id=count_id,
        seen=seen,
        lines=values.get("lines", ""),
        location=values.get("location", "").strip() or None,
    )
    await interaction.client.desk.write(interaction, add_found, request)


@handles(views.SUBMIT)
async def submit(interaction: Interaction, count_id: int, version: int) -> None:
    """Ask others to decide."""
    request = SubmitCount(count_id=count_id, version=version)
    await propose(interaction.client.desk, interaction, submit_count, request)


async def _ask(interaction: Interaction, request: PrepareEntry) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        return views.entry_form(await desk.db.query(prepare_entry, request, actor))

    await desk.ask(interaction, work)
