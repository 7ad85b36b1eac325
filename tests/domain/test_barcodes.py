"""Product codes are one code in each of their lengths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.barcodes import all_spellings, spellings_of, spread


@pytest.mark.parametrize("code", ["012345678905", "0012345678905", "12345678905", "00012345678905"])
def test_a_code_is_found_in_all_its_lengths(code: str) -> None:
    assert spellings_of(code)[0] == code
    assert sorted(spellings_of(code)) == [
        "00012345678905", "0012345678905", "012345678905", "12345678905",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["012345678906", "017", "ABC-1", "00000000", "012345678905123"])
def test_what_is_no_product_code_is_as_it_is(code: str) -> None:
    assert spellings_of(code) == [code.lower()]


@given(st.text("0123456789", min_size=6, max_size=15))
def test_spellings_find_each_other(code: str) -> None:
    for each in spellings_of(code):
        assert set(spellings_of(each)) == set(spellings_of(code))


def test_what_is_found_is_known_by_what_was_asked() -> None:
    found = spread({"012345678905": "BOLT"}, ["12345678905", "17"])
    assert found == {"012345678905": "BOLT", "12345678905": "BOLT"}
    assert all_spellings(["17", "A"]) == ["17", "a"]
