"""Working hours in the time zone of the machine that shows the demo."""

import os
import random
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

_OPENS_AT: Final = 7 * 60 + 5
_CLOSES_AT: Final = 17 * 60 + 20
_LUNCH: Final = range(12 * 60, 12 * 60 + 45)
_SATURDAY: Final = 5


def local_zone() -> str:
    """Return the name of the machine's time zone, UTC where it has none.

    The page shows times in the browser's zone, which is the same machine's: in another zone
    people would be seen working at night.
    """
    named = os.environ.get("TZ", "").removeprefix(":") or _name_of(Path("/etc/localtime"))
    try:
        return ZoneInfo(named).key if named else "UTC"
    except (ValueError, OSError):  # an unknown name, or one that is a path
        return "UTC"


def workdays_before(end: datetime, count: int, zone: tzinfo) -> list[date]:
    """Return the last working days before the day of `end`, oldest first."""
    days: list[date] = []
    day = end.astimezone(zone).date()
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            days.append(day)
    return days[::-1]


def draw_times(draw: random.Random, day: date, count: int, zone: tzinfo) -> list[datetime]:
    """Draw that many different minutes of a day's working hours, in order."""
    minutes = [at for at in range(_OPENS_AT, _CLOSES_AT) if at not in _LUNCH]
    return [
        datetime.combine(day, time(at // 60, at % 60, draw.randrange(60)), zone)
        for at in sorted(draw.sample(minutes, count))
    ]


def _name_of(link: Path) -> str:
    _, found, name = str(link.resolve()).partition("/zoneinfo/")
    return name if found else ""
