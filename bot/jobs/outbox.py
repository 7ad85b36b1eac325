"""Delivery of the outbox: every committed change reaches its channel, in order, exactly once.

A batch is frozen, with its text and a nonce, before it is sent, and marked after. A crash in
between sends the same message with the same nonce, which Discord drops if it has it already.
Discord remembers nonces for minutes only: an older batch is looked for in the channel first.
"""

import asyncio
from datetime import timedelta

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.outbox_lanes import Batch, LeasedLane, OutboxLanes
from bot.errors import Unavailable
from bot.jobs.loop import Job
from bot.views.audit import audit_batch
from bot.views.guilds import lane_trouble

_NONCE_LIFE = timedelta(minutes=1)
_LANES_AT_ONCE = 32
_SEND_SECONDS = 20.0
_MAX_BATCHES_A_TURN = 50
_LOOK_BACK_MESSAGES = 100
_FIRST_RETRY_SECONDS = 1.0
_MAX_RETRY_SECONDS = 60.0
_UNKNOWN_CHANNEL = 10003
_UNKNOWN_GUILD = 10004


class OutboxJob(Job):
    """Delivers every lane that has something to tell, many at once, each in its order."""

    interval_seconds = 2.0

    def __init__(self, client: discord.Client, lanes: OutboxLanes) -> None:
        super().__init__()
        self._client = client
        self._lanes = lanes
        self._at_once = asyncio.Semaphore(_LANES_AT_ONCE)
        self._deliveries: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def stop(self) -> None:
        """End the loop and give the lanes back; what was frozen is sent by whoever is next."""
        await super().stop()
        for delivery in self._deliveries.values():
            delivery.cancel()
        await asyncio.gather(*self._deliveries.values(), return_exceptions=True)
        try:
            await self._lanes.release_all()
        except Unavailable:
            logger.warning("The database is away; the lanes are free when their leases end")

    async def run_once(self) -> None:
        """Deliver what is due now; a lane that takes longer than a round delays no other."""
        for lane in await self._lanes.list_due():
            if lane not in self._deliveries:
                self._deliveries[lane] = asyncio.create_task(self._deliver(*lane))
        if not self._deliveries:
            return
        done, _ = await asyncio.wait(self._deliveries.values(), timeout=self.interval_seconds)
        self._deliveries = {k: task for k, task in self._deliveries.items() if task not in done}
        for error in [task.exception() for task in done]:
            if error is not None:
                raise error

    async def _deliver(self, guild_id: int, lane: str) -> None:
        async with self._at_once:
            held = await self._lanes.lease(guild_id, lane)
            if held is None:
                return
            try:
                await self._empty(held)
            except (discord.HTTPException, ClientError, OSError, TimeoutError) as error:
                await self._postpone(held, error)

    async def _empty(self, held: LeasedLane) -> None:
        """Send batch after batch until nothing is left, then give the lane back."""
        batch = await self._take_up(held)
        for _ in range(_MAX_BATCHES_A_TURN):
            if batch is None:
                batch = await self._freeze_next(held)
            if batch is None:
                break
            await self._send(batch)
            if not await self._lanes.complete(held, batch):
                return  # the lease ran out: another process has the lane now
            batch = None
        await self._lanes.release(held)

    async def _take_up(self, held: LeasedLane) -> Batch | None:
        """Return the batch that an earlier turn froze, unless it has arrived or lost its way."""
        batch = held.batch
        if batch is None:
            return None
        is_moved = held.channel_id != batch.channel_id
        is_old = self._lanes.age_of(batch) > _NONCE_LIFE
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
        if held.channel_id is None:
            raise _NoChannelError
        last_record, text = audit_batch(events)
        return await self._lanes.freeze(held, held.channel_id, last_record, text)

    async def _send(self, batch: Batch) -> None:
        channel = self._client.get_partial_messageable(batch.channel_id)
        async with asyncio.timeout(_SEND_SECONDS):
            await channel.send(
                batch.text,
                nonce=batch.nonce,
                suppress_embeds=True,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def _has_arrived(self, batch: Batch, *, may_be_gone: bool) -> bool:
        channel = self._client.get_partial_messageable(batch.channel_id)
        try:
            async for message in channel.history(limit=_LOOK_BACK_MESSAGES):
                if message.author.id == self._own_id and message.content == batch.text:
                    return True
        except (discord.NotFound, discord.Forbidden):
            # A channel that is no longer used and cannot be read has nothing to repeat.
            if not may_be_gone:
                raise
        return False

    async def _postpone(self, held: LeasedLane, error: Exception) -> None:
        """Let the lane wait; tell the owner once if people have to mend something."""
        reason = _reason(error)
        seconds = min(_FIRST_RETRY_SECONDS * 2**held.failures, _MAX_RETRY_SECONDS)
        logger.warning("The audit of guild {} waits: {}", held.guild_id, type(error).__name__)
        await self._lanes.postpone(held, reason, timedelta(seconds=seconds))
        if reason not in {None, "no_channel"} and not held.is_owner_told:
            await self._tell_owner(held, reason)

    async def _tell_owner(self, held: LeasedLane, reason: str) -> None:
        guild = self._client.get_guild(held.guild_id)
        if guild is None or guild.owner_id is None:
            return
        await self._lanes.note_owner_told(held)
        try:
            owner = await self._client.create_dm(discord.Object(guild.owner_id))
            await owner.send(lane_trouble(guild.name, reason))
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.info("The owner could not be told: {}", type(error).__name__)

    @property
    def _own_id(self) -> int:
        assert self._client.user is not None
        return self._client.user.id


class _NoChannelError(OSError):
    """The guild has named no channel for this lane yet."""


def _reason(error: Exception) -> str | None:
    """Return why people have to mend something; None if waiting is enough."""
    if isinstance(error, _NoChannelError):
        return "no_channel"
    if isinstance(error, discord.Forbidden):
        return "forbidden"
    if isinstance(error, discord.NotFound) and error.code in {_UNKNOWN_CHANNEL, _UNKNOWN_GUILD}:
        return "gone"
    return None
