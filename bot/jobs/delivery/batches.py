"""Lanes of text: batches that are frozen before they are sent, and so arrive exactly once.

A batch is frozen, with its text and a nonce, before it is sent, and marked after. A crash in
between sends the same message with the same nonce, which Discord drops if it has it already.
Discord remembers nonces for minutes only: an older batch is looked for in the channel first.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import discord

from bot.database.delivery.lanes import Batch, LeasedLane, OutboxLanes
from bot.database.models import AuditEvent
from bot.domain.lanes import recipient_of
from bot.views.approvals import decision_notice
from bot.views.audit.lines import audit_batch

NONCE_LIFE: Final = timedelta(minutes=1)
LOOK_BACK_MESSAGES: Final = 100
SEND_SECONDS: Final = 7.0
MAX_BATCHES_A_TURN: Final = 50
# They take no messages, or share no server with the bot any more.
_SERVER_ERRORS: Final = 500
_CANNOT_SEND_TO_USER: Final = frozenset({50007, 50278})


class NoChannelError(OSError):
    """The guild has named no channel for this lane yet."""


class BatchCarrier(ABC):
    """Empties a leased lane, batch after batch."""

    def __init__(self, client: discord.Client, lanes: OutboxLanes) -> None:
        self._client = client
        self._lanes = lanes

    @abstractmethod
    async def _destination(self, held: LeasedLane) -> int:
        """Return the channel that the lane leads to; raises NoChannelError."""

    @abstractmethod
    def _compose(self, held: LeasedLane, events: Sequence[AuditEvent]) -> tuple[int, str]:
        """Put records into a message; returns the last one's number."""

    async def carry(self, held: LeasedLane) -> None:
        """Send batch after batch until nothing is left, then give the lane back."""
        batch = await self._take_up(held)
        for _ in range(MAX_BATCHES_A_TURN):
            if batch is None:
                batch = await self._freeze_next(held)
            if batch is None:
                break
            batch = await self._send(held, batch)
            if batch is None or not await self._lanes.complete(held, batch):
                return  # the lease ran out: another process has the lane now
            batch = None
        await self._lanes.release(held)

    async def _take_up(self, held: LeasedLane) -> Batch | None:
        """Return the batch that an earlier turn froze, unless it has arrived or lost its way."""
        batch = held.batch
        if batch is None:
            return None
        is_moved = self._is_moved(held, batch)
        is_old = self._lanes.age_of(batch) > NONCE_LIFE
        if not is_moved and not is_old:
            return batch
        if await self._has_arrived(batch, may_be_gone=is_moved):
            await self._lanes.complete(held, batch)
            return None
        if is_moved:
            await self._lanes.thaw(held)
            return None
        return batch

    async def _freeze_next(self, held: LeasedLane) -> Batch | None:
        events = await self._lanes.list_events(held.guild_id, held.lane)
        if not events:
            return None
        channel_id = await self._destination(held)
        last_record, text = self._compose(held, events)
        return await self._lanes.freeze(held, channel_id, last_record, text)

    async def _send(self, held: LeasedLane, batch: Batch) -> Batch | None:
        """Send a batch and return it; None if the lease was lost on the way."""
        await self._post(batch, discord.AllowedMentions.none())
        del held
        return batch

    async def _post(self, batch: Batch, mentions: discord.AllowedMentions) -> None:
        channel = self._client.get_partial_messageable(batch.channel_id)
        async with asyncio.timeout(SEND_SECONDS):
            await channel.send(
                batch.text, nonce=batch.nonce, suppress_embeds=True, allowed_mentions=mentions
            )

    def _is_moved(self, held: LeasedLane, batch: Batch) -> bool:
        return held.channel_id != batch.channel_id

    async def _has_arrived(self, batch: Batch, *, may_be_gone: bool) -> bool:
        assert self._client.user is not None
        channel = self._client.get_partial_messageable(batch.channel_id)
        try:
            async for message in channel.history(limit=LOOK_BACK_MESSAGES):
                if message.author.id == self._client.user.id and message.content == batch.text:
                    return True
        except (discord.NotFound, discord.Forbidden):
            # A channel that is no longer used and cannot be read has nothing to repeat.
            if not may_be_gone:
                raise
        return False


class AuditCarrier(BatchCarrier):
    """Every committed change, as lines in the audit channel."""

    async def _destination(self, held: LeasedLane) -> int:
        if held.channel_id is None:
            raise NoChannelError
        return held.channel_id

    def _compose(self, held: LeasedLane, events: Sequence[AuditEvent]) -> tuple[int, str]:
        return audit_batch(events, self._lanes.now_in(held.timezone))


class DirectCarrier(BatchCarrier):
    """What one person is told, one record a message; in the approvals channel if need be."""

    async def _destination(self, held: LeasedLane) -> int:
        try:
            channel = await self._client.create_dm(discord.Object(self._recipient(held)))
        except discord.HTTPException as error:
            if error.status >= _SERVER_ERRORS:
                raise
            # Nobody who can be written to: then where decisions are made.
            if held.channel_id is None:
                raise NoChannelError from error
            return held.channel_id
        return channel.id

    def _compose(self, held: LeasedLane, events: Sequence[AuditEvent]) -> tuple[int, str]:
        guild = self._client.get_guild(held.guild_id)
        event = events[0]
        return event.record, decision_notice(event, guild.name if guild else "")

    async def _send(self, held: LeasedLane, batch: Batch) -> Batch | None:
        """Send a direct message; to somebody who takes none, a mention where decisions are made."""
        if batch.channel_id == held.channel_id:
            return await self._mention(held, batch)
        try:
            return await super()._send(held, batch)
        except discord.HTTPException as error:
            if error.code not in _CANNOT_SEND_TO_USER:
                raise
        if held.channel_id is None:
            raise NoChannelError
        text = self._mention_of(held) + batch.text
        public = await self._lanes.freeze(held, held.channel_id, batch.last_record, text)
        return None if public is None else await self._mention(held, public)

    async def _mention(self, held: LeasedLane, batch: Batch) -> Batch:
        person = discord.Object(self._recipient(held))
        await self._post(batch, discord.AllowedMentions(users=[person], everyone=False))
        return batch

    def _is_moved(self, held: LeasedLane, batch: Batch) -> bool:
        """A direct channel is for ever; a mention was meant for the approvals channel of then."""
        is_public = batch.text.startswith(self._mention_of(held))
        return is_public and batch.channel_id != held.channel_id

    def _mention_of(self, held: LeasedLane) -> str:
        return f"<@{self._recipient(held)}> "

    def _recipient(self, held: LeasedLane) -> int:
        recipient = recipient_of(held.lane)
        assert recipient is not None
        return recipient
