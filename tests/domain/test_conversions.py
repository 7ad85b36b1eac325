"""Conversions between an item's units are exact or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversions import FurtherUnit, NotExact, convert, find_unit, times, write_given
from bot.domain.quantities import MAX_QUANTITY, TypedQuantity, read_quantity
from bot.errors import InvalidValue

D = Decimal
VALUES = st.integers(1, 999_999_999_999).map(lambda n: D(n).scaleb(-3))
FACTORS = st.integers(1, 10**15).map(lambda n: D(n).scaleb(-6))


@given(VALUES, FACTORS)
def test_a_conversion_is_exact_or_refused(value: D, factor: D) -> None:
    exact = Fraction(value) * Fraction(factor)
    box = FurtherUnit("box", factor)
    try:
        converted = convert(TypedQuantity(value, "box"), box, item="NUT", unit="kg")
    except NotExact:
        assert (exact * 1000).denominator != 1
    except InvalidValue:
        assert exact > Fraction(MAX_QUANTITY)
    else:
        assert Fraction(converted) == exact
        assert converted.as_tuple().exponent == -3


@given(VALUES, st.sampled_from(["box", "m²", "Stück", "pallet 80x120", "6er"]))
def test_what_was_given_is_read_as_the_same(value: D, unit: str) -> None:
    typed = TypedQuantity(value, unit)
    if unit[0].isdigit():
        with pytest.raises(InvalidValue):
            read_quantity(write_given(typed))
    else:
        assert read_quantity(write_given(typed)) == typed


def test_a_third_of_a_box_is_not_rounded() -> None:
    dozen = FurtherUnit("box", D("0.333333"))
    with pytest.raises(NotExact) as refused:
        convert(TypedQuantity(D(1), "box"), dozen, item="NUT", unit="kg")
    assert (refused.value.factor, refused.value.unit) == (D("0.333333"), "box")


def test_a_unit_is_found_by_its_other_names() -> None:
    units = [FurtherUnit("Box", D(50)), FurtherUnit("kg", D("0.5"))]
    assert find_unit(units, "boxes") == units[0]
    assert find_unit(units, "Kilo") == units[1]
    assert find_unit(units, "crate") is None


def test_packs_are_counted_in_the_unit_that_each_is() -> None:
    six = TypedQuantity(D(6), "")
    assert times(TypedQuantity(D(2)), six) == TypedQuantity(D(12))
    assert times(TypedQuantity(D(2)), TypedQuantity(D(3), "pack")) == TypedQuantity(D(6), "pack")
