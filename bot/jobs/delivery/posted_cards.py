"""Cards as messages: posted once, found again after a crash, edited with every change.

Drawing is idempotent: a crash in between only means that a card is drawn once more.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import discord
from loguru import logger

from bot.database.delivery.approval_messages import ApprovalCards
from bot.database.delivery.leased_lanes import LeasedLane
from bot.database.models import ApprovalCard
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.batches import (
    LOOK_BACK_MESSAGES,
    NONCE_LIFE,
    SEND_SECONDS,
    NoChannelError,
    nonce_of,
)
from bot.services.shifts import ListOnShift, list_on_shift
from bot.views.replies import Reply

_SERVER_ERRORS: Final = 500
# Rate limits and time-outs pass; what else Discord refuses, it refuses for good.
_PASSING: Final = frozenset({408, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card to be posted: what it shows, by what it is found again, and for which record.

    `name` and `subject_id` are what its message is kept under; the footer is like no other's.
    It mentions those on shift who are `wanted`.
    """

    name: str
    subject_id: int
    record: int
    footer: str
    reply: Reply
    wanted: ListOnShift
    caused_at: datetime
    gone: ApprovalCard | None  # a message that showed it before


class PostedCards:
    """The messages that cards are."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db
        self._cards = ApprovalCards(db)

    async def edit(self, held: LeasedLane, card: ApprovalCard, reply: Reply) -> bool:
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

    async def post(self, held: LeasedLane, card: NewCard) -> None:
        """Post a card, unless it was posted before a crash, and remember its message."""
        if held.channel_id is None:
            raise NoChannelError
        channel = self._client.get_partial_messageable(held.channel_id)
        message = None
        if self._db.clock() - card.caused_at > NONCE_LIFE:
            message = await self._find(channel, card)
        was_there = message is not None
        actor = system_actor(held.guild_id, "job")
        on_shift = await self._db.query(list_on_shift, card.wanted, actor)
        reply = replace(card.reply, mentioned=on_shift)
        async with asyncio.timeout(SEND_SECONDS):
            if message is None:
                nonce = _nonce(held.guild_id, card)
                message = await channel.send(nonce=nonce, **reply.for_sending())
            # A card from before a crash, which Discord also answers with for the same nonce,
            # may have been greyed or decided meanwhile.
            if was_there or message.edited_at is not None:
                await message.edit(**reply.for_editing())
        await self._cards.remember(
            held.guild_id,
            card.name,
            card.subject_id,
            opened_record=card.record,
            channel_id=held.channel_id,
            message_id=message.id,
        )

    async def _find(
        self, channel: discord.PartialMessageable, card: NewCard
    ) -> discord.Message | None:
        """Look for a card that was posted before a crash and never noted."""
        assert self._client.user is not None
        gone = card.gone.message_id if card.gone else None
        async for message in channel.history(limit=LOOK_BACK_MESSAGES):
            if message.author.id != self._client.user.id or message.id == gone:
                continue
            if any(_shows(card, embed) for embed in message.embeds):
                return message
        return None


def _shows(card: NewCard, embed: discord.Embed) -> bool:
    """Whether a card shows this: an import opens rounds of many things with one record."""
    own = card.reply.embed
    return embed.footer.text == card.footer and (own is None or embed.title == own.title)


def _nonce(guild_id: int, card: NewCard) -> str:
    """Return the same nonce for the same card; a card that was deleted is posted again."""
    gone = card.gone.message_id if card.gone else 0
    return nonce_of(f"{guild_id}/{card.name}/{card.subject_id}/{card.record}/{gone}")
