"""The lane of approvals: each thing's card in the channel shows its present state.

A card belongs to a round: it is posted when the thing becomes pending, edited with every change,
and keeps what was decided when a later round gets a card of its own.
"""

import discord
from loguru import logger

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import AuditEvent
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.posted_cards import PostedCards, Posting
from bot.services.approvals.cards import CardFound, GetCard
from bot.services.approvals.declared import APPROVALS
from bot.services.shifts import ListOnShift
from bot.views import approvals as views
from bot.views.approvals import Standing


class CardDrawing:
    """Draws the cards that have to be drawn."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._db = db
        self._posted = PostedCards(client, db)

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Draw the card of the thing that a record is about."""
        event = row.event
        approvals = None if event is None else APPROVALS.get(event.subject_type)
        if event is None or approvals is None or event.subject_id is None:
            logger.error("No card shows record {} of guild {}", row.record, held.guild_id)
            return
        actor = system_actor(held.guild_id, "job")
        shown = await self._db.query(
            approvals.get_card, GetCard(subject_id=event.subject_id), actor
        )
        opened_record = shown.approval.opened_record
        if event.record < opened_record:
            await self._end_round(held, shown, event)
            return
        reply = views.card(shown)
        is_current = shown.card and shown.card.opened_record == opened_record
        if is_current and shown.card and await self._posted.edit(held, shown.card, reply):
            return
        posting = Posting(
            name=shown.subject.noun,
            subject_id=shown.subject.id,
            record=opened_record,
            footer=views.card_footer(opened_record),
            reply=reply,
            wanted=ListOnShift(
                permissions=(approvals.kind.permissions.approve,),
                without=frozenset(shown.approval.touched_by),
            ),
            caused_at=event.at,
            gone=shown.card,
        )
        await self._posted.post(held, posting)

    async def _end_round(self, held: LeasedLane, shown: CardFound, event: AuditEvent) -> None:
        """Let the card of an earlier round say what was decided, before a new one is posted."""
        standing = Standing.after(event)
        card = shown.card
        if standing is None or card is None or card.opened_record > event.record:
            return
        if card.opened_record == shown.approval.opened_record:
            return
        reply = views.ended_card(shown, standing, opened_record=card.opened_record)
        await self._posted.edit(held, card, reply)
