"""Classes by share, weeks, and how long stock lasts."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from bot.domain.figures import class_by_share, cover_days, first_day, list_weeks


def test_what_reaches_across_a_limit_is_in_the_class_before_it() -> None:
    shares = class_by_share([Decimal(each) for each in (70, 20, 6, 4)])
    assert [each.abc for each in shares] == ["A", "A", "B", "C"]
    assert [each.cumulative for each in shares] == [
        Fraction(each, 100) for each in (70, 90, 96, 100)
    ]
    assert [each.abc for each in class_by_share([Decimal(80), Decimal(15), Decimal(5)])] == [
        *("A", "B", "C")
    ]
    assert class_by_share([]) == []


def test_cover_is_rounded_half_to_even_from_exact_numbers() -> None:
    assert cover_days(Decimal("0.001"), Decimal("0.002")) == Decimal("45.0")
    assert cover_days(Decimal(1), Decimal(7)) == Decimal("12.9")
    assert cover_days(Decimal("999999999999.999"), Decimal("0.001")) == Decimal(
        "89999999999999910.0"
    )
    assert cover_days(Decimal(0), Decimal(3)) == 0


def test_weeks_begin_on_mondays_and_the_last_has_the_day_in_it() -> None:
    weeks = list_weeks(date(2026, 3, 29), 2)  # a Sunday, when clocks change
    assert weeks == [date(2026, 3, 16), date(2026, 3, 23)]
    assert list_weeks(date(2026, 3, 30), 1) == [date(2026, 3, 30)]
    assert first_day(date(2026, 3, 30), 90) == date(2025, 12, 31)
