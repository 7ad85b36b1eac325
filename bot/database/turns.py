"""Turns: few of one guild's units or reads are at the pool at a time, the others wait here.

Without it the callers of one busy guild would hold every connection while they wait for its
lock, and all other guilds would wait with them. What waits is bounded as well: beyond that the
answer is "busy" at once, before memory and patience are used up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import Unavailable


class Turns:
    """A fair queue per guild with places for a few at once; empty queues are dropped."""

    def __init__(self, at_once: int, *, max_waiting: int = 240, wait_seconds: float = 10.0) -> None:
        self._at_once = at_once
        self._max_users = at_once + max_waiting
        self._wait_seconds = wait_seconds
        self._queues: dict[int, tuple[asyncio.Semaphore, list[int]]] = {}

    async def take(self, guild_id: int) -> None:
        """Wait for a turn; may be cancelled. Raises Unavailable when too many or too long wait."""
        queue = self._queues.get(guild_id)
        if queue is None:
            queue = self._queues[guild_id] = (asyncio.Semaphore(self._at_once), [0])
        semaphore, users = queue
        if users[0] >= self._max_users:
            raise Unavailable
        users[0] += 1
        try:
            if semaphore.locked():
                async with asyncio.timeout(self._wait_seconds):
                    await semaphore.acquire()
            else:
                await semaphore.acquire()
        except TimeoutError as error:
            self._leave(guild_id)
            raise Unavailable from error
        except BaseException:
            self._leave(guild_id)
            raise

    @asynccontextmanager
    async def first_in_line(self, guild_id: int) -> AsyncIterator[None]:
        """Keep a guild's other units waiting here while a long one runs inside.

        At the database they would give up after a second and a half. One at a time of a guild:
        the caller keeps its place for heavy work.
        """
        await self.take(guild_id)
        try:
            yield
        finally:
            self.give_back(guild_id)

    def give_back(self, guild_id: int) -> None:
        """Let the next one in line go."""
        self._queues[guild_id][0].release()
        self._leave(guild_id)

    def _leave(self, guild_id: int) -> None:
        users = self._queues[guild_id][1]
        users[0] -= 1
        if not users[0]:
            del self._queues[guild_id]
