import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000


class Clock:
    """The wall clock plus what a test has advanced it by, so that tokens expire at once."""

    def __init__(self) -> None:
        self._ahead_seconds = 0.0
        self._serial = itertools.count()
        self._ids_from: datetime | None = None

    def advance(self, seconds: float) -> None:
        """Let time pass for Discord; the bot's own clock does not notice."""
        self._ahead_seconds += seconds

    def seconds(self) -> float:
        """A reading that only ever grows, for measuring."""
        return time.monotonic() + self._ahead_seconds

    def now(self) -> datetime:
        """The date and time."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead_seconds)

    @contextmanager
    def same_ids_from(self, at: datetime) -> Iterator[None]:
        """Make ids that are the same in every run, as if all were made at this instant."""
        self._ids_from = at
        try:
            yield
        finally:
            self._ids_from = None

    def snowflake(self, at: datetime | None = None) -> int:
        """A new id: milliseconds since 2015 in the upper bits, a counter in the lower ones."""
        made_at = at or self._ids_from or self.now()
        milliseconds = int(made_at.timestamp() * 1000) - DISCORD_EPOCH_MILLISECONDS
        return milliseconds << 22 | next(self._serial) & 0x3FFFFF
