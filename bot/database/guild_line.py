"""A line in which each guild has one place at most: a flood of one guild waits for itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.database.turns import Turns
from bot.errors import Unavailable

# Waiting for other guilds. The wait for one's own guild ends when Discord takes no answer any more.
_WAIT_SECONDS: Final = 60.0
_OWN_WAIT_SECONDS: Final = 14 * 60.0


class GuildLine:
    """Places for a few guilds at once, one each; the others wait in the order of their arrival.

    First come first served, twenty charts of one guild made another's wait for a minute and refused
    it then. Here another guild is behind one of them.
    """

    def __init__(self, at_once: int) -> None:
        self._own = Turns(1, wait_seconds=_OWN_WAIT_SECONDS)
        self._places = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def place(self, guild_id: int) -> AsyncIterator[None]:
        """Wait for a place and keep it; raises Unavailable."""
        await self._own.take(guild_id)
        try:
            async with one_of(self._places):
                yield
        finally:
            self._own.give_back(guild_id)


@asynccontextmanager
async def one_of(places: asyncio.Semaphore) -> AsyncIterator[None]:
    """Wait for one of these for a minute and keep it; raises Unavailable."""
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await places.acquire()
    except TimeoutError as error:
        raise Unavailable from error
    try:
        yield
    finally:
        places.release()
