from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quantities import (
    MAX_QUANTITY,
    AmbiguousQuantity,
    TypedQuantity,
    format_quantity,
    parse_quantity,
    read_count,
    read_quantity,
    require_quantity,
)
from bot.errors import InvalidValue
from tests.texts import texts

QUANTITIES = st.decimals(min_value="0.001", max_value=MAX_QUANTITY, places=3)


def reason_of(text: str, *, allow_zero: bool = False) -> str:
    with pytest.raises(InvalidValue) as caught:
        parse_quantity(text, allow_zero=allow_zero)
    assert caught.value.field == "quantity"
    return caught.value.reason


@given(QUANTITIES)
def test_what_is_written_reads_back_as_the_same_number(value: Decimal) -> None:
    assert parse_quantity(format_quantity(value)) == value


@given(texts(max_size=50))
def test_any_text_is_a_quantity_in_bounds_or_refused(text: str) -> None:
    try:
        value = read_quantity(text).value
    except (InvalidValue, AmbiguousQuantity):
        return
    assert Decimal("0.001") <= value <= MAX_QUANTITY
    assert value.as_tuple().exponent == -3


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_any_decimal_is_a_quantity_in_bounds_or_refused(value: Decimal) -> None:
    try:
        kept = require_quantity(value)
    except InvalidValue:
        return
    assert kept == value
    assert Decimal("0.001") <= kept <= MAX_QUANTITY


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Decimal(0), "not_positive"),
        (Decimal("-0"), "not_positive"),
        (Decimal(-1), "not_positive"),
        (MAX_QUANTITY + Decimal("0.001"), "too_large"),
        (Decimal(1_000_000_000), "too_large"),
        (Decimal("9" * 40), "too_large"),
        (Decimal("1e999"), "too_large"),
        (Decimal("-1e999"), "not_positive"),
        (Decimal("Infinity"), "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (Decimal("0.0001"), "too_many_decimals"),
        (Decimal("1." + "0" * 39 + "1"), "too_many_decimals"),
        (Decimal("1e-999"), "too_many_decimals"),
    ],
)
def test_a_decimal_that_no_move_can_carry_is_refused(value: Decimal, reason: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        require_quantity(value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", "3"),
        ("2.5", "2.5"),
        (" 3 ", "3"),
        ("+3", "3"),
        ("0.001", "0.001"),
        ("0" * 39 + "7", "7"),
        ("999999999.999", "999999999.999"),
        (".5", "0.5"),
        ("2,5", "2.5"),
        ("2,50", "2.5"),
        (",125", "0.125"),
        ("0,125", "0.125"),
        ("2,5000", "2.5"),
        ("2.5000", "2.5"),
        ("1.250", "1.25"),
        ("10.00000", "10"),
        ("1.0000", "1"),
        ("1,000.50", "1000.5"),
        ("1.000,50", "1000.5"),
        ("1 000", "1000"),
        ("1\u202f234\u00a0567,5", "1234567.5"),
        ("1,000,000", "1000000"),
        ("\uff11\uff12", "12"),
        ("\u200b12\u200e", "12"),
        ("\uff12\uff0c\uff15", "2.5"),
        ("\u0663\u066b\u0665", "3.5"),
    ],
)
def test_a_plain_number_is_read(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1e999", "1E3", "NaN", "sNaN", "Infinity", "-Infinity", "inf", "three",
        "1 00", "\u00b2", "2\u00b2", "5.", "1/0", "1 3/2", "1 100/200", "1/2/27", "0x10", "/2",
        "1,000 x 1,000", "\u00bd\u00bd", "1/2 1",
        "--3", "3 4", "1,,5", "1,0,0", "1,000,00",
        "1_000", "*3*", "3\x00", "9" * 81,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    assert reason_of(text) == "not_a_number"
    with pytest.raises(InvalidValue):
        read_quantity(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3 pcs", "3", "pcs"),
        ("0.5kg", "0.5", "kg"),
        ("2,5 kg", "2.5", "kg"),
        ("3m\u00b2", "3", "m\u00b2"),
        ("5 %", "5", "%"),
        ("\uff13\u3000St\u00fcck", "3", "St\u00fcck"),
    ],
)
def test_a_unit_may_follow_a_number(text: str, value: str, unit: str) -> None:
    """T15."""
    assert read_quantity(text) == TypedQuantity(Decimal(value), unit)
    assert reason_of(text) == "not_a_number", "where no unit is wanted"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1/2", "0.5", ""),
        ("+\u00bd", "0.5", ""),
        ("1\u00bd kg", "1.5", "kg"),
        ("1 1/2", "1.5", ""),
        ("1\u20442 l", "0.5", "l"),
        ("3 x 12", "36", ""),
        ("3\u00d712 pcs", "36", "pcs"),
        ("3*12box", "36", "box"),
        ("\uff13\uff58\uff11\uff12", "36", ""),
        ("1 000 x 2,5", "2500", ""),
        ("2 x 3 x 1/2", "3", ""),
        ("a dozen", "1", "dozen"),
        ("Half a dozen", "0.5", "dozen"),
        ("ein halbes Dutzend", "0.5", "Dutzend"),
        ("3 x 1 dozen", "3", "dozen"),
        ("a dozen boxes", "1", "dozen boxes"),
        ("3 x", "3", "x"),
    ],
)
def test_a_quantity_is_read_as_people_write_it(text: str, value: str, unit: str) -> None:
    assert read_quantity(text) == TypedQuantity(Decimal(value), unit)


