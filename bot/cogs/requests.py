"""Requests: ask for goods, pick them, and the buttons and forms of their cards."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.base import BaseCog
from bot.cogs.documents import (
    offer_documents,
    show_document,
    show_list,
    status_choices,
    suggests,
)
from bot.cogs.forms import show_form
from bot.cogs.options import NoteOption
from bot.domain.actors import Actor
from bot.domain.requests import MAX_FOR, RowKey
from bot.domain.stock import Reference
from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.services.requests.asking_again import AskAgain, ask_again
from bot.services.requests.closing import (
    EndRequest,
    ask_to_cancel,
    cancel_request,
    close_request,
)
from bot.services.requests.documents import REQUEST_DOCUMENTS
from bot.services.requests.making import (
    EditLines,
    NewRequest,
    PrepareLines,
    edit_lines,
    make_request,
    prepare_lines,
    prepare_request,
)
from bot.services.requests.picking import PickAll, PickSome, pick_all, pick_some
from bot.services.requests.planning import PlanPick, PlanShort, plan_pick, plan_short
from bot.views import request_forms as forms
from bot.views import requests as views
from bot.views.command_rights import help_topic, needs
from bot.views.digest import DIGEST_REQUESTS

_suggest_any = suggests(REQUEST_DOCUMENTS)
_suggest_under_way = suggests(REQUEST_DOCUMENTS, "open", "picking")


@help_topic("requests")
class RequestCog(BaseCog, commands.GroupCog, name="request", description="Goods that people need"):
    """Commands about requests."""

    @needs("request.create")
    @app_commands.command(description="Ask for goods; what is available is reserved")
    @app_commands.rename(wanted_for="for")
    @app_commands.describe(
        wanted_for="Whom or what it is for",
        lines="SKU and quantity, several separated by ; (a form asks if omitted)",
        needed_by="The day on which it is needed, such as 2027-03-01",
        note="Note for those who pick",
    )
    async def new(
        self,
        interaction: Interaction,
        wanted_for: app_commands.Range[str, 1, MAX_FOR],
        lines: str | None = None,
        needed_by: str = "",
        note: NoteOption = "",
    ) -> None:
        request = NewRequest(
            wanted_for=wanted_for, lines=lines or "", needed_by=needed_by, note=note
        )
        if lines is not None:
            await self.desk.write(interaction, make_request, request)
            return

        async def work(actor: Actor) -> discord.ui.Modal:
            await self.db.query(prepare_request, None, actor)
            return forms.new_form(request)

        await show_form(interaction, work)

    @needs("request.create")
    @app_commands.command(description="Change what a request asks for")
    @app_commands.describe(request="Its number, such as R-12")
    @app_commands.autocomplete(request=_suggest_under_way)
    async def lines(self, interaction: Interaction, request: str) -> None:
        await _ask_for_lines(interaction, request)

    @needs("request.view")
    @app_commands.command(description="Show a request")
    @app_commands.describe(request="Its number, such as R-12")
    @app_commands.autocomplete(request=_suggest_any)
    async def show(self, interaction: Interaction, request: str) -> None:
        await show_document(interaction, REQUEST_DOCUMENTS, request)

    @needs("request.view")
    @app_commands.command(description="List requests, newest first")
    @app_commands.describe(status="Only requests with this status")
    @app_commands.choices(status=status_choices(REQUEST_DOCUMENTS))
    async def list(self, interaction: Interaction, status: str | None = None) -> None:
        await show_list(interaction, REQUEST_DOCUMENTS, status)

    @needs("request.pick")
    @app_commands.command(description="List from where to pick a request")
    @app_commands.describe(request="Its number, such as R-12")
    @app_commands.autocomplete(request=_suggest_under_way)
    async def pick(self, interaction: Interaction, request: str) -> None:
        await self.desk.show(interaction, plan_pick, PlanPick(request=request))

    @needs("request.create or request.pick")
    @app_commands.command(description="Cancel a request; nothing stays reserved for it")
    @app_commands.describe(request="Its number, such as R-12")
    @app_commands.autocomplete(request=_suggest_under_way)
    async def cancel(self, interaction: Interaction, request: str) -> None:
        await self.desk.write(interaction, cancel_request, EndRequest(request=request))


offer_documents(REQUEST_DOCUMENTS, views.REQUEST_CONTROLS)


@handles(DIGEST_REQUESTS)
async def open_late_requests(interaction: Interaction, day: int) -> None:
    """List the requests that a day's digest leads to."""
    del day
    await show_list(interaction, REQUEST_DOCUMENTS, "open")


