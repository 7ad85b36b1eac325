import pytest

from bot.domain.lookalikes import look_alike, skeleton_of
from bot.domain.names import key_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bolts & Co", "B\u043elts & Co"),  # a Cyrillic o
        ("\u0412\u041eLT-8", "BOLT-8"),  # Cyrillic capitals
        ("\u0421\u041e\u0420", "COP"),  # all of it
        ("\u0392\u039f\u039b\u03a4", "\u0412\u041e\u039b\u0422"),  # Greek and Cyrillic
        ("no\u00ebl", "no\u0451l"),  # with its dots
        ("sc\u0430le", "\u0455cale"),
    ],
)
def test_letters_of_another_script_make_no_other_name(one: str, other: str) -> None:
    assert look_alike(key_of(one), key_of(other))
    assert look_alike(key_of(other), key_of(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BOLT-8", "bolt-8"),  # the same name
        ("BOLT-8", "BOLT-B"),
        ("O-1", "0-l"),
        ("\u0442\u0443\u0440", "\u0442\u04af\u0440"),  # two Kazakh words
        ("\u043d\u0430\u043c", "\u04bb\u0430\u043c"),  # two Bashkir ones
        ("na\u00efve", "naive"),
        ("\u87ba\u6813", "\u87ba\u6bcd"),
        ("\u0628\u0631\u063a\u064a", "\u0628\u0631\u063a"),
    ],
)
def test_names_that_people_tell_apart_are_two(one: str, other: str) -> None:
    assert not look_alike(key_of(one), key_of(other))


def test_plain_names_look_like_themselves() -> None:
    for key in ("bolt-8", "caf\u00e9", "\u87ba\u6813", "\u05d1\u05d5\u05e8\u05d2"):
        assert skeleton_of(key) == key
