"""Delivery of the outbox: every lane that has something to deliver, many at once, each in order.

A commit wakes the job with its guild, and only that guild's lanes are looked at. Everything that
is due is looked for twice a minute only: what another process left, what waits for its time.

A lane is leased and read once it may send. While more is to be posted than Discord takes, lanes
wait in a queue, and what is written meanwhile shares their messages.
"""

import asyncio
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import timedelta
from functools import partial
from typing import Protocol

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import Draft, LeasedLane
from bot.domain.lanes import UNREACHABLE, board_of, is_personal
from bot.errors import Unavailable
from bot.jobs.delivery.batches import NoChannelError, UnreachableError
from bot.jobs.delivery.owner_notices import OwnerNotices
from bot.jobs.delivery.repaired import RepairedGuilds
from bot.jobs.delivery.woken import WokenGuilds
from bot.jobs.loop import Job
from bot.pacing.deliveries import Deliveries
from bot.pacing.lane_queue import LaneQueue
from bot.pacing.requests import HeldBackError, RequestPace

# A full answer: there may be more. While as many wait, none are looked for.
_MANY_LANES = 200
_MANY_SECONDS = 1.0
_DATABASE_SECONDS = 2.0
# A process that died leaves its lanes leased for ten seconds, and a card that it greyed is due
# after twenty: without another look then, its successor would wait for the next usual one.
_AFTER_START_SECONDS = (11.0, 21.0)
_FIRST_RETRY_SECONDS = 1.0
_MAX_RETRY_SECONDS = 60.0
# What people have to fix is tried again when they seem to have done so. Each try that is refused
# counts against this address: six in the first hour, then one an hour.
_FIRST_BLOCKED_SECONDS = 60.0
# People who set a channel up are often done within half a minute.
_QUICK_RETRIES = 5
_MAX_BLOCKED_SECONDS = 3600.0
_MAX_DOUBLINGS = 12
# A message that cannot be composed is a defect: it must not hold the others of its lane for ever.
# Another version may be able to.
_DEFECT_TRIES = 5
_SET_ASIDE_FOR = timedelta(hours=6)
_UNKNOWN_CHANNEL = 10003
_UNKNOWN_GUILD = 10004


class Carrier(Protocol):
    """Delivers what waits in a leased lane to Discord and gives the lane back."""

    def compose(self, held: LeasedLane) -> Draft | None:
        """Compose the next message, if that takes no network."""

    async def carry(self, held: LeasedLane) -> bool:
        """Deliver and give back; True if more is left. Whatever it raises lets the lane wait."""


