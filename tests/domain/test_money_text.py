from decimal import Decimal

import pytest

from bot.domain.money import format_unit_price
from bot.domain.money_text import read_total, read_unit_price
from bot.domain.quantities import AmbiguousQuantity
from bot.errors import InvalidValue


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [
        ("12.90", "12.90", "EUR"),
        ("12,90 €", "12.90", "EUR"),
        ("€ 12,90", "12.90", "EUR"),
        ("1.234,56", "1234.56", "EUR"),
        ("1'299.00 CHF", "1299", "CHF"),
        ("1 299,00", "1299", "EUR"),
        ("usd 3", "3", "USD"),
        ("$3", "3", "USD"),
        ("0.0012", "0.0012", "EUR"),
        ("12,90/100", "0.129", "EUR"),
        ("12,90 € / 100", "0.129", "EUR"),
        ("1234.56 per 1000", "1.23456", "EUR"),
        ("12,90 je 100", "0.129", "EUR"),
        ("12,90 per 100 pcs", "0.129", "EUR"),
        ("12,90 € / Stk", "12.90", "EUR"),
        ("12,90/Stück", "12.90", "EUR"),
        ("12,90 / 100 CHF", "0.129", "CHF"),
        ("1.299,-", "1299", "EUR"),
        ("1299.- CHF", "1299", "CHF"),
        ("\uff11\uff12", "12", "EUR"),
        ("0", "0", "EUR"),
    ],
)
def test_a_unit_price_is_read_as_people_write_it(typed: str, amount: str, currency: str) -> None:
    read = read_unit_price(typed, "EUR")
    assert (read.amount, read.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("12,90 je 100 Stk.", "Stk"),
        ("12,90 €/m²", "m²"),
        ("$3 a large box", "large box"),
        ("3 / PEN", "PEN"),
        ("3 / 100 USD", ""),
    ],
)
def test_the_unit_that_a_price_is_of_is_read_with_it(typed: str, unit: str) -> None:
    assert read_unit_price(typed, "EUR", units=("pcs", "pen")).unit == unit


def test_a_total_is_of_no_unit() -> None:
    with pytest.raises(InvalidValue) as refused:
        read_total("12.90 / pcs", "EUR")
    assert refused.value.reason == "not_an_amount"


def test_a_sign_means_the_currency_of_the_books_where_it_can() -> None:
    assert read_unit_price("$3", "CAD").currency == "CAD"
    assert read_unit_price("3 kr", "NOK").currency == "NOK"
    assert read_unit_price("3 kr", "EUR").currency == "SEK"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "not_an_amount"),
        ("EUR", "not_an_amount"),
        ("€3 USD", "not_an_amount"),
        ("1e3", "not_an_amount"),
        ("3 EUREN", "not_an_amount"),
        ("3 XXX", "unknown_currency"),
        ("-1", "negative"),
        ("0.1234567", "too_many_decimals"),
        ("1/3", "too_many_decimals"),
        ("1/0", "not_positive"),
    ],
)
def test_what_is_no_unit_price_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_unit_price(typed, "EUR")
    assert refused.value.reason == reason


def test_a_comma_before_three_digits_is_asked_back() -> None:
    with pytest.raises(AmbiguousQuantity) as refused:
        read_unit_price("$1,299 / 100", "EUR")
    assert (refused.value.first, refused.value.second) == (Decimal(1299), Decimal("1.299"))
    # What is typed by the button means the same money.
    again = read_unit_price(f"{refused.value.second} {refused.value.unit}", "EUR")
    assert (again.amount, again.currency) == (Decimal("0.01299"), "USD")


@pytest.mark.parametrize(
    ("typed", "total"), [("100", "100 JPY"), ("1.5 KWD", "1.500 KWD"), ("99,90 EUR", "99.90 EUR")]
)
def test_a_total_has_the_places_of_its_currency(typed: str, total: str) -> None:
    assert str(read_total(typed, "JPY")) == total


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("1.000", ["1000", "1"]),
        ("1,000 JPY", ["1000", "1"]),
        ("12.500 EUR", ["12500", "12.5"]),
        ("12.500 JPY", ["12500"]),
        ("1,345", ["1345"]),
        ("+1.345", ["1345"]),
    ],
)
def test_three_digits_behind_the_mark_of_a_total_are_asked_back(
    typed: str, readings: list[str]
) -> None:
    with pytest.raises(AmbiguousQuantity) as refused:
        read_total(typed, "EUR")
    found = [refused.value.first, refused.value.second]
    assert [str(each.normalize().__format__("f")) for each in found if each] == readings
    # What is typed by a button is taken.
    assert read_total(f"{found[0]} {refused.value.unit}", "EUR").amount == found[0]


def test_a_currency_of_three_places_takes_a_point_before_three_digits() -> None:
    assert str(read_total("1.345 KWD", "EUR")) == "1.345 KWD"


@pytest.mark.parametrize("typed", ["100.5 JPY", "1.0005 KWD", "1.0051 EUR"])
def test_a_total_finer_than_its_currency_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_total(typed, "EUR")
    assert refused.value.reason == "too_many_decimals"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("0.001200", "EUR", "0.0012 EUR"),
        ("2.500000", "EUR", "2.50 EUR"),
        ("300.000000", "JPY", "300 JPY"),
        ("0.500000", "JPY", "0.5 JPY"),
    ],
)
def test_a_unit_price_is_written_with_the_places_it_needs(
    amount: str, currency: str, text: str
) -> None:
    assert format_unit_price(Decimal(amount), currency) == text
