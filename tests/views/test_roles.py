import pytest

from bot.domain.permissions import PERMISSION_AREAS, PERMISSIONS
from bot.views.roles import PERMISSION_WORDS, parse_area


def test_every_permission_has_words_that_fit_a_menu() -> None:
    assert PERMISSION_WORDS.keys() == set(PERMISSIONS)
    assert all(0 < len(words) <= 100 for words in PERMISSION_WORDS.values())


def test_an_area_is_read_or_refused() -> None:
    assert [parse_area(str(number)) for number in range(5)] == list(PERMISSION_AREAS)
    for text in ("5", "-1", "", "stock", "1.0"):
        with pytest.raises(ValueError):  # noqa: PT011  # its text is never shown
            parse_area(text)
