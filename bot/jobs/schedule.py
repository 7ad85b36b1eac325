"""The schedule's job: hands what is due to the handler of its kind and puts it to its next time."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from loguru import logger

from bot.database.delivery.schedule import LEASE, MAX_ROWS, Due, Schedules
from bot.errors import ClockBehind, Unavailable
from bot.jobs.loop import Job

# Does what is due for a guild, whatever of it was done before; returns the next time, or None.
Handler: TypeAlias = Callable[[int], Awaitable[datetime | None]]

_FIRST_RETRY: Final = timedelta(minutes=1)
_LONGEST_RETRY: Final = timedelta(hours=1)
_MAX_DOUBLINGS: Final = 10


class ScheduleJob(Job):
    """Leases what is due in this process's guilds and handles it, one thing after another."""

    interval_seconds = 30.0

    def __init__(
        self,
        schedules: Schedules,
        handlers: Mapping[str, Handler],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._schedules = schedules
        self._handlers = dict(handlers)
        self._clock = clock

    async def run_once(self) -> None:
        """Handle everything that is due."""
        while due := await self._schedules.lease_due(self._handlers):
            await self._handle(due)
            if len(due) < MAX_ROWS:
                return

    async def _handle(self, held: list[Due]) -> None:
        """Handle a batch in its order; what is left when the database goes away is given back."""
        left = list(held)
        handled: list[tuple[Due, datetime | None]] = []
        leased_at = self._clock()
        try:
            while left:
                if self._clock() - leased_at > LEASE / 3:
                    await self._schedules.renew([*left, *(due for due, _ in handled)])
                    leased_at = self._clock()
                due = left[0]
                self.require_right_clock()
                try:
                    handled.append((due, await self._handlers[due.kind](due.guild_id)))
                except Unavailable:
                    raise
                except ClockBehind:
                    # Logged once a minute and guild where it was found.
                    await self._schedules.postpone(due, _wait(due.failures))
                except Exception:  # noqa: BLE001  # one guild's trouble keeps no other waiting
                    logger.exception("{} of guild {} failed", due.kind, due.guild_id)
                    await self._schedules.postpone(due, _wait(due.failures))
                del left[0]
        finally:
            await self._schedules.finish(handled)
            await self._schedules.release(left)


def _wait(failures: int) -> timedelta:
    doublings: int = 2 ** min(failures, _MAX_DOUBLINGS)
    return min(_FIRST_RETRY * doublings, _LONGEST_RETRY)
