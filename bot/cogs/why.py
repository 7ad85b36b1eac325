"""Why a figure is what it is: the buttons that open its records, privately."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from bot.cogs.verifying import verify
from bot.database.operations import Query, RequestT
from bot.domain.actors import Actor
from bot.errors import NotFound, StaleControl
from bot.interactions import Interaction, handles
from bot.services.boards.keeping import NOUN as BOARD
from bot.services.boards.reading import BoardFound, GetBoard, get_board
from bot.services.location_pages import GetLocation, get_location
from bot.services.reports.kinds import REPORTS
from bot.services.why.documents import (
    NOUNS,
    ExplainDocument,
    ExplainDocuments,
    explain_document,
    explain_documents,
)
from bot.services.why.left import ExplainLeft, explain_left
from bot.services.why.stock import (
    ExplainReport,
    ExplainStock,
    ListLevels,
    ListReservations,
    explain_report,
    explain_stock,
    list_item_levels,
    list_reservations,
)
from bot.services.why.value import ExplainValue, explain_value, find_valued
from bot.views.history import HistoryTurn
from bot.views.pages import Turn
from bot.views.replies import Reply
from bot.views.reports.why import read_key, read_since
from bot.views.why import checked_page, held_page
from bot.views.why_controls import (
    CHECK,
    WHY,
    WHY_BOARD,
    WHY_DOCUMENT,
    WHY_DOCUMENTS,
    WHY_HELD,
    WHY_LEFT,
    WHY_LEVELS,
    WHY_REPORT,
    WHY_RESERVED,
    WHY_ROW,
    WHY_VALUE,
)
from bot.views.why_documents import board_figures, checked_document
from bot.views.why_left import checked_left
from bot.views.why_value import value_page

_FIRST = HistoryTurn()


@handles(WHY)
async def explain(  # what a figure is of
    interaction: Interaction,
    turn: HistoryTurn,
    item_id: int,
    location_id: int,
    lot_id: int,
    beyond: int,
) -> None:
    """Show what makes a figure of stock; a turned page replaces the one that it was turned on."""
    request = ExplainStock(
        item=item_id or None,
        location=abs(location_id) or None,
        is_whole=location_id < 0,
        lot=lot_id or None,
        beyond=beyond or None,
        before=turn.before,
        after=turn.after,
    )
    await _explain(interaction, checked_page, explain_stock, request, is_update=turn != _FIRST)


@handles(WHY_LEVELS)
async def list_levels(interaction: Interaction, turn: HistoryTurn, item_id: int) -> None:
    """Show the levels that an item's stock is made of."""
    request = ListLevels(item=item_id, after=turn.before, before=turn.after)
    await interaction.client.desk.show(interaction, list_item_levels, request, is_update=True)


@handles(WHY_HELD)
async def list_held(interaction: Interaction, turn: Turn, location_id: int) -> None:
    """Show what a location holds, to choose the figure that is asked about."""
    request = GetLocation(location=location_id, after=turn.after, before=turn.before)
    await interaction.client.desk.show(
        interaction, get_location, request, view=held_page, is_update=turn != Turn()
    )


@handles(WHY_RESERVED)
async def list_reserved(interaction: Interaction, first: int, item_id: int) -> None:
    """Show which requests hold an item back."""
    request = ListReservations(item=item_id, first=max(0, first))
    await interaction.client.desk.show(interaction, list_reservations, request, is_update=True)


@handles(WHY_VALUE)
async def show_value(
    interaction: Interaction, first: int, item_id: int, location_id: int, beyond: int
) -> None:
    """Show which receipts the value of an item is made of."""
    request = ExplainValue(
        item=item_id,
        location_id=location_id or None,
        beyond=beyond or None,
        first=max(0, first),
    )
    await _show_value(interaction, request, is_update=True)


async def _show_value(
    interaction: Interaction, request: ExplainValue, *, is_update: bool = False
) -> None:
    desk, db = interaction.client.desk, interaction.client.desk.db

    async def work(actor: Actor) -> Reply:
        await db.reads.require_right(find_valued, None, actor, str(interaction.id))
        async with db.reads.heavy_work(actor.guild_id):
            explained = await explain_value(db, request, actor)
        return value_page(explained, desk.last_checks.find(actor.guild_id))

    await desk.read(interaction, work, is_update=is_update)


