"""Turns: few units of one guild stand at the pool at a time, the others wait in the process.

Without it the callers of one busy guild would hold every connection while they wait for its
lock, and all other guilds would wait with them.
"""

import asyncio

from bot.errors import Unavailable

_WAIT_SECONDS = 10.0


class Turns:
    """A fair queue per guild with places for a few at once; empty queues are dropped."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._queues: dict[int, tuple[asyncio.Semaphore, list[int]]] = {}

    async def take(self, guild_id: int) -> None:
        """Wait for a turn; may be cancelled. Raises Unavailable after ten seconds."""
        queue = self._queues.get(guild_id)
        if queue is None:
            queue = self._queues[guild_id] = (asyncio.Semaphore(self._at_once), [0])
        semaphore, users = queue
        users[0] += 1
        try:
            if semaphore.locked():
                async with asyncio.timeout(_WAIT_SECONDS):
                    await semaphore.acquire()
            else:
                await semaphore.acquire()
        except TimeoutError as error:
            self._leave(guild_id)
            raise Unavailable from error
        except BaseException:
            self._leave(guild_id)
            raise

    def give_back(self, guild_id: int) -> None:
        """Let the next one in line go."""
        self._queues[guild_id][0].release()
        self._leave(guild_id)

    def _leave(self, guild_id: int) -> None:
        users = self._queues[guild_id][1]
        users[0] -= 1
        if not users[0]:
            del self._queues[guild_id]
