"""Discord's time, as its latest answer said it, at any later moment and without asking."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def seconds_since_boot() -> float:
    """A clock that no one sets, and that goes on while the machine sleeps if it has such a one."""
    source = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if source is None else time.clock_gettime(source)


class DiscordClock:
    """Discord's clock, to within seconds: an answer's `Date` has whole ones, and took its way.

    What has gone by since is counted by `steady`, which setting this machine's clock leaves alone.
    """

    def __init__(self, steady: Callable[[], float] = seconds_since_boot) -> None:
        self._steady = steady
        # What Discord said last, and what the steady clock said then.
        self._heard: tuple[datetime, float] | None = None

    def note(self, date: str | None) -> None:
        """Take over the `Date` of an answer; one that is none is left out."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if said.tzinfo is None:
            said = said.replace(tzinfo=UTC)
        self._heard = (said, self._steady())

    def now(self) -> datetime | None:
        """Return Discord's time, None if it has not said it yet."""
        if self._heard is None:
            return None
        said, at = self._heard
        return said + timedelta(seconds=self._steady() - at)

    def is_fresh(self, seconds: float) -> bool:
        """Whether Discord said its time within that many seconds."""
        return self._heard is not None and self._steady() - self._heard[1] <= seconds
