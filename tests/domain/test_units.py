from decimal import Decimal

import pytest

from bot.domain.quantities import TypedQuantity
from bot.domain.units import (
    NotWhole,
    WrongUnit,
    clean_unit,
    counts_whole,
    is_same_unit,
    require_measure,
)
from bot.errors import InvalidValue

D = Decimal


@pytest.mark.parametrize("unit", ["pcs", "Pair", "box", "Stk.", "Stück", "boîte", "caja", "ROLLS"])
def test_what_is_counted_has_no_parts_unless_its_item_says_so(unit: str) -> None:
    assert counts_whole(unit, None)
    assert not counts_whole(unit, whole=False)


@pytest.mark.parametrize("unit", ["kg", "m", "l", "ml", "t", "m²", "portion"])
def test_what_is_measured_has_parts_unless_its_item_says_so(unit: str) -> None:
    assert not counts_whole(unit, None)
    assert counts_whole(unit, whole=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [("pcs", "Pieces"), ("Stk", "Stück"), ("kg", "kilo"), ("tray", "trays"), ("Box", "boxes")],
)
def test_a_unit_is_known_by_its_other_names(one: str, other: str) -> None:
    assert is_same_unit(one, other)
    assert is_same_unit(other, one)


@pytest.mark.parametrize(("one", "other"), [("kg", "g"), ("pcs", "box"), ("m", "mm"), ("l", "")])
def test_units_are_told_apart(one: str, other: str) -> None:
    assert not is_same_unit(one, other)


def test_another_unit_and_half_a_piece_are_refused_with_facts() -> None:
    """T15."""
    with pytest.raises(WrongUnit) as wrong:
        require_measure(TypedQuantity(D(3), "kg"), item="BOLT-8", unit="pcs", is_whole=True)
    assert (wrong.value.item, wrong.value.item_unit, wrong.value.unit) == ("BOLT-8", "pcs", "kg")
    with pytest.raises(NotWhole) as half:
        require_measure(TypedQuantity(D("1.5")), item="BOLT-8", unit="pcs", is_whole=True)
    assert half.value.quantity == D("1.5")
    half_a_litre = TypedQuantity(D("0.5"), "Liter")
    assert require_measure(half_a_litre, item="OIL", unit="l", is_whole=False) == D("0.5")


def test_a_unit_can_be_typed_behind_a_number_and_in_a_line() -> None:
    for unit in ("pcs", "m²", "Stk.", "big box", "°"):
        assert clean_unit(f" {unit} ") == unit
    for unit in ("box;2", "3 box", "2", "none", "(x)", ""):
        with pytest.raises(InvalidValue):
            clean_unit(unit)
