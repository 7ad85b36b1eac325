"""Contact data: what is accepted as typed, what is not, and what a mask tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contacts import (
    check_email,
    check_phone,
    check_tax_id,
    mask_email,
    mask_phone,
    mask_tax_id,
)
from bot.domain.masking import mask_contacts
from bot.errors import InvalidValue
from tests.texts import CHARACTERS, texts


@pytest.mark.parametrize(
    "typed",
    [
        "ann@example.com",
        "a.b+c@mail.example.co.uk",
        "Ann_O'Hara@EXAMPLE.org",
        "x@münchen.de",
        "\u0938\u0902\u092a\u0930\u094d\u0915@\u0921\u093e\u091f\u093e.\u092d\u093e\u0930\u0924",
    ],
)
def test_an_address_is_kept_as_typed(typed: str) -> None:
    assert check_email(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "", "ann", "ann@", "@example.com", "ann@example", "ann@@example.com", "a b@example.com",
        ".ann@example.com", "ann.@example.com", "ann@exa..mple.com", "ann@-example.com",
        "ann@example.c0m1-", "<@1>@example.com", "ann@example.c", "a" * 65 + "@example.com",
        "ann@" + "e" * 300 + ".com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_email(typed)
    assert caught.value.field == "email"
    assert caught.value.value == ""


@pytest.mark.parametrize(
    "typed",
    [
        "+49 30 123456",
        "(030) 123-456",
        "1234",
        "+1 555 0100 x12",
        "٠١٢٣٤٥",
        "1-800-BOLTS 12",
        "+49 30 123456 Durchwahl 7",
        "+49 30\u20111234",
        "030/123456; ext. 4",
    ],
)
def test_a_phone_number_is_kept_as_typed(typed: str) -> None:
    assert check_phone(typed) == typed


@pytest.mark.parametrize("typed", ["", "call me", "123", "+", "12+34", "0" * 41, "call 1234"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        check_phone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "DE123456789",
        "12-3456789",
        "GB 999 9999 73",
        "ATU12345678",
        "A&B010101XX1",
        "ÑUÑ010101AB1",
        "8+79739I",
        "CHE-123.456.789 MWST",
        "12.345.678/0001-95",
        "ИНН 7707083893",
    ],
)
def test_a_tax_id_is_kept_as_typed(typed: str) -> None:
    """T11."""
    assert check_tax_id(typed) == typed


@pytest.mark.parametrize("typed", ["", "none yet", "DE", "DE_1234", "1" * 41])
def test_what_is_no_tax_id_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        check_tax_id(typed)


def test_what_is_copied_around_a_number_is_left_out() -> None:
    """T07."""
    assert check_phone("\u202a+49 30 123456\u202c") == "+49 30 123456"
    assert check_email("\u2068ann@example.com\u2069\u200b") == "ann@example.com"
    assert check_tax_id("DE\u200b123456789") == "DE123456789"


def test_a_mask_tells_little() -> None:
    assert mask_email("ann.smith@example.com") == "a***@e***.com"
    assert mask_phone("+49 30 123456") == "***56"
    assert mask_tax_id("DE123456789") == "***89"
    assert [mask_email(""), mask_phone(""), mask_tax_id("")] == ["", "", ""]


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12)


@given(local=WORD, domain=WORD.map(lambda word: f"{word}.com"))
def test_no_mask_holds_the_address(local: str, domain: str) -> None:
    masked = mask_email(f"{local}@{domain}")
    assert local not in masked
    assert domain not in masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("jane@example.com", "j***@e***.com"),
        ("j@mail.example.co.uk", "j***@m***.uk"),
        ("j***@e***.com", "j***@e***.com"),
        ("no address", "***"),
        ("@example.com", "***"),
        ("jane@localhost", "***"),
    ],
)
def test_an_address_keeps_its_first_letters_and_its_end(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+49 171 2345678", "***78"), ("(01) 23-45", "***45"), ("1234", "***")],
)
def test_a_phone_keeps_two_digits_if_it_has_more_than_four(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("tax_id", "masked"), [("DE123456789", "***89"), (" DE12X ", "***2X"), ("DE12", "***")]
)
def test_a_tax_id_keeps_two_characters_if_it_has_more_than_four(tax_id: str, masked: str) -> None:
    assert mask_tax_id(tax_id) == masked


ADDRESS = r"[a-z0-9.]{2,20}x@[a-z]{2,10}y\.(com|org|de)"


@given(st.from_regex(ADDRESS, fullmatch=True, alphabet=CHARACTERS), texts())
def test_an_address_in_any_text_is_masked(email: str, around: str) -> None:
    assert email not in mask_contacts({"note": f"{around} {email} {around}"})["note"]


def test_other_values_stay_what_they_are() -> None:
    plain = {"sku": "BOLT-8", "quantity": "2.500", "lines": [1, None, True], "note": "3 @ 5.10"}
    assert mask_contacts(plain) == plain