@given(st.integers(0, 99), st.integers(1, 98), st.integers(1, 99), st.integers(1, 99))
def test_fractions_and_products_are_exact_or_refused(
    whole: int, over: int, under: int, times: int
) -> None:
    exact = (whole + Fraction(over, under)) * times
    typed = f"{times} x {whole} {over}/{under}"
    if over < under and 1000 % exact.denominator == 0:
        assert Fraction(read_quantity(typed).value) == exact
    else:
        with pytest.raises(InvalidValue):
            read_quantity(typed)


def test_a_product_of_a_doubtful_number_is_asked_back() -> None:
    with pytest.raises(AmbiguousQuantity) as caught:
        read_quantity("3 x 1,000 pcs")
    error = caught.value
    assert (error.first, error.second, error.unit) == (Decimal(3000), Decimal(3), "pcs")


@given(QUANTITIES, st.sampled_from(["pcs", "kg", "St\u00fcck", "m\u00b2", "\u7bb1"]))
def test_what_is_written_with_its_unit_reads_back(value: Decimal, unit: str) -> None:
    assert read_quantity(f"{format_quantity(value)} {unit}") == TypedQuantity(value, unit)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [("1,000", "1000", "1"), ("12,345 kg", "12345", "12.345"), ("2,500", "2500", "2.5")],
)
def test_a_comma_before_three_digits_is_asked_and_never_guessed(
    text: str, first: str, second: str
) -> None:
    """T15."""
    with pytest.raises(AmbiguousQuantity) as caught:
        read_quantity(text, field="counted")
    error = caught.value
    assert (error.first, error.second) == (Decimal(first), Decimal(second))
    assert (error.field, error.unit) == ("counted", "kg" if "kg" in text else "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "not_positive"),
        ("0.000", "not_positive"),
        ("-0", "not_positive"),
        ("-1", "not_positive"),
        ("-" + "9" * 9, "not_positive"),
        ("-1/2", "not_positive"),
        ("0 x 5", "not_positive"),
        ("1/3", "not_exact"),
        ("1/16", "not_exact"),
        ("99999 x 99999999", "too_large"),
        ("1.2345", "too_many_decimals"),
        ("1,2345", "too_many_decimals"),
        ("2.1234000", "too_many_decimals"),
        ("1000000000", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_a_number_that_no_move_can_carry_is_refused(text: str, reason: str) -> None:
    assert reason_of(text) == reason


@pytest.mark.parametrize("text", ["+3", " + 3 pcs", "\uff0b3"])
def test_a_count_with_a_sign_is_never_what_is_there(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_count(text)
    assert refused.value.reason == "signed"


def test_a_count_may_be_zero_but_not_less() -> None:
    assert parse_quantity("0", allow_zero=True) == 0
    assert reason_of("-1", allow_zero=True) == "negative"


@pytest.mark.parametrize("text", ["0", "-0", "-0.000"])
def test_zero_is_written_without_a_sign(text: str) -> None:
    assert format_quantity(require_quantity(Decimal(text), allow_zero=True)) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("3.000", "3"),
        ("2.500", "2.5"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("0.000", "0"),
        ("-4.10", "-4.1"),
    ],
)
def test_a_number_is_written_as_people_do(value: str, text: str) -> None:
    assert format_quantity(Decimal(value)) == text
