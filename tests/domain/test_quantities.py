from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quantities import MAX_QUANTITY, format_quantity, parse_quantity, require_quantity
from bot.errors import InvalidValue

QUANTITIES = st.decimals(min_value="0.001", max_value=MAX_QUANTITY, places=3)


def reason_of(text: str, *, allow_zero: bool = False) -> str:
    with pytest.raises(InvalidValue) as caught:
        parse_quantity(text, allow_zero=allow_zero)
    assert caught.value.field == "quantity"
    return caught.value.reason


@given(QUANTITIES)
def test_what_is_written_reads_back_as_the_same_number(value: Decimal) -> None:
    assert parse_quantity(format_quantity(value)) == value


@given(st.text(max_size=50))
def test_any_text_is_a_quantity_in_bounds_or_refused(text: str) -> None:
    try:
        value = parse_quantity(text)
    except InvalidValue:
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
    ],
)
def test_a_plain_number_is_read(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1e999", "1E3", "NaN", "sNaN", "Infinity", "-Infinity", "inf", "three",
        "1,5", "1 000", "\uff11\uff12", "\u0663", "\u00b2", "\u00bd", ".5", "5.", "--3",
        "0x10", "1_000", "*3*", "3\x00", "3 pcs", "9" * 41,
    ],
)  # fmt: skip
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    assert reason_of(text) == "not_a_number"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "not_positive"),
        ("0.000", "not_positive"),
        ("-0", "not_positive"),
        ("-1", "not_positive"),
        ("-" + "9" * 9, "not_positive"),
        ("1.2345", "too_many_decimals"),
        ("1.0000", "too_many_decimals"),
        ("1000000000", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_a_number_that_no_move_can_carry_is_refused(text: str, reason: str) -> None:
    assert reason_of(text) == reason


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
