"""Upkeep: statistics once a day, SQLite's file once a week; never in the rush of a start.

Not in the schedule, whose rows are guilds': this is one database's, whatever guilds are in it. A
process that restarts begins to count again, which costs seconds.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.database.service import DatabaseService
from bot.jobs.loop import Job

# After the start; processes that share a database begin together and should not do this together.
_FIRST_STATISTICS: Final = (timedelta(minutes=10), timedelta(hours=1))
_FIRST_CHECK: Final = (timedelta(hours=2), timedelta(hours=8))


@dataclass(slots=True)
class _Chore:
    work: Callable[[], Awaitable[None]]
    every: timedelta
    due_at: datetime


class UpkeepJob(Job):
    """Does one thing that is due at a time."""

    interval_seconds = 300.0

    def __init__(self, db: DatabaseService) -> None:
        super().__init__()
        self._clock = db.clock
        now = db.clock()
        self._chores = [
            _Chore(
                db.upkeep.gather_statistics, timedelta(days=1), now + _between(_FIRST_STATISTICS)
            ),
            _Chore(db.upkeep.check_file, timedelta(days=7), now + _between(_FIRST_CHECK)),
        ]

    async def run_once(self) -> None:
        """Do what is due; what fails is tried again at its next time."""
        for chore in self._chores:
            now = self._clock()
            if chore.due_at <= now:
                chore.due_at = now + chore.every
                await chore.work()


def _between(bounds: tuple[timedelta, timedelta]) -> timedelta:
    earliest, latest = bounds
    return earliest + (latest - earliest) * random.random()  # noqa: S311  # spread, not secret
