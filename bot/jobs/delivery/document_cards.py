"""The cards of documents: one each, in the channel of its kind, with the present state."""

import discord
from loguru import logger

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.posted_cards import PostedCards, Posting
from bot.services.documents.kinds import DOCUMENTS, GetDocument
from bot.services.shifts import ListOnShift
from bot.views.documents import document_card, is_over


class DocumentDrawing:
    """Draws the cards of documents that changed."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._db = db
        self._posted = PostedCards(client, db)

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Draw the card of the document that a record is about."""
        event = row.event
        documents = None if event is None else DOCUMENTS.get(event.subject_type)
        if event is None or documents is None or event.subject_id is None:
            logger.error("No card shows record {} of guild {}", row.record, held.guild_id)
            return
        actor = system_actor(held.guild_id, "job")
        request = GetDocument(document=event.subject_id)
        shown = await self._db.query(documents.get, request, actor)
        reply = document_card(shown)
        if shown.card and await self._posted.edit(held, shown.card, reply):
            return
        if is_over(shown):
            # Nothing can be done about it any more, and its channel never saw it.
            return
        posting = Posting(
            name=documents.type.card_name,
            subject_id=event.subject_id,
            record=event.record,
            footer=shown.label,
            reply=reply,
            wanted=ListOnShift(
                permissions=documents.type.workers, without=frozenset({shown.document.made_by})
            ),
            caused_at=event.at,
            gone=shown.card,
        )
        await self._posted.post(held, posting)
