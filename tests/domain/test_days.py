"""Days are read as people of many countries write them, and never guessed."""

from datetime import date

import pytest

from bot.domain.days import AmbiguousDay, parse_day
from bot.errors import InvalidValue

FIRST_OF_MARCH = date(2027, 3, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "2027-03-01",
        "2027/03/01",
        "2027.3.1",
        " 1.3.2027 ",
        "01.03.27",
        "1. 3. 2027",
        "20270301",
        "270301",
        "010327",
        "1 March 2027",
        "01-MAR-2027",
        "1. März 2027",
        "1 mars 27",
        "March 1, 2027",
        "\uff12\uff10\uff12\uff17-03-01",
        "\u0662\u0660\u0662\u0667-\u0660\u0663-\u0660\u0661",
    ],
)
def test_a_day_is_read_in_every_usual_form(typed: str) -> None:
    assert parse_day(typed, field="expiry") == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("typed", "day"), [("today", 1), ("Morgen", 2), (" ma\u00f1ana", 2), ("aujourd\u2019hui", 1)]
)
def test_a_word_is_a_day_where_it_is_known_which_day_it_is(typed: str, day: int) -> None:
    assert parse_day(typed, field="date", today=FIRST_OF_MARCH) == date(2027, 3, day)
    with pytest.raises(InvalidValue):
        parse_day(typed, field="date")


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("1/3/2027", FIRST_OF_MARCH, date(2027, 1, 3)),
        ("1/3/27", FIRST_OF_MARCH, date(2027, 1, 3)),
        ("03/2027", date(2027, 3, 31), FIRST_OF_MARCH),
        ("03/27", date(2027, 3, 31), FIRST_OF_MARCH),
        ("Mar 2027", date(2027, 3, 31), FIRST_OF_MARCH),
        ("270328", date(2027, 3, 28), date(2028, 3, 27)),
        ("270300", date(2027, 3, 31), FIRST_OF_MARCH),
        ("2028-02", date(2028, 2, 29), date(2028, 2, 1)),
    ],
)
def test_what_may_be_two_days_is_asked_back(typed: str, first: date, second: date) -> None:
    with pytest.raises(AmbiguousDay) as raised:
        parse_day(typed, field="expiry")
    assert (raised.value.first, raised.value.second) == (first, second)


@pytest.mark.parametrize(
    "typed",
    [
        "0027-03-01",
        "1.3.0027",
        "31.02.2027",
        "1/10",
        "1.10",
        "13/13/2027",
        "2027-3-",
        "soon",
        "1 Marvel 2027",
        "20271301",
        "270399",
        "0.0.0",
        "1.1.1850",
    ],
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        parse_day(typed, field="expiry")
