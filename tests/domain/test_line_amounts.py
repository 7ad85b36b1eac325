"""Amounts of lines: exact until the end, where half goes to even."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.domain.line_amounts import add_up


class Line(NamedTuple):
    quantity: Decimal
    factor: Decimal
    unit_price: Decimal | None


def line(quantity: str, unit_price: str | None, factor: str = "1") -> Line:
    price = None if unit_price is None else Decimal(unit_price)
    return Line(Decimal(quantity), Decimal(factor), price)


@pytest.mark.parametrize(
    ("lines", "currency", "total"),
    [
        # Rounded line by line these would be 0.00 and 0.02.
        ([line("1", "0.005"), line("1", "0.005")], "EUR", "0.01 EUR"),
        ([line("1", "0.005")], "EUR", "0.00 EUR"),
        ([line("1", "0.015")], "EUR", "0.02 EUR"),
        # 10 of a pack of 3 at 1.00, three times: a third has no last digit.
        ([line("10", "1", "3")] * 3, "EUR", "10.00 EUR"),
        ([line("3", "0.5")], "JPY", "2 JPY"),
        ([line("1", "0.5")], "JPY", "0 JPY"),
        ([line("1", "1.0005")], "KWD", "1.000 KWD"),
        ([line("1", "1.0015")], "KWD", "1.002 KWD"),
        ([line("2", None), line("999999999.999", "99999.999999")], "EUR", None),
        ([], "EUR", "0.00 EUR"),
    ],
)
def test_lines_are_added_up_exactly_and_rounded_once(
    lines: list[Line], currency: str, total: str | None
) -> None:
    expected = total or "99999999998900.00 EUR"
    assert str(add_up(lines, currency)) == expected
