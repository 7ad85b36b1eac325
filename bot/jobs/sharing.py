"""Sharing: this process's part of the requests that Discord allows the token of all processes."""

from collections.abc import Callable

import discord
from loguru import logger

from bot.database.delivery.token_shares import TokenShares
from bot.errors import Unavailable
from bot.jobs.loop import Job
from bot.pacing.requests import RequestPace
from bot.pacing.shares import SLICE_SECONDS

# What others hold too much of comes back when they renew.
_TOO_LITTLE_SECONDS = 3.0


class SharingJob(Job):
    """Renews the share; only a process that runs some of the shards needs one."""

    interval_seconds = float(SLICE_SECONDS)

    def __init__(
        self,
        client: discord.Client,
        shares: TokenShares,
        pace: RequestPace,
        count_waiting: Callable[[], int],
    ) -> None:
        super().__init__()
        self._client = client
        self._shares = shares
        self._pace = pace
        self._count_waiting = count_waiting
        # Until the first share is known no other process is disturbed.
        pace.share(permits=0)

    async def run_once(self) -> None:
        """Take as much as this process needs and others do not."""
        assert self._client.application_id is not None
        waiting = self._count_waiting()
        permits, is_too_little = await self._shares.renew(self._client.application_id, waiting)
        self._pace.share(permits)
        self.interval_seconds = _TOO_LITTLE_SECONDS if is_too_little else float(SLICE_SECONDS)

    async def stop(self) -> None:
        """End the loop, and give the share back."""
        has_begun = self._task is not None
        await super().stop()
        if not has_begun or self._client.application_id is None:
            return
        try:
            await self._shares.release(self._client.application_id)
        except Unavailable:
            logger.info("The database is away; others take this share when it is no longer held")