@handles(WHY_REPORT)
async def show_report(
    interaction: Interaction, turn: HistoryTurn, kind: str, location_id: int, beyond: int
) -> None:
    """Show the moves that a report was made of."""
    if kind not in REPORTS:
        raise StaleControl
    desk = interaction.client.desk
    request = ExplainReport(
        kind=REPORTS[kind].kind,
        location_id=location_id or None,
        beyond=beyond,
        before=turn.before,
        after=turn.after,
    )
    view = partial(checked_page, checked=desk.last_checks.find(interaction.guild_id))
    await desk.show(interaction, explain_report, request, view=view, is_update=turn != _FIRST)


@handles(WHY_ROW)
async def show_row(
    interaction: Interaction, kind: str, location_id: int, beyond: int, chosen: tuple[str, ...]
) -> None:
    """Show what makes the figures of a row of a report."""
    if kind in NOUNS:
        await _explain(
            interaction,
            checked_document,
            explain_document,
            ExplainDocument(noun=NOUNS[kind], document=chosen[0]),
        )
        return
    item_id, lot_id, row_location_id = read_key(chosen[0])
    if kind == "value":
        place = location_id or None
        await _show_value(interaction, ExplainValue(item=item_id, location_id=place, beyond=beyond))
        return
    if first := read_since(chosen[0]):
        left = ExplainLeft(item=item_id, location=location_id or None, first=first, beyond=beyond)
        await _explain(interaction, checked_left, explain_left, left)
        return
    request = ExplainStock(
        item=item_id,
        location=row_location_id or location_id or None,
        is_whole=not row_location_id and bool(location_id),
        lot=lot_id or None,
        # What is available is known of now alone, as that report is.
        beyond=None if kind == "low" else beyond,
    )
    await _explain(interaction, checked_page, explain_stock, request)


@handles(WHY_LEFT)
async def show_left(  # what a row is of
    interaction: Interaction,
    turn: HistoryTurn,
    item_id: int,
    location_id: int,
    beyond: int,
    first: date,
) -> None:
    """Show by which records an item left."""
    request = ExplainLeft(
        item=item_id,
        location=location_id or None,
        first=first,
        beyond=beyond,
        before=turn.before,
        after=turn.after,
    )
    await _explain(interaction, checked_left, explain_left, request, is_update=turn != _FIRST)


@handles(WHY_DOCUMENT)
async def show_document(interaction: Interaction, turn: Turn, noun: str, document_id: int) -> None:
    """Show the records about a document."""
    request = ExplainDocument(
        noun=noun, document=document_id, older_than=turn.after, newer_than=turn.before
    )
    await _explain(
        interaction, checked_document, explain_document, request, is_update=turn != Turn()
    )


@handles(WHY_DOCUMENTS)
async def show_documents(interaction: Interaction, turn: Turn, noun: str) -> None:
    """Show which documents are under way."""
    request = ExplainDocuments(noun=noun, after=turn.after, before=turn.before)
    await interaction.client.desk.show(
        interaction, explain_documents, request, is_update=turn != Turn()
    )


@handles(WHY_BOARD)
async def show_board(interaction: Interaction, board_id: int) -> None:
    """Show the figures that a board shows now, each with a way to its records."""

    def view(found: BoardFound) -> Reply:
        if found.look is None:
            raise NotFound(BOARD)
        return board_figures(found.look.shown)

    request = GetBoard(board_id=board_id)
    await interaction.client.desk.show(interaction, get_board, request, view=view)


@handles(CHECK)
async def check_books(interaction: Interaction) -> None:
    """Verify the books now."""
    await interaction.client.desk.read(interaction, partial(verify, interaction.client))


async def _explain(
    interaction: Interaction,
    page: Callable[..., Reply],
    query: Query[RequestT, Any],
    request: RequestT,
    *,
    is_update: bool = False,
) -> None:
    """Show records with what the last check of the books found."""
    desk = interaction.client.desk
    view = partial(page, checked=desk.last_checks.find(interaction.guild_id))
    await desk.show(interaction, query, request, view=view, is_update=is_update)
