"""Delivery of the outbox: every lane that has something to tell, many at once, each in order."""

import asyncio
from datetime import timedelta
from typing import Protocol

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.lanes import LeasedLane, OutboxLanes
from bot.domain.lanes import APPROVALS_LANE, AUDIT_LANE
from bot.errors import Unavailable
from bot.jobs.delivery.batches import NoChannelError
from bot.jobs.loop import Job
from bot.views.guilds import lane_trouble

_LANES_AT_ONCE = 32
_FIRST_RETRY_SECONDS = 1.0
_MAX_RETRY_SECONDS = 60.0
_UNKNOWN_CHANNEL = 10003
_UNKNOWN_GUILD = 10004


class Carrier(Protocol):
    """Brings what waits in a leased lane to Discord and gives the lane back."""

    async def carry(self, held: LeasedLane) -> None:
        """Empty the lane; whatever it raises lets the lane wait."""


class OutboxJob(Job):
    """Leases lanes, has them emptied, and lets those wait that cannot be."""

    interval_seconds = 2.0

    def __init__(
        self,
        client: discord.Client,
        lanes: OutboxLanes,
        *,
        audit: Carrier,
        approvals: Carrier,
        direct: Carrier,
    ) -> None:
        super().__init__()
        self._client = client
        self._lanes = lanes
        self._carriers = {AUDIT_LANE: audit, APPROVALS_LANE: approvals}
        self._direct = direct
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
                await self._carriers.get(lane, self._direct).carry(held)
            except (discord.HTTPException, ClientError, OSError, TimeoutError) as error:
                await self._postpone(held, error)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001  # an edge that reports
                # A defect must not be met with again at once, nor keep the lane for its lease.
                logger.opt(exception=error).error("The lane {} failed", held.lane)
                await self._postpone(held, error)

    async def _postpone(self, held: LeasedLane, error: Exception) -> None:
        """Let the lane wait; tell the owner once if people have to mend something."""
        reason = _reason(error)
        seconds = min(_FIRST_RETRY_SECONDS * 2**held.failures, _MAX_RETRY_SECONDS)
        logger.warning(
            "The lane {} of guild {} waits: {}", held.lane, held.guild_id, type(error).__name__
        )
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
            await owner.send(lane_trouble(guild.name, held.lane, reason))
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.info("The owner could not be told: {}", type(error).__name__)


def _reason(error: Exception) -> str | None:
    """Return why people have to mend something; None if waiting is enough."""
    if isinstance(error, NoChannelError):
        return "no_channel"
    if isinstance(error, discord.Forbidden):
        return "forbidden"
    if isinstance(error, discord.NotFound) and error.code in {_UNKNOWN_CHANNEL, _UNKNOWN_GUILD}:
        return "gone"
    return None
