"""The end of a global limit, also when no one is left to wait for it.

When Discord refuses a request because of the token's limit, discord.py lets all requests wait
until the refused one has slept and lifts the bar again. One that is cancelled in its sleep, as a
delivery is that takes too long, would leave the bar for ever, and nothing but answers would be
sent until the next start.
"""

import asyncio
from typing import Final

# Discord counts by the second, so its waits are hardly longer. Who is let go too soon is refused
# once more, and bars the others again.
LONGEST_SECONDS: Final = 10.0


class GlobalLimit(asyncio.Event):
    """Set while requests may be made; what is cleared is set again after a while, by anyone."""

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        super().__init__()
        self._longest_seconds = longest_seconds
        self._end: asyncio.TimerHandle | None = None
        self.set()

    def clear(self) -> None:
        """Let requests wait, but not for ever."""
        super().clear()
        self._forget_end()
        self._end = asyncio.get_running_loop().call_later(self._longest_seconds, self.set)

    def set(self) -> None:
        """Let requests go on."""
        self._forget_end()
        super().set()

    def _forget_end(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
