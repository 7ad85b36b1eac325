"""What every kind of document offers: its list, its page, and suggestions while one types."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from discord import app_commands

from bot.domain.actors import Actor
from bot.domain.stock import Reference
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import handles
from bot.interactions.look_ups import Found
from bot.services.documents.kinds import (
    Documents,
    GetDocument,
    ListDocuments,
    SuggestDocuments,
)
from bot.views.documents import DocumentControls, document_choice, read_narrowing
from bot.views.pages import Turn

Suggest: TypeAlias = Callable[
    [Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]
]
ShowOne: TypeAlias = Callable[[Interaction, int], Coroutine[Any, Any, None]]


def offer_documents(
    documents: Documents, controls: DocumentControls, show: ShowOne | None = None
) -> None:
    """Declare what the buttons do that every kind of document has; `show` opens one otherwise."""

    async def open_document(interaction: Interaction, document_id: int) -> None:
        if show is not None:
            await show(interaction, document_id)
        else:
            await show_document(interaction, documents, document_id)

    async def turn_page(interaction: Interaction, turn: Turn, status: str) -> None:
        wanted, only = read_narrowing(status)
        request = ListDocuments(status=wanted, only=only, after=turn.after, before=turn.before)
        await interaction.client.desk.show(interaction, documents.list, request, is_update=True)

    handles(controls.open)(open_document)
    handles(controls.page)(turn_page)


async def show_document(
    interaction: Interaction, documents: Documents, document: Reference
) -> None:
    """Show a document to the user who asks."""
    await interaction.client.desk.show(interaction, documents.get, GetDocument(document=document))


async def show_list(interaction: Interaction, documents: Documents, status: str | None) -> None:
    """Show the newest documents, of one status or all."""
    await interaction.client.desk.show(interaction, documents.list, ListDocuments(status=status))


def status_choices(documents: Documents) -> list[app_commands.Choice[str]]:
    """Return the statuses of a kind as the choices of an option."""
    statuses = documents.type.kind.statuses
    return [app_commands.Choice(name=status, value=status) for status in statuses]


def suggests(documents: Documents, *statuses: str) -> Suggest:
    """Return an autocomplete of a kind's documents; of some statuses, or of all."""
    declared = documents.type

    async def suggest(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        desk = interaction.client.desk

        async def work(actor: Actor) -> Found:
            request = SuggestDocuments(typed=typed, statuses=statuses)
            found = await desk.db.query(documents.suggest, request, actor)
            return [(document_choice(declared.kind, each), each.label) for each in found]

        return await desk.suggest(interaction, work)

    return suggest