class OutboxJob(Job):
    """Leases lanes, has them emptied, and lets those wait that cannot be."""

    interval_seconds = 30.0

    def __init__(
        self,
        client: discord.Client,
        lanes: OutboxLanes,
        *,
        channels: Carrier,
        people: Carrier,
        boards: Carrier,
        pace: RequestPace,
        queue: LaneQueue,
    ) -> None:
        super().__init__()
        self._client = client
        self._lanes = lanes
        self._channels = channels
        self._people = people
        self._boards = boards
        self._pace = pace
        self._queue = queue
        self._deliveries = Deliveries(pace, queue, self._deliver, self.wake_for)
        self._woken = WokenGuilds(self._look_at)
        self._repaired = RepairedGuilds(client)
        self._next_look = 0.0
        # Called with a guild and a lane whose person can only be notified in an answer.
        self.on_unreachable: list[Callable[[int, str], None]] = []
        self.notices = OwnerNotices(client, lanes)

    @property
    def waiting_lanes(self) -> int:
        """How many lanes wait for their turn."""
        return len(self._queue)

    def wake_for(self, guild_id: int) -> None:
        """Look at the lanes of a guild: something was written for them."""
        self._woken.add(guild_id)
        self.wake()

    def retry_for(self, guild_id: int) -> None:
        """Try the waiting lanes of a guild again: its channels or the bot's rights changed."""
        self._repaired.note(guild_id)
        self.wake_for(guild_id)

    def start(self) -> None:
        """Begin the loop, and look again for what another process left behind."""
        super().start()
        for seconds in _AFTER_START_SECONDS:
            self._wake_in(seconds, self._look_now)

    async def stop(self) -> None:
        """End the loop and give the lanes back; what was frozen is sent by the next process."""
        await super().stop()
        held = await self._deliveries.stop()
        try:
            await self._lanes.release(held)
        except Unavailable:
            logger.warning("The database is away; the lanes are free when their leases end")

    async def run_once(self) -> None:
        """Deliver everything that is due now, and wait until it was tried."""
        self._deliveries.begin(await self._lanes.list_due(retries=self._pace.room_for_retries()))
        try:
            async with asyncio.timeout(self.interval_seconds):
                await self._deliveries.wait()
        except TimeoutError:
            logger.info("{} lanes are still being delivered", len(self._deliveries.running))

    async def run_round(self) -> None:
        """Begin what is due, which delays no later round however long it takes."""
        trouble = None
        try:
            await self._woken.look()
        except Unavailable as error:
            # A guild whose node is away keeps nothing of the others.
            trouble = error
        if time.monotonic() >= self._next_look:
            await self._look_at_everything()
        if trouble is not None:
            raise trouble

    async def _look_at(self, guild_ids: AbstractSet[int]) -> None:
        repaired = self._repaired.take(guild_ids)
        try:
            if repaired:
                await self._lanes.retry_now(repaired)
            self._deliveries.begin(await self._lanes.list_due_in(guild_ids))
        except Unavailable:
            self._repaired.give_back(repaired)
            raise

    async def _look_at_everything(self) -> None:
        is_crowded = len(self._queue) >= _MANY_LANES
        if not is_crowded:
            due = await self._lanes.list_due(retries=self._pace.room_for_retries())
            self._next_look = time.monotonic() + self.interval_seconds
            self._deliveries.begin(due)
            is_crowded = len(due) >= _MANY_LANES
        if is_crowded:
            self._look_again(_MANY_SECONDS)

    def _look_now(self) -> None:
        self._next_look = 0.0
        self.wake()

    def _look_again(self, seconds: float) -> None:
        """Look at everything that is due once more, sooner than usual."""
        self._next_look = 0.0
        self._wake_in(seconds, self.wake)

    def _wake_in(self, seconds: float, wake: Callable[[], None]) -> None:
        # A loop that does not run needs no waking.
        if self._task is not None:
            asyncio.get_running_loop().call_later(seconds, wake)

    async def _deliver(self, guild_id: int, lane: str) -> bool:
        """Deliver what a lane holds; returns whether it has to wait for its turn again."""
        carrier = self._carrier_of(lane)
        held = None
        try:
            held = await self._lanes.lease(guild_id, lane, carrier.compose)
            if held is None:
                return False
            await self._note_guild(held)
            if self._may_try(held):
                return await self._carry(carrier, held)
            await self._lanes.release([(guild_id, lane)])
        except Unavailable:
            logger.warning("The lane {} waits for the database", lane)
            self._look_again(_DATABASE_SECONDS)
        except (discord.HTTPException, ClientError, OSError, TimeoutError) as error:
            await self._postpone(guild_id, lane, held, error)
        except Exception as error:  # noqa: BLE001  # an edge that reports
            # A defect must not be met with again at once, nor keep the lane for its lease.
            logger.opt(exception=error).error("The lane {} failed", lane)
            await self._meet_defect(guild_id, lane, held, error)
        return False

    def _may_try(self, held: LeasedLane) -> bool:
        """Whether a lane may be tried: many that are refused would stop all others."""
        has_room = held.blocked_reason is None or self._pace.room_for_retries() > 0
        return has_room or self._repaired.allow(held)

    async def _carry(self, carrier: Carrier, held: LeasedLane) -> bool:
        try:
            return await carrier.carry(held)
        except HeldBackError:
            await self._lanes.release([(held.guild_id, held.lane)])
            return True

    async def _note_guild(self, held: LeasedLane) -> None:
        """Note what the guild is called by now, if this process serves it."""
        guild = self._client.get_guild(held.guild_id)
        if guild is None or guild.unavailable or guild.owner_id is None:
            return
        if (guild.name, guild.owner_id) != (held.guild_name, held.owner_id):
            await self._lanes.known_guilds.note(guild.id, guild.name, guild.owner_id)

    def _carrier_of(self, lane: str) -> Carrier:
        if is_personal(lane):
            return self._people
        return self._channels if board_of(lane) is None else self._boards

    async def _meet_defect(
        self, guild_id: int, lane: str, held: LeasedLane | None, error: Exception
    ) -> None:
        """Set the next message aside if it failed often enough, or let the lane wait."""
        try:
            # What failed to be composed has rolled its lease back.
            held = held or await self._lanes.lease(guild_id, lane)
            is_aside = held is not None and await self._lanes.set_aside(
                held, tries=_DEFECT_TRIES, wait=_SET_ASIDE_FOR
            )
        except Unavailable:
            logger.warning("The database is away; the lane {} is free when its lease ends", lane)
            return
        if is_aside:
            self.wake_for(guild_id)
        else:
            await self._postpone(guild_id, lane, held, error)

    async def _postpone(
        self, guild_id: int, lane: str, held: LeasedLane | None, error: Exception
    ) -> None:
        """Let the lane wait; notify the owner once if people have to fix something."""
        reason = _reason(error)
        try:
            # What failed to be composed has rolled its lease back.
            held = held or await self._lanes.lease(guild_id, lane)
            if held is None:
                return
            seconds = _wait_seconds(held.failures, reason)
            logger.warning(
                "The lane {} of guild {} waits: {}", lane, guild_id, type(error).__name__
            )
            await self._lanes.postpone(held, reason, timedelta(seconds=seconds))
            if reason == UNREACHABLE:
                for notify in self.on_unreachable:
                    notify(guild_id, lane)
        except Unavailable:
            logger.warning("The database is away; the lane {} is free when its lease ends", lane)
            return
        if seconds < self.interval_seconds:
            self._wake_in(seconds, partial(self.wake_for, guild_id))
        is_told = held.owner_told_at is not None or self._pace.figures().is_held
        if reason not in {None, "no_channel"} and not is_told:
            await self.notices.notify(held, reason)


def _wait_seconds(failures: int, reason: str | None) -> float:
    first, longest = _FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS
    if reason is not None and failures >= _QUICK_RETRIES:
        # Refusals are counted by Discord: what people have to fix is not asked for every second.
        failures -= _QUICK_RETRIES
        first, longest = _FIRST_BLOCKED_SECONDS, _MAX_BLOCKED_SECONDS
    return min(first * 2.0 ** min(failures, _MAX_DOUBLINGS), longest)


def _reason(error: Exception) -> str | None:
    """Return why people have to fix something; None if waiting is enough."""
    if isinstance(error, NoChannelError):
        return "no_channel"
    if isinstance(error, UnreachableError):
        return UNREACHABLE
    if isinstance(error, discord.Forbidden):
        return "forbidden"
    if isinstance(error, discord.NotFound) and error.code in {_UNKNOWN_CHANNEL, _UNKNOWN_GUILD}:
        return "gone"
    return None
