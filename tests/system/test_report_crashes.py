"""kill -9 while scheduled reports are posted: a month of them, each exactly once.

In `make soak` a day is killed each, 30 in all; otherwise a day at each kind of point.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from simulator import Channel
from tests.conftest import SOAK
from tests.system.depots import Depot
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

POINTS: Final = (
    "after taking reports",
    "after posting one",
    "before posting a report",
    "after marking a report",
    "before taking reports",
)
DAYS: Final = 30 if SOAK else 3
SOON_SECONDS: Final = 20
ZONE: Final = "Europe/Berlin"
SCHEDULES: Final = (
    {"kind": "low", "every": "day"},
    {"kind": "stock", "every": "day", "at": "07:15"},
    {"kind": "cover", "every": "week"},
    {"kind": "moves", "every": "month", "at": "00:30"},
)


def posted(channel: Channel) -> Counter[str]:
    """Count the posts of each kind and day by the names of their files."""
    names = [file.name for message in channel.messages for file in message.files]
    return Counter("-".join(name.split("-")[:4]) for name in names if name.endswith(".xlsx"))


def expected(since: datetime, until: datetime) -> set[str]:
    """List what is due between two instants, day by day."""
    found, zone = set(), ZoneInfo(ZONE)
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        for each in SCHEDULES:
            hour, minute = map(int, each.get("at", "08:00").split(":"))
            due_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            is_of = {"day": True, "week": day.weekday() == 0, "month": day.day == 1}
            if is_of[each["every"]] and since < due_at <= until:
                found.add(f"{each['kind']}-{day.isoformat()}")
        day += timedelta(days=1)
    return found


def now(ward: Ward) -> datetime:  # the fixture
    return datetime.now(UTC) + timedelta(seconds=ward.ahead_seconds)


async def all_posted(channel: Channel, wanted: set[str]) -> None:
    """Wait until all that is wanted is in the channel."""
    await channel.wait_for(lambda _message: posted(channel).keys() >= wanted, SOON_SECONDS)


async def begin(depot: Depot, channel: Channel) -> None:
    await depot.boss.slash("settings set", key="timezone", value=ZONE)
    for each in SCHEDULES:
        options: dict[str, Any] = {**each, "channel": channel}
        shown = await depot.boss.slash("report schedule", **options)
        assert "Scheduled: " in shown.text, shown.text


async def test_a_month_of_reports_is_posted_once_each_however_often_the_process_is_killed(
    ward: Ward,  # the fixture
) -> None:
    depot, chance = await ward.depot(), random.Random(7)
    channel = depot.guild.add_channel("figures")
    await begin(depot, channel)
    since, due = now(ward), set[str]()
    points = [*POINTS[: DAYS if len(POINTS) > DAYS else None]]
    points += chance.choices(POINTS, k=DAYS - len(points))
    for point in points:
        await ward.bot.kill()
        # Less than a day, so that no report is left out for a later one of its schedule, and by
        # less than the time between two daily ones, so that one is due.
        seconds = 24 * 3600 - chance.randint(300, 2400)
        ward.ahead_seconds += seconds
        depot.discord.advance(seconds)
        ward.die_at(point)
        await ward.start_dying()
        await ward.death()
        if point == "after posting one" or chance.random() < 0.5:
            # Discord no longer knows the nonces of what was posted before the kill.
            ward.ahead_seconds += FORGETFUL_SECONDS
            depot.discord.advance(FORGETFUL_SECONDS)
        # What falls due from here on may have to wait for the schedule's next look.
        due = expected(since, now(ward))
        await ward.rise()
        await all_posted(channel, due)
    found = posted(channel)
    assert set(found.values()) == {1}
    assert due <= found.keys() <= expected(since, now(ward))
