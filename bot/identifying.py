"""The pace in which shards identify at the gateway, which all processes of a token share.

Discord lets `max_concurrency` shards identify in five seconds, one of each remainder of their
numbers. Who comes too early is refused, and waits longer.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from loguru import logger

from bot.database.delivery.token_shares import TokenShares
from bot.errors import Unavailable

# From taking a turn to identifying; who took longer to connect takes another one.
FRESH_SECONDS: Final = 1.5
# So two that took turns are five seconds apart, whichever of them connected faster.
TURN_SECONDS: Final = 5.0 + FRESH_SECONDS


class IdentifyPace:
    """Lets shards wait for their turn; without `shares` this process is the only one."""

    def __init__(
        self,
        shares: TokenShares | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.max_concurrency = 1
        self._shares = shares
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[int, float] = {}
        self._taken_at: dict[int, float] = {}

    async def take(self, application_id: int, shard_id: int) -> None:
        """Wait for the shard's turn, before it connects."""
        bucket = shard_id % self.max_concurrency
        asked_at = self._clock()
        while (seconds := await self._ask(application_id, bucket)) > 0:
            await self._sleep(seconds)
            asked_at = self._clock()
        self._taken_at[shard_id] = asked_at

    async def require(self, application_id: int, shard_id: int) -> None:
        """Wait for the shard's turn, at the last moment, unless it has just been taken."""
        while not self._is_fresh(self._taken_at.pop(shard_id, None)):
            await self.take(application_id, shard_id)

    def _is_fresh(self, taken_at: float | None) -> bool:
        return taken_at is not None and self._clock() - taken_at <= FRESH_SECONDS

    async def _ask(self, application_id: int, bucket: int) -> float:
        """Take the turn and return 0, or return how long to wait."""
        now = self._clock()
        wait = self._free_at.get(bucket, now) - now
        if wait > 0:
            return wait
        if self._shares is not None:
            length = timedelta(seconds=TURN_SECONDS)
            try:
                waits = await self._shares.take_turn(application_id, bucket, length)
            except Unavailable:
                logger.warning("The database is away; this process alone paces its shards")
            else:
                if waits:
                    return waits.total_seconds()
        self._free_at[bucket] = now + TURN_SECONDS
        return 0.0
