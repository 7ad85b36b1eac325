"""When scheduled reports are due: once for each day of the guild, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.report_schedules import EVERY, Every, Rhythm, parse_at
from bot.errors import InvalidValue

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Kathmandu",
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        # Not there in spring: as soon as the gap is over.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),
        # Twice in autumn: the first time.
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        # Beside the changes.
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00"),
        ("Europe/Berlin", "2026-03-29", "08:00", "2026-03-29T06:00"),
        # A whole day that was not there.
        ("Pacific/Apia", "2011-12-30", "08:00", "2011-12-30T10:00"),
    ],
)
def test_a_time_of_day_is_one_instant_on_days_of_clock_changes(
    zone: str, day: str, at: str, due: str
) -> None:
    assert Rhythm("day", at, zone).due_on(date.fromisoformat(day)) == utc(due)


def test_weeks_begin_on_mondays_and_months_on_the_first() -> None:
    begin, now = utc("2026-01-05T08:00"), utc("2026-03-02T12:00")
    for every, days in (("week", 8), ("month", 2), ("day", 56)):
        due, following = Rhythm(every, "08:00", "UTC").list_due(begin, None, now)  # type: ignore[arg-type]
        assert len(due) == days
        assert all(each.due_at > begin for each in due)
        assert following.due_at > now


def naive(every: Every, day: date) -> bool:
    return {"day": True, "week": day.isoweekday() == 1, "month": day.day == 1}[every]


@given(
    zone=st.sampled_from(ZONES),
    every=st.sampled_from(EVERY),
    minute=st.integers(0, 24 * 60 - 1),
    begin=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    looks=st.lists(st.integers(1, 60 * 24 * 20), min_size=1, max_size=12),
)
def test_each_day_is_due_once_however_it_is_looked_at(
    zone: str, every: Every, minute: int, begin: datetime, looks: list[int]
) -> None:
    rhythm = Rhythm(every, f"{minute // 60:02}:{minute % 60:02}", zone)
    start = now = begin.replace(tzinfo=UTC)
    taken: list[date] = []
    for wait in looks:
        now += timedelta(minutes=wait)
        due, following = rhythm.list_due(start, max(taken, default=None), now)
        assert all(start < each.due_at <= now for each in due)
        assert following.due_at > now
        taken += [each.day for each in due]
    assert taken == sorted(set(taken))
    first = start.astimezone(ZoneInfo(zone)).date()
    last = now.astimezone(ZoneInfo(zone)).date()
    # Those at the ends depend on the time of the day; between them none is left out.
    for at in range(1, (last - first).days):
        day = first + timedelta(days=at)
        assert (day in taken) == naive(every, day)


@given(
    zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=20),
    waits=st.lists(st.integers(1, 60 * 30), min_size=20, max_size=20),
    hour=st.integers(0, 23),
)
def test_no_day_is_due_twice_when_the_time_zone_changes(
    zones: list[str], waits: list[int], hour: int
) -> None:
    start = now = utc("2026-03-25T00:00")
    taken: list[date] = []
    for zone, wait in zip(zones, waits, strict=False):
        now += timedelta(minutes=wait)
        rhythm = Rhythm("day", f"{hour:02}:00", zone)
        taken += [each.day for each in rhythm.list_due(start, max(taken, default=None), now)[0]]
    assert taken == sorted(set(taken))
    if taken:
        assert len(taken) == (taken[-1] - taken[0]).days + 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [("8:00", "08:00"), (" 17.30 ", "17:30"), ("08:05", "08:05"), ("00:00", "00:00")],
)
def test_a_time_of_day_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert parse_at(typed) == read


@pytest.mark.parametrize("typed", ["24:00", "8", "8:60", "", "noon", "08:00:00"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        parse_at(typed)
