"""Periods: the times that people type, in their guild's time zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.days import AmbiguousDay, is_month, parse_day
from bot.errors import InvalidValue

_AGO: Final = re.compile(r"([0-9]{1,4})\s*([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
# Reports look back from a day by up to a year, and there is none before the first.
_TOO_EARLY: Final = re.compile(r"(0|1[0-8])[0-9]+-")
_MINUTE: Final = re.compile(r"\d{4}-\d\d-\d\d[ t]\d\d:\d\d", re.ASCII)


def parse_since(text: str, zone: str, now: datetime) -> datetime:
    """Read the beginning of a period, such as `2026-11-25`, `yesterday` or `7d`."""
    return _parse(text, ZoneInfo(zone), now, field="since", days_later=0)


def parse_until(text: str, zone: str, now: datetime) -> datetime:
    """Read the end of a period: a day is meant to its end."""
    return _parse(text, ZoneInfo(zone), now, field="until", days_later=1)


def day_of(instant: datetime, zone: str) -> date:
    """Return the day that it is somewhere."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """Return the instant at which a day begins somewhere."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def time_of(instant: datetime, zone: str) -> str:
    """Return the time of the day that it is somewhere, such as `14:30`; nothing as a day begins."""
    if instant == start_of(day_of(instant, zone), zone):
        return ""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"


def _parse(text: str, zone: ZoneInfo, now: datetime, *, field: str, days_later: int) -> datetime:
    typed = text.strip().casefold()
    if _TOO_EARLY.match(typed):
        raise InvalidValue(field=field, reason="not_a_time", value=text.strip()[:40])
    ago = _AGO.fullmatch(typed)
    try:
        if ago:
            return now - int(ago[1]) * _UNITS[ago[2]]
        if _MINUTE.fullmatch(typed):
            return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
        day = _day(typed, now.astimezone(zone).date(), field, is_end=days_later > 0)
        day += timedelta(days=days_later)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (InvalidValue, ValueError, OverflowError) as error:
        raise InvalidValue(field=field, reason="not_a_time", value=text.strip()[:40]) from error


def _day(typed: str, today: date, field: str, *, is_end: bool) -> date:
    try:
        return parse_day(typed, field=field, today=today)
    except AmbiguousDay as error:
        if not is_month(error):
            raise
        return error.first if is_end else error.second
