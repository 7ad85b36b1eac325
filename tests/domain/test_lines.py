"""Lines as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lines import MAX_LINES, NoQuantity, read_lines, write_name
from bot.domain.quantities import AmbiguousQuantity
from bot.errors import InvalidValue
from tests.texts import CHARACTERS, texts


@pytest.mark.parametrize(
    ("typed", "name", "value", "unit"),
    [
        ("BOLT-8 20", "BOLT-8", "20", ""),
        ("  BOLT-8\t2,5 kg ", "BOLT-8", "2.5", "kg"),
        ("BOLT-8 2box", "BOLT-8", "2", "box"),
        ("Bolt M8 galvanized 12", "Bolt M8 galvanized", "12", ""),
        ("Bolt 40 12", "Bolt 40", "12", ""),
        ('"Bolt 40" 12 pcs', "Bolt 40", "12", "pcs"),
        ("“Bolt; 40” 12", "Bolt; 40", "12", ""),
        ('"19"" rack" 1', '19" rack', "1", ""),
        ("00123 7", "00123", "7", ""),
        ("-12V 3", "-12V", "3", ""),
        ("BOLT-8 \uff13", "BOLT-8", "3", ""),
        ("BOLT-8 1 1/2 kg", "BOLT-8", "1.5", "kg"),
        ("Pipe 1/2 10", "Pipe 1/2", "10", ""),
        ("BOLT-8 \u00bd", "BOLT-8", "0.5", ""),
        ("BOLT-8 3 x 12 pcs", "BOLT-8", "36", "pcs"),
        ("Plate 3 x 12 5", "Plate 3 x 12", "5", ""),
        ("BOLT-8 half a dozen", "BOLT-8", "0.5", "dozen"),
        ("BOLT-8 1\u202f000", "BOLT-8", "1000", ""),
        ("BOLT-8\u00a0500", "BOLT-8", "500", ""),
    ],
)
def test_a_name_stands_before_its_quantity(typed: str, name: str, value: str, unit: str) -> None:
    (line,), faults = read_lines(typed)
    assert not faults
    assert (line.name, line.quantity.value, line.quantity.unit) == (name, Decimal(value), unit)


@pytest.mark.parametrize(
    ("typed", "name", "quantity", "third"),
    [
        ("BOLT-8 5 A1", "BOLT-8", ("5", ""), "A1"),
        ("BOLT-8 5 kg Hall A / Rack", "BOLT-8", ("5", "kg"), "Hall A / Rack"),
        ("BOLT-8 5kg A1", "BOLT-8", ("5", "kg"), "A1"),
        ("BOLT-8 5 0.12", "BOLT-8", ("5", ""), "0.12"),
        ("BOLT-8 5", "BOLT-8", ("5", ""), ""),
        ("BOLT-8 3 x 12 pcs A1", "BOLT-8", ("36", "pcs"), "A1"),
        ("BOLT-8 3 x 12 4.50", "BOLT-8", ("36", ""), "4.50"),
        ("BOLT-8 3 x 12.50", "BOLT-8", ("3", ""), "x 12.50"),
        ("BOLT-8 1 200", "BOLT-8", ("1", ""), "200"),
        ("BOLT-8 a dozen A1", "BOLT-8", ("1", "dozen"), "A1"),
    ],
)
def test_a_third_thing_stands_behind_the_first_number(
    typed: str, name: str, quantity: tuple[str, str], third: str
) -> None:
    (line,), faults = read_lines(typed, has_third=True)
    assert not faults
    read = (line.quantity.value, line.quantity.unit)
    assert (line.name, read, line.third) == (name, (Decimal(quantity[0]), quantity[1]), third)


def test_lines_are_divided_by_breaks_and_semicolons_and_faults_say_which() -> None:
    lines, faults = read_lines("A 1; B 2\n\nC\nD 1,000\r\nE 0; F 3")
    assert [(line.number, line.name) for line in lines] == [(1, "A"), (2, "B"), (7, "F")]
    assert [(fault.number, fault.text, type(fault.cause)) for fault in faults] == [
        (4, "C", NoQuantity),
        (5, "D 1,000", AmbiguousQuantity),
        (6, "E 0", InvalidValue),
    ]


@pytest.mark.parametrize("typed", ["", " ; \n;", "A 1\n" * (MAX_LINES + 1)])
def test_no_line_and_too_many_are_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        read_lines(typed)


@given(texts(min_size=1, max_size=200))
def test_whatever_is_typed_gives_lines_or_faults(typed: str) -> None:
    try:
        lines, faults = read_lines(typed)
    except InvalidValue:
        return
    assert lines or faults


@given(
    st.from_regex(
        r"[A-Za-z0-9\"“„«;.,/-]+( [A-Za-z0-9\";-]+){0,3}", fullmatch=True, alphabet=CHARACTERS
    )
)
def test_a_name_that_was_written_is_read_back(name: str) -> None:
    (line,), _ = read_lines(f"{write_name(name)} 3")
    assert (line.name, line.quantity.value) == (name, Decimal(3))
