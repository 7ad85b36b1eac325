"""When scheduled reports are due: at a time of the guild's day, every day, week or month.

An occurrence belongs to a day of the guild, and there is one for each day, whatever the clocks do.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from bot.errors import InvalidValue

Every = Literal["day", "week", "month"]
EVERY: Final[tuple[Every, ...]] = get_args(Every)
DEFAULT_AT: Final = "08:00"
# Autocomplete offers all of them, and they are listed on one page.
MAX_SCHEDULES: Final = 25
# Of what was missed the newest are posted, each as of its own time.
MAX_MISSED: Final = 7
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A day of the guild for which a report is posted, and the instant at which it is due."""

    day: date
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often something is due, and at which time of the day somewhere."""

    every: Every
    at_time: str
    zone: str

    def is_of(self, day: date) -> bool:
        """Whether something is due on a day: weekly on Mondays, monthly on the first."""
        if self.every == "week":
            return day.weekday() == 0
        return self.every == "day" or day.day == 1

    def due_on(self, day: date) -> datetime:
        """Return the instant of a day at which it is due."""
        return instant_of(datetime.combine(day, time.fromisoformat(self.at_time)), self.zone)

    def occurrences(self, begin: datetime, last_day: date | None) -> Iterator[Occurrence]:
        """Yield what is due after an instant, and of days behind the last one that was done."""
        # A day may begin a day later or earlier where it is than in UTC.
        day = begin.astimezone(ZoneInfo(self.zone)).date() - _DAY
        if last_day is not None:
            day = max(day, last_day + _DAY)
        while True:
            if self.is_of(day) and (due_at := self.due_on(day)) > begin:
                yield Occurrence(day, due_at)
            day += _DAY

    def list_due(
        self, begin: datetime, last_day: date | None, now: datetime
    ) -> tuple[list[Occurrence], Occurrence]:
        """Return what is due by now, the first one first, and what comes next."""
        due: list[Occurrence] = []
        for each in self.occurrences(begin, last_day):
            if each.due_at > now:
                return due, each
            due.append(each)
        raise AssertionError  # days do not end


def instant_of(local: datetime, zone: str) -> datetime:
    """Return the instant of a local time: of two the first; of none the end of the gap."""
    there = ZoneInfo(zone)
    first = local.replace(tzinfo=there, fold=0).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) == local:
        return first
    # In a gap the two readings are on either side of it.
    before, after = local.replace(tzinfo=there, fold=1).astimezone(UTC), first
    offset = before.astimezone(there).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(there).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def parse_at(typed: str) -> str:
    """Read a time of the day such as `8:00` or `17.30`; raises InvalidValue."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    found = _TIME.fullmatch(digits)
    if found is None:
        raise InvalidValue(field="at", reason="not_a_time_of_day", value=typed.strip()[:40])
    return f"{int(found[1]):02}:{found[2]}"
