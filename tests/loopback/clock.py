import itertools
import time
from datetime import UTC, datetime, timedelta

DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000


class Clock:
    """The wall clock plus what a test has advanced it by, so that tokens expire at once."""

    def __init__(self) -> None:
        self._ahead_seconds = 0.0
        self._serial = itertools.count()

    def advance(self, seconds: float) -> None:
        """Let time pass for Discord; the bot's own clock does not notice."""
        self._ahead_seconds += seconds

    def seconds(self) -> float:
        """A reading that only ever grows, for measuring."""
        return time.monotonic() + self._ahead_seconds

    def now(self) -> datetime:
        """The date and time."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead_seconds)

    def snowflake(self) -> int:
        """A new id: milliseconds since 2015 in the upper bits, a counter in the lower ones."""
        milliseconds = int(self.now().timestamp() * 1000) - DISCORD_EPOCH_MILLISECONDS
        return milliseconds << 22 | next(self._serial) & 0x3FFFFF
