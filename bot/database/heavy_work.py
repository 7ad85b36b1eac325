"""Heavy work: verifications and exports, one at a time of a guild, two at a time in a process."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.errors import HeavyWorkUnderWay, Unavailable
from bot.memory import give_back_free_pages

AT_ONCE: Final = 2
_WAIT_SECONDS: Final = 60.0
_SWITCH_SECONDS: Final = 0.0005


class HeavyWork:
    """The places for it; a guild's second is refused, another guild's waits for a minute."""

    def __init__(self) -> None:
        # Beside a thread that computes, the loop waits so long for each of its turns, of which a
        # command has some ten: with Python's 5 ms they add up.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._guilds: set[int] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

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
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    await self._places.acquire()
            except TimeoutError as error:
                raise Unavailable from error
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._guilds.discard(guild_id)
            give_back_free_pages()
