"""Heavy work: verifications and exports, one at a time of a guild, two at a time in a process.

What is short but would hold up commands (the figures of a chart) waits in line beside them instead,
and is not refused.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from bot.errors import HeavyWorkUnderWay, Unavailable
from bot.memory import give_back_free_pages

AT_ONCE: Final = 2
IN_LINE: Final = 1
_WAIT_SECONDS: Final = 60.0
_SWITCH_SECONDS: Final = 0.0001


class HeavyWork:
    """The places for it; a guild's second is refused, another guild's waits for a minute."""

    def __init__(self) -> None:
        # Beside a thread that computes (verifying, writing a table), the loop waits so long for
        # each of its turns, of which an answer takes some thirty: with Python's 5 ms they add up.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._guilds: set[int] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._line = asyncio.Semaphore(IN_LINE)
        self._long_line = asyncio.Semaphore(IN_LINE)

    def is_under_way(self, guild_id: int) -> bool:
        """Whether a guild has begun such work, or waits for its place."""
        return guild_id in self._guilds

    @asynccontextmanager
    async def place(self, guild_id: int) -> AsyncIterator[None]:
        """Wait for a place and keep it; raises HeavyWorkUnderWay or Unavailable."""
        if guild_id in self._guilds:
            raise HeavyWorkUnderWay
        self._guilds.add(guild_id)
        try:
            async with _one_of(self._places):
                yield
        finally:
            self._guilds.discard(guild_id)
            # It may take fifty milliseconds, in which the loop goes on.
            await asyncio.to_thread(give_back_free_pages)

    def in_line(self) -> AbstractAsyncContextManager[None]:
        """Wait in line for one short read; raises Unavailable after a minute."""
        return _one_of(self._line)

    def in_long_line(self) -> AbstractAsyncContextManager[None]:
        """Wait in line for work of many short reads, so that it holds up no single one."""
        return _one_of(self._long_line)


@asynccontextmanager
async def _one_of(places: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await places.acquire()
    except TimeoutError as error:
        raise Unavailable from error
    try:
        yield
    finally:
        places.release()
