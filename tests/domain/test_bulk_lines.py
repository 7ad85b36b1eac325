"""What is typed behind a quantity in bulk is told apart by what the books know."""

from datetime import date

import pytest

from bot.domain.bulk_lines import Behind, KnownNames, list_codes, list_places, split_behind
from bot.domain.days import AmbiguousDay

PLACES = ("A1", "Hall 1", "B 2", "crate")
LOTS = ("L-1", "B 7", "7", "2031-05-05", "A1x")


def known(*, is_tracked: bool = True, may_be_new: bool = True) -> KnownNames:
    return KnownNames(
        is_unit=lambda text: text in {"crate", "big crate"},
        is_location=PLACES.__contains__,
        is_lot=LOTS.__contains__ if is_tracked else None,
        may_be_new=may_be_new,
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", Behind()),
        ("A1", Behind(location="A1")),
        ("Hall 1", Behind(location="Hall 1")),
        ("L-1", Behind(lot="L-1")),
        ("A1 L-1", Behind(location="A1", lot="L-1")),
        ("Hall 1 B 7", Behind(location="Hall 1", lot="B 7")),
        ("B 7", Behind(lot="B 7")),
        ("2031-05-05", Behind(lot="2031-05-05")),
        ("N-1", Behind(lot="N-1")),
        ("A1 N-1", Behind(location="A1", lot="N-1")),
        ("Hall 1 N-1 2031-03-01", Behind("", "Hall 1", "N-1", date(2031, 3, 1))),
        ("L-1 2031-03-01", Behind(lot="L-1", expires_on=date(2031, 3, 1))),
        # A lot is never made of what names a location, or is a day.
        ("A1 2031-03-01", Behind(location="A1", expires_on=date(2031, 3, 1))),
        ("2031-03-01", Behind(expires_on=date(2031, 3, 1))),
        # What is neither is looked for as a location, and not found.
        ("Nowhere N-1", Behind(location="Nowhere", lot="N-1")),
        ("Nowhere L-1", Behind(location="Nowhere", lot="L-1")),
        ("crate L-1", Behind(unit="crate", lot="L-1")),
        ("big crate A1 L-1", Behind("big crate", "A1", "L-1")),
        ("crate", Behind(location="crate")),
    ],
)
def test_a_line_names_location_lot_and_day_in_this_order(typed: str, expected: Behind) -> None:
    assert split_behind(typed, known()) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("L-1", Behind(lot="L-1")),
        ("A1 L-1", Behind(location="A1", lot="L-1")),
        ("A1", Behind(location="A1")),
        ("N-1", Behind(location="N-1")),
        ("Hall 1", Behind(location="Hall 1")),
        ("Hall 1 N-1", Behind(location="Hall 1", lot="N-1")),
    ],
)
def test_what_is_taken_is_of_known_lots_alone(typed: str, expected: Behind) -> None:
    assert split_behind(typed, known(may_be_new=False)) == expected


def test_an_untracked_item_has_a_location_alone() -> None:
    assert split_behind("A1 L-1", known(is_tracked=False)) == Behind(location="A1 L-1")
    assert split_behind("crate A1", known(is_tracked=False)) == Behind("crate", "A1")


def test_a_day_that_may_be_two_is_asked_back() -> None:
    with pytest.raises(AmbiguousDay):
        split_behind("N-1 1/3/2031", known())


def test_all_that_is_looked_for_was_read_from_the_books() -> None:
    assert {"A1", "A1 L-1", "L-1", "L-1 x", "x"} <= set(list_places("A1 L-1 x"))
    assert {"A1 L-1", "L-1", "L-1 2031-03-01"} <= set(list_codes("A1 L-1 2031-03-01"))
