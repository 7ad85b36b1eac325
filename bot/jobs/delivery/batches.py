"""Batches: texts that are frozen before they are sent, and so arrive exactly once.

A batch is frozen, with its text and a nonce, before it is sent, and marked after. A crash in
between sends the same message with the same nonce, which Discord drops if it has it already.
Discord remembers nonces for minutes only: an older batch is looked for in the channel first.
"""

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sized
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import Final

import discord

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import Batch, Draft, LeasedLane, OutboxRow
from bot.domain.lanes import AUDIT_LINE
from bot.jobs.delivery.renderers import TEXTS, Context, Drawing
from bot.locales import use_locale

NONCE_LIFE: Final = timedelta(minutes=1)
LOOK_BACK_MESSAGES: Final = 100
SEND_SECONDS: Final = 7.0
MAX_BATCHES_A_TURN: Final = 50
_NONCE_LENGTH: Final = 24


class NoChannelError(OSError):
    """The guild has named no channel for this lane yet."""


class UnreachableError(OSError):
    """The person takes no messages and sees no channel in which to be mentioned."""


def nonce_of(posting: str) -> str:
    """Return the same nonce for the same posting, however often it is sent."""
    return hashlib.sha256(posting.encode()).hexdigest()[:_NONCE_LENGTH]


class Sender(ABC):
    """Empties a leased lane, message after message; while others wait, one message a turn."""

    def __init__(
        self,
        client: discord.Client,
        lanes: OutboxLanes,
        drawings: Mapping[str, Drawing],
        others: Sized,
    ) -> None:
        self._client = client
        self._lanes = lanes
        self._drawings = drawings
        self._others = others

    @abstractmethod
    async def find_channel(self, held: LeasedLane) -> int:
        """Return the channel that the lane leads to; raises NoChannelError."""

    def compose(self, held: LeasedLane) -> Draft | None:
        """Compose the next message if its channel is known without asking Discord."""
        is_text = held.rows[0].kind in TEXTS
        return self._draft(held, held.channel_id) if is_text and held.channel_id else None

    async def carry(self, held: LeasedLane) -> bool:
        """Send message after message, then give the lane back; True if more is left."""
        turn: LeasedLane | None = held
        for _ in range(MAX_BATCHES_A_TURN):
            if turn is None:
                return False  # it is empty and given back, or another process has it now
            was_shown = turn.batch is not None
            if turn.batch is not None:
                turn = await self._deliver(turn, turn.batch)
            elif turn.rows[0].kind in self._drawings:
                was_shown = True
                turn = await self._draw(turn)
            else:
                draft = self._draft(turn, await self.find_channel(turn))
                turn = await self._lanes.freeze(turn, draft)
            if was_shown and self._others:
                break
        if turn is None:
            return False
        await self._lanes.release([(turn.guild_id, turn.lane)])
        return True

    async def _draw(self, held: LeasedLane) -> LeasedLane | None:
        row = held.rows[0]
        with use_locale(held.language):
            is_partial = await self._drawings[row.kind].draw(held, row)
        return await self._lanes.complete_rows(held, [] if is_partial else [row])

    async def _deliver(self, held: LeasedLane, batch: Batch) -> LeasedLane | None:
        """Send a batch, unless an earlier turn froze it and it has arrived or lost its way."""
        is_moved = self.is_moved(held, batch)
        if is_moved or self._lanes.age_of(batch) > NONCE_LIFE:
            found = await self._find_arrived(batch, may_be_gone=is_moved)
            if found is not None:
                return await self._lanes.complete(arrived_as(held, batch, found))
            if is_moved:
                return await self._lanes.thaw(held)
        sent = await self.send(held, batch)
        return None if sent is None else await self._lanes.complete(sent)

    async def send(self, held: LeasedLane, batch: Batch) -> LeasedLane | None:
        """Send a batch; returns the lane with what was sent, None if the lease was lost."""
        message_id = await self.post(batch, discord.AllowedMentions.none())
        return arrived_as(held, batch, message_id)

    async def post(self, batch: Batch, mentions: discord.AllowedMentions) -> int:
        """Post a batch where it is addressed to; returns the message's id."""
        channel = self._client.get_partial_messageable(batch.channel_id)
        async with asyncio.timeout(SEND_SECONDS):
            message = await channel.send(
                batch.text, nonce=batch.nonce, suppress_embeds=True, allowed_mentions=mentions
            )
        return message.id

    def is_moved(self, held: LeasedLane, batch: Batch) -> bool:
        """Whether the lane leads elsewhere by now."""
        return held.channel_id != batch.channel_id

    def _draft(self, held: LeasedLane, channel_id: int) -> Draft:
        guild = self._client.get_guild(held.guild_id)
        name = guild.name if guild is not None and guild.name else held.guild_name
        kind = held.rows[0].kind
        rows: list[OutboxRow] = list(takewhile(lambda row: row.kind == kind, held.rows))
        if held.failures and kind != AUDIT_LINE:
            # Should one of them be what fails, it is known which.
            rows = rows[:1]
        context = Context(self._lanes.now_in(held.timezone), name)
        events = [row.event for row in rows if row.event is not None]
        with use_locale(held.language):
            last_record, text = TEXTS[kind](events, context)
        return Draft(kind, channel_id, last_record, text)

    async def _find_arrived(self, batch: Batch, *, may_be_gone: bool) -> int | None:
        """Return the id of the message that a batch became before a crash, if it did."""
        assert self._client.user is not None
        channel = self._client.get_partial_messageable(batch.channel_id)
        try:
            async for message in channel.history(limit=LOOK_BACK_MESSAGES):
                if message.author.id == self._client.user.id and message.content == batch.text:
                    return message.id
        except (discord.NotFound, discord.Forbidden):
            # A channel that is no longer used and cannot be read has nothing to repeat.
            if not may_be_gone:
                raise
        return None


def arrived_as(held: LeasedLane, batch: Batch, message_id: int) -> LeasedLane:
    """Return the lane with the message that its batch became."""
    return replace(held, batch=replace(batch, message_id=message_id))