@handles(forms.NEW_FORM)
async def make(interaction: Interaction, values: dict[str, str]) -> None:
    """Make the request that the form describes."""
    request = NewRequest(
        wanted_for=values.get("for", ""),
        lines=values.get("lines", ""),
        needed_by=values.get("needed_by", ""),
        note=values.get("note", ""),
    )
    await interaction.client.desk.write(interaction, make_request, request)


@handles(views.AGAIN)
async def ask_for_the_same(interaction: Interaction, request_id: int) -> None:
    """Ask once more for what is left of a lapsed request."""
    request = AskAgain(request_id=request_id)
    await interaction.client.desk.write(interaction, ask_again, request)


@handles(views.EDIT)
async def ask_for_lines(interaction: Interaction, request_id: int) -> None:
    """Show the form with the lines of a request."""
    await _ask_for_lines(interaction, request_id)


@handles(forms.EDIT_FORM)
async def edit(
    interaction: Interaction, request_id: int, version: int, values: dict[str, str]
) -> None:
    """Change the lines of a request."""
    request = EditLines(request_id=request_id, version=version, lines=values.get("lines", ""))
    await interaction.client.desk.write(interaction, edit_lines, request)


@handles(views.PICK)
async def show_plan(interaction: Interaction, request_id: int) -> None:
    """List from where to pick."""
    await interaction.client.desk.show(interaction, plan_pick, PlanPick(request=request_id))


@handles(views.ALL)
async def pick_the_list(interaction: Interaction, request_id: int, signature: int) -> None:
    """Carry out all that the list says."""
    request = PickAll(request_id=request_id, signature=signature)
    await interaction.client.desk.write(interaction, pick_all, request)


@handles(views.SHORT)
async def ask_what_was_picked(interaction: Interaction, request_id: int) -> None:
    """Show a form with the first rows of the list."""
    await _ask_what_was_picked(interaction, PlanShort(request_id=request_id))


@handles(views.NEXT)
async def ask_for_next_rows(interaction: Interaction, request_id: int, after: RowKey) -> None:
    """Show a form with the next rows of the list."""
    await _ask_what_was_picked(interaction, PlanShort(request_id=request_id, after=after))


@handles(forms.SHORT_FORM)
async def take_what_was_picked(
    interaction: Interaction, request_id: int, seen: int, values: dict[str, str]
) -> None:
    """Carry out what was filled in."""
    try:
        typed = tuple((RowKey.parse(key), text) for key, text in values.items())
    except ValueError as error:
        raise StaleControl from error
    request = PickSome(request_id=request_id, seen=seen, typed=typed)
    await interaction.client.desk.write(interaction, pick_some, request)


@handles(views.CLOSE)
async def close(interaction: Interaction, request_id: int, version: int) -> None:
    """Close a request with lines short."""
    request = EndRequest(request=request_id, version=version)
    await interaction.client.desk.write(interaction, close_request, request)


@handles(views.CANCEL)
async def ask_whether_to_cancel(interaction: Interaction, request_id: int) -> None:
    """Ask once more: a card's button is pressed by mistake."""
    request = EndRequest(request=request_id)
    await interaction.client.desk.show(interaction, ask_to_cancel, request)


@handles(views.CONFIRM)
async def cancel(interaction: Interaction, request_id: int, version: int) -> None:
    """Cancel a request."""
    request = EndRequest(request=request_id, version=version)
    desk = interaction.client.desk
    await desk.write(interaction, cancel_request, request, is_update=True)


async def _ask_for_lines(interaction: Interaction, request: Reference) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        prepared = await desk.db.query(prepare_lines, PrepareLines(request=request), actor)
        return forms.edit_form(prepared)

    await show_form(interaction, work)


async def _ask_what_was_picked(interaction: Interaction, request: PlanShort) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> discord.ui.Modal:
        return forms.short_form(await desk.db.query(plan_short, request, actor))

    await show_form(interaction, work)
