"""Heavy work: verifications and exports, one at a time of a guild, two at a time in a process.

What is short but would hold up commands (the figures of a chart, a file that was sent) waits in
line beside them instead, one of a guild at a time, and is not refused.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from bot.database.guild_line import GuildLine, one_of
from bot.errors import HeavyWorkUnderWay
from bot.memory import give_back_free_pages

AT_ONCE: Final = 2
IN_LINE: Final = 1
# Two, so that a guild whose ledger takes minutes leaves one to all others.
_IN_LONG_LINE: Final = 2
# While these are downloaded they are in memory, 8 MB each; `in_file_thread` reads one at a time.
_IN_FILE_LINE: Final = 4
_SWITCH_SECONDS: Final = 0.0001


class HeavyWork:
    """The places for it; a guild's second is refused, another guild's waits for a minute."""

    def __init__(self) -> None:
        # Beside a thread that computes (verifying, writing a table), the loop waits so long for
        # each of its turns, of which an answer takes some thirty: with Python's 5 ms they add up.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._guilds: set[int] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._line = GuildLine(IN_LINE)
        self._long_line = GuildLine(_IN_LONG_LINE)
        self._file_line = GuildLine(_IN_FILE_LINE)

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
            async with one_of(self._places):
                yield
        finally:
            self._guilds.discard(guild_id)
            # It may take fifty milliseconds, in which the loop goes on.
            await asyncio.to_thread(give_back_free_pages)

    def in_line(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait in line for one short read; raises Unavailable."""
        return self._line.place(guild_id)

    def in_long_line(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait in line for work of many short reads, so that it holds up no single one."""
        return self._long_line.place(guild_id)

    def in_file_line(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait in line to read or to draw one file; raises Unavailable."""
        return self._file_line.place(guild_id)
