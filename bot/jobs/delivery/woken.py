"""Guilds whose lanes are looked at because something was written for them.

Where the books are on several nodes, one that is away keeps no guild of the others waiting.
"""

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import Final

from bot.errors import Unavailable

# Each may take the connection's timeout: when all of the database is away, that is found soon.
_FAILURES_A_ROUND: Final = 3


class WokenGuilds:
    """Asks for what is due in guilds: for all at once, or for each when that fails."""

    def __init__(self, ask: Callable[[AbstractSet[int]], Awaitable[None]]) -> None:
        self._ask = ask
        self._new: set[int] = set()
        # Those that could not be asked for even alone.
        self._away: set[int] = set()

    def add(self, guild_id: int) -> None:
        """Have a guild looked at in the next round."""
        self._away.discard(guild_id)
        self._new.add(guild_id)

    async def look(self) -> None:
        """Ask for all of them; raises Unavailable if some could not be, which are asked again."""
        new, self._new = self._new, set()
        if new:
            await self._look_at(new)
        if away := frozenset(self._away):
            await self._ask(away)
            self._away -= away

    async def _look_at(self, new: set[int]) -> None:
        try:
            await self._ask(new)
        except Unavailable as error:
            trouble = error
        else:
            return
        failures = 0
        for guild_id in sorted(new) if len(new) > 1 else ():
            if failures == _FAILURES_A_ROUND:
                self._new.add(guild_id)
                continue
            try:
                await self._ask({guild_id})
            except Unavailable as error:
                trouble = error
                failures += 1
                self._away.add(guild_id)
        if len(new) == 1:
            self._away |= new
        if failures or len(new) == 1:
            raise trouble
