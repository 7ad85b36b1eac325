"""Product codes in their several lengths: 8, 12, 13 and 14 digits are one code behind zeros.

Scanners send `0012345678905` for what is printed as `012345678905`, and a spreadsheet leaves
`12345678905` of it. The check digit counts from the right, so it is that of them all.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from bot.domain.names import key_of

# With fewer digits left, two codes that a warehouse made up itself may differ in zeros alone.
_LEAST: Final = 7
_LONGEST: Final = 14
_DIGITS: Final = re.compile(r"[0-9]{7,14}")
_BASE: Final = 10
_FoundT = TypeVar("_FoundT")


def spellings_of(code: str) -> list[str]:
    """Return the keys under which a code may be kept, as it was typed first."""
    key = key_of(code)
    bare = key.lstrip("0")
    if not _DIGITS.fullmatch(key) or len(bare) < _LEAST or not _has_check_digit(bare):
        return [key]
    each = [bare.zfill(length) for length in range(len(bare), _LONGEST + 1)]
    return [key, *(other for other in each if other != key)]


def all_spellings(codes: Iterable[str]) -> list[str]:
    """Return the keys of many codes in all their spellings, each once, in order."""
    return sorted({spelling for code in codes for spelling in spellings_of(code)})


def spread(found: Mapping[str, _FoundT], codes: Iterable[str]) -> dict[str, _FoundT]:
    """Return what was found by some spelling of each code, by the code's own key."""
    answers = dict(found)
    for code in codes:
        spelled = next((each for each in spellings_of(code) if each in found), None)
        if spelled is not None:
            answers.setdefault(key_of(code), found[spelled])
    return answers


def _has_check_digit(digits: str) -> bool:
    weighed = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(weighed) % _BASE == 0
