"""Text as it is drawn from the left: letters of Arabic joined, what reads from the right turned.

A name in a line of a table is short: the rules of Unicode for embedded directions are left out, and
characters that would set them are not printed at all.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

import arabic_reshaper

_RIGHT: Final = frozenset({"R", "AL"})
_DIGITS: Final = frozenset({"EN", "AN"})
_IN_NUMBERS: Final = frozenset({*_DIGITS, "ES", "ET", "CS"})
# Letters to be joined; the forms that they have then are in other blocks.
_LETTERS: Final = range(0x0600, 0x0780)
_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_RESHAPER: Final = arabic_reshaper.ArabicReshaper({"delete_harakat": False})


def join_letters(text: str) -> str:
    """Return text whose Arabic letters have the forms in which they are joined."""
    if not any(ord(each) in _LETTERS for each in text):
        return text
    return str(_RESHAPER.reshape(text))


def as_drawn(text: str) -> str:
    """Return a line in the order in which it is drawn from left to right.

    It begins at the right if its first letter reads from there.
    """
    kinds = [unicodedata.bidirectional(each) for each in text]
    if _RIGHT.isdisjoint(kinds):
        return text
    begins_right = next(kind for kind in kinds if kind == "L" or kind in _RIGHT) in _RIGHT
    parts = list(_divide(text, kinds, begins_right=begins_right))
    return "".join(reversed(parts) if begins_right else parts)


def _divide(text: str, kinds: list[str], *, begins_right: bool) -> Iterator[str]:
    """Yield the parts of a line, each as it is drawn: words of one direction, signs between."""
    place = 0
    while place < len(text):
        kind = kinds[place]
        if kind == "L" or kind in _RIGHT or kind in _DIGITS:
            is_right = kind in _RIGHT
            end = _end_of_part(kinds, place)
            yield _turn(text[place:end]) if is_right else text[place:end]
            place = end
        else:
            yield text[place].translate(_MIRRORED) if begins_right else text[place]
            place += 1


def _end_of_part(kinds: list[str], start: int) -> int:
    """Return where words of one direction end: behind their last letter or number."""
    against = {"L"} if kinds[start] in _RIGHT else _RIGHT
    end = start + 1
    for place in range(start + 1, len(kinds)):
        if kinds[place] in against:
            break
        if kinds[place] in {"L", "NSM"} | _RIGHT | _DIGITS:
            end = place + 1
    return end


def _turn(text: str) -> str:
    """Turn words around; numbers, and marks behind their letters, stay as they are written."""
    parts: list[str] = []
    kinds = [unicodedata.bidirectional(each) for each in text]
    for place, each in enumerate(text):
        is_in_number = kinds[place] in _DIGITS or (
            kinds[place] in _IN_NUMBERS
            and 0 < place < len(text) - 1
            and kinds[place - 1] in _DIGITS
            and kinds[place + 1] in _DIGITS
        )
        if parts and (kinds[place] == "NSM" or (is_in_number and kinds[place - 1] in _IN_NUMBERS)):
            parts[-1] += each
        else:
            parts.append(each.translate(_MIRRORED))
    return "".join(reversed(parts))
