"""Discord's time, whatever is done to this machine's."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.pacing.discord_clock import DiscordClock, seconds_since_boot

DATE = "Mon, 13 Jul 2026 08:00:00 GMT"
MOMENT = datetime(2026, 7, 13, 8, tzinfo=UTC)


class Steady:
    """A clock that goes on as it is told."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_it_knows_no_time_before_discord_said_one() -> None:
    clock = DiscordClock(Steady())
    assert clock.now() is None
    assert not clock.is_fresh(3600)


def test_it_goes_on_by_the_steady_clock() -> None:
    steady = Steady()
    clock = DiscordClock(steady)
    clock.note(DATE)
    assert clock.now() == MOMENT
    steady.seconds += 90.5
    assert clock.now() == MOMENT + timedelta(seconds=90.5)
    assert clock.is_fresh(91)
    assert not clock.is_fresh(90)


def test_the_latest_answer_counts() -> None:
    steady = Steady()
    clock = DiscordClock(steady)
    clock.note(DATE)
    clock.note("Mon, 13 Jul 2026 09:00:00 GMT")
    assert clock.now() == MOMENT + timedelta(hours=1)


@pytest.mark.parametrize(
    "date", [None, "", "soon", "Mon, 13 Jul 2026", "Mon, 99 Jul 2026 08:00:00 GMT"]
)
def test_an_answer_without_a_time_leaves_what_is_known(date: str | None) -> None:
    clock = DiscordClock(Steady())
    clock.note(DATE)
    clock.note(date)
    assert clock.now() == MOMENT


def test_a_date_that_names_no_zone_is_that_of_greenwich() -> None:
    clock = DiscordClock(Steady())
    clock.note("Mon, 13 Jul 2026 08:00:00 -0000")
    assert clock.now() == MOMENT


def test_the_machines_steady_clock_goes_forward() -> None:
    assert 0 < seconds_since_boot() <= seconds_since_boot()
