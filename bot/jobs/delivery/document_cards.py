"""The cards of documents: one each, in the channel of its kind, with the present state."""

import discord
from loguru import logger

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import AuditEvent
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.documents import REQUEST
from bot.domain.requests import read_supplied
from bot.jobs.delivery.posted_cards import NewCard, PostedCards
from bot.services.documents.kinds import DOCUMENTS, Documents, GetDocument
from bot.services.shifts import ListOnShift
from bot.views.documents import document_card, is_over


class DocumentDrawing:
    """Draws the cards of documents that changed."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._db = db
        self._posted = PostedCards(client, db)

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Draw the cards of the document that a record is about, and of requests it supplied."""
        event = row.event
        about = [] if event is None else [(event.subject_type, event.subject_id), *_supplied(event)]
        found = [(noun, number) for noun, number in dict.fromkeys(about) if noun in DOCUMENTS]
        if event is None or not found:
            logger.error("No card shows record {} of guild {}", row.record, held.guild_id)
            return
        for noun, number in found:
            await self._draw(held, event, DOCUMENTS[noun], number or 0)

    async def _draw(
        self, held: LeasedLane, event: AuditEvent, documents: Documents, document_id: int
    ) -> None:
        actor = system_actor(held.guild_id, "job")
        request = GetDocument(document=document_id)
        shown = await self._db.query(documents.get, request, actor)
        reply = document_card(shown)
        if shown.card and await self._posted.edit(held, shown.card, reply):
            return
        if is_over(shown):
            # Nothing can be done about it any more, and its channel never saw it.
            return
        new = NewCard(
            name=documents.type.card_name,
            subject_id=document_id,
            record=event.record,
            footer=shown.label,
            reply=reply,
            wanted=ListOnShift(
                permissions=documents.type.workers, without=frozenset({shown.document.made_by})
            ),
            caused_at=event.at,
            gone=shown.card,
        )
        await self._posted.post(held, new)


def _supplied(event: AuditEvent) -> list[tuple[str, int | None]]:
    return [(REQUEST.noun, request_id) for request_id, *_ in read_supplied(event.detail)]
