from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import (
    CURRENCIES,
    MAX_UNIT_PRICE,
    Money,
    places_of,
    require_unit_price,
)

currencies = st.sampled_from(sorted(CURRENCIES))
units = st.integers(min_value=-(10**24), max_value=10**24)


def of_units(smallest: int, currency: str) -> Money:
    return Money(Decimal(smallest).scaleb(-places_of(currency)), currency)


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [
        ("JPY", "1200", "1200 JPY"),
        ("JPY", "1200.000", "1200 JPY"),
        ("KWD", "1.5", "1.500 KWD"),
        ("EUR", "12.5", "12.50 EUR"),
        ("EUR", "-0", "0.00 EUR"),
        ("EUR", "1E+3", "1000.00 EUR"),
    ],
)
def test_an_amount_has_its_currencys_places(currency: str, amount: str, written: str) -> None:
    assert str(Money(Decimal(amount), currency)) == written


@pytest.mark.parametrize(
    ("currency", "amount"),
    [
        ("JPY", "0.5"),
        ("EUR", "0.005"),
        ("KWD", "0.0001"),
        ("EUR", "NaN"),
        ("EUR", "sNaN"),
        ("EUR", "Infinity"),
        ("EUR", "1E+40"),
        ("EUR", "0.00" + "0" * 60 + "1"),
        ("eur", "1"),
        ("XAU", "1"),
        ("", "1"),
    ],
)
def test_what_is_no_exact_amount_of_a_currency_is_refused(currency: str, amount: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Money(Decimal(amount), currency)


@pytest.mark.parametrize("amount", [1.5, 1, "1.5", None])
def test_an_amount_is_an_exact_decimal_and_nothing_else(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "EUR")  # type: ignore[arg-type]  # that is the claim
    with pytest.raises(TypeError):
        require_unit_price(amount)  # type: ignore[arg-type]


def test_different_currencies_are_never_added_or_compared() -> None:
    euro, yen = Money(Decimal(1), "EUR"), Money(Decimal(1), "JPY")
    for combine in (Money.__add__, Money.__sub__, Money.__lt__):
        with pytest.raises(ValueError, match="EUR and JPY"):
            combine(euro, yen)
    assert euro != yen


@given(units, units, currencies)
def test_sums_are_exact_to_the_smallest_unit(one: int, two: int, currency: str) -> None:
    total = of_units(one, currency) + of_units(two, currency)
    assert total == of_units(one + two, currency)
    assert total - of_units(two, currency) == of_units(one, currency)
    assert (of_units(one, currency) < of_units(two, currency)) == (one < two)


@given(
    st.integers(min_value=0, max_value=10**20 - 1),
    st.integers(min_value=0, max_value=10**12 - 1),
    currencies,
)
def test_a_total_is_rounded_once_to_the_nearest_unit(
    millionths: int, thousandths: int, currency: str
) -> None:
    price, quantity = Decimal(millionths).scaleb(-6), Decimal(thousandths).scaleb(-3)
    exact = millionths * thousandths  # in billionths
    unit = 10 ** (9 - places_of(currency))
    total = Money.of_units(price, quantity, currency)
    smallest = int(total.amount.scaleb(places_of(currency)))
    assert 2 * abs(smallest * unit - exact) <= unit


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_unit_prices_keep_six_places(millionths: int) -> None:
    price = Decimal(millionths).scaleb(-6)
    assert require_unit_price(price) == price
    assert require_unit_price(price.normalize()).as_tuple().exponent == -6


@pytest.mark.parametrize("value", ["-0.000001", "0.0000001", "1E+12", "NaN", "Infinity"])
def test_what_is_no_unit_price_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        require_unit_price(Decimal(value))


def test_the_largest_unit_price_is_one() -> None:
    assert require_unit_price(MAX_UNIT_PRICE) == MAX_UNIT_PRICE
