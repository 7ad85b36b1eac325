"""The lane of approvals: each thing's card in the channel shows its present state.

A card belongs to a round: it is posted when the thing becomes pending, edited with every change,
and keeps what was decided when a later round gets a card of its own. Drawing is idempotent, so a
crash in between only means that it is drawn once more.
"""

import asyncio
import hashlib

import discord
from loguru import logger

from bot.database.delivery.approval_messages import ApprovalCards
from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import ApprovalCard, AuditEvent
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.batches import (
    LOOK_BACK_MESSAGES,
    NONCE_LIFE,
    SEND_SECONDS,
    NoChannelError,
)
from bot.services.approvals.cards import CardFound, GetCard
from bot.services.approvals.declared import APPROVALS
from bot.views import approvals as views
from bot.views.approvals import Standing
from bot.views.replies import Reply

_NONCE_LENGTH = 24
_SERVER_ERRORS = 500
# Rate limits and time-outs pass; what else Discord refuses, it refuses for good.
_PASSING = frozenset({408, 429})


class CardDrawing:
    """Draws the cards that have to be drawn."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db
        self._cards = ApprovalCards(db)

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
        if event.record < shown.approval.opened_record:
            await self._end_round(held, shown, event)
            return
        reply = views.card(shown)
        is_current = shown.card and shown.card.opened_record == shown.approval.opened_record
        if is_current and shown.card and await self._edit(held, shown.card, reply):
            return
        await self._post(held, event, shown, reply)

    async def _end_round(self, held: LeasedLane, shown: CardFound, event: AuditEvent) -> None:
        """Let the card of an earlier round say what was decided, before a new one is posted."""
        standing = Standing.after(event)
        card = shown.card
        if standing is None or card is None or card.opened_record > event.record:
            return
        if card.opened_record == shown.approval.opened_record:
            return
        reply = views.ended_card(shown, standing, opened_record=card.opened_record)
        await self._edit(held, card, reply)

    async def _edit(self, held: LeasedLane, card: ApprovalCard, reply: Reply) -> bool:
        """Draw a card again; False if it is gone, or where the bot may no longer write."""
        channel = self._client.get_partial_messageable(card.channel_id)
        message = channel.get_partial_message(card.message_id)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await message.edit(**reply.for_editing())
        except discord.Forbidden:
            if card.channel_id == held.channel_id:
                raise
            return False
        except discord.HTTPException as error:
            if error.status in _PASSING or error.status >= _SERVER_ERRORS:
                raise
            # Whatever is wrong with this one message must not keep all others waiting.
            logger.info("A card cannot be drawn again: {} {}", error.status, error.code)
            return False
        return True

    async def _post(
        self, held: LeasedLane, event: AuditEvent, shown: CardFound, reply: Reply
    ) -> None:
        if held.channel_id is None:
            raise NoChannelError
        channel = self._client.get_partial_messageable(held.channel_id)
        opened_record = shown.approval.opened_record
        message = None
        if self._db.clock() - event.at > NONCE_LIFE:
            message = await self._find(channel, shown)
        was_there = message is not None
        async with asyncio.timeout(SEND_SECONDS):
            if message is None:
                nonce = _nonce(held.guild_id, shown)
                message = await channel.send(nonce=nonce, **reply.for_sending())
            # A card from before a crash, which Discord also answers with for the same nonce,
            # may have been greyed or decided meanwhile.
            if was_there or message.edited_at is not None:
                await message.edit(**reply.for_editing())
        await self._cards.remember(
            held.guild_id,
            shown.subject.noun,
            shown.subject.id,
            opened_record=opened_record,
            channel_id=held.channel_id,
            message_id=message.id,
        )

    async def _find(
        self, channel: discord.PartialMessageable, shown: CardFound
    ) -> discord.Message | None:
        """Look for a card that was posted before a crash and never noted."""
        assert self._client.user is not None
        wanted = views.card_footer(shown.approval.opened_record)
        gone = shown.card.message_id if shown.card else None
        async for message in channel.history(limit=LOOK_BACK_MESSAGES):
            if message.author.id != self._client.user.id or message.id == gone:
                continue
            if any(embed.footer.text == wanted for embed in message.embeds):
                return message
        return None


def _nonce(guild_id: int, shown: CardFound) -> str:
    """Return the same nonce for the same posting; a card that was deleted is posted again."""
    gone = shown.card.message_id if shown.card else 0
    subject = shown.subject
    posting = f"{guild_id}/{subject.noun}/{subject.id}/{shown.approval.opened_record}/{gone}"
    return hashlib.sha256(posting.encode()).hexdigest()[:_NONCE_LENGTH]
