"""The times that people type, in their guild's zone."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.periods import day_of, parse_since, parse_until, start_of
from bot.errors import InvalidValue

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # already the 30th there, after a short day


@pytest.mark.parametrize(
    ("typed", "since"),
    [
        ("2026-03-28", datetime(2026, 3, 27, 23, tzinfo=UTC)),
        (" 2026-03-28 14:30 ", datetime(2026, 3, 28, 13, 30, tzinfo=UTC)),
        ("2026-03-28T14:30", datetime(2026, 3, 28, 13, 30, tzinfo=UTC)),
        ("today", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("2h", datetime(2026, 3, 29, 20, 30, tzinfo=UTC)),
        ("7d", datetime(2026, 3, 22, 22, 30, tzinfo=UTC)),
        ("28.3.2026", datetime(2026, 3, 27, 23, tzinfo=UTC)),
        ("02/2026", datetime(2026, 1, 31, 23, tzinfo=UTC)),
        ("1 w", datetime(2026, 3, 22, 22, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_the_guilds_zone(typed: str, since: datetime) -> None:
    assert parse_since(typed, BERLIN, NOW) == since


def test_a_day_is_meant_to_its_end() -> None:
    assert parse_until("2026-03-29", BERLIN, NOW) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert parse_until("02.2026", BERLIN, NOW) == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert parse_until("2026-03-28 14:30", BERLIN, NOW) == parse_since(
        "2026-03-28 14:30", BERLIN, NOW
    )


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "2026-13-01", "2026-02-30", "32.03.2026", "99999d", "9999-12-31 99:99"),
        *("0001-01-01", "1899-12-31", "0000-01-01 10:00"),
    ],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    for parse in (parse_since, parse_until):
        with pytest.raises(InvalidValue):
            parse(typed, BERLIN, NOW)


def test_a_day_begins_where_the_guild_is() -> None:
    assert day_of(NOW, BERLIN) == date(2026, 3, 30)
    assert start_of(date(2026, 3, 30), BERLIN) == datetime(2026, 3, 29, 22, tzinfo=UTC)
