"""Forms of quantities that are more than one number: `½`, `1 1/2`, `3 x 12`, `half a dozen`.

`bot/web/app/ui/quantity_forms.js` is the same in the scanner; a test reads both.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

# Blanks between groups of three, as French and Swiss people write them: `1 000`.
GROUPED: Final = r"[0-9]{1,3}(?:[ \u00a0\u2007\u2009\u202f'\u2019][0-9]{3})+(?![0-9])"
_DOZENS: Final = r"(?=(?:dozens?|dutzend|douzaines?|docenas?)\b)"
_ONE: Final = rf"(?:an?|one|ein|une|una)\s+{_DOZENS}"
_HALF: Final = (
    rf"(?:(?:an?|one|ein|une|una)\s+)?(?:half|halbes|demi|media)[\s-]+(?:an?\s+)?{_DOZENS}"
)
_HALF_DOZEN: Final = re.compile(_HALF, re.IGNORECASE)
_ONE_DOZEN: Final = re.compile(_ONE, re.IGNORECASE)
# What takes the place of a number.
NUMBER_WORDS: Final = f"(?:{_ONE}|{_HALF})"
# `0x10` is another way of writing a number.
_TIMES: Final = re.compile(
    rf"(?!0[xX])({GROUPED}|[0-9.,]{{1,80}})\s*[xX*\u00d7\u2715]\s*(?=[0-9.,])"
)
_MAX_TIMES: Final = 3
_FRACTION: Final = re.compile(
    r"([+-]?)(?:([0-9]{1,9})\s+(?=[0-9]{1,2}/[0-9]{1,2}(?![0-9])))?([0-9]{1,9})/([0-9]{1,9})"
    r"(?![0-9.,/])"
)
_SLASHES: Final = str.maketrans({"\u2044": "/", "\u2215": "/"})


@dataclass(frozen=True, slots=True)
class Form:
    """A number with perhaps a unit, a part to be added to it, and what multiplies both."""

    plain: str
    part: Fraction = Fraction(0)
    times: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is no more than a number."""
        return not self.part and not self.times

    def apply(self, number: Fraction, times: Iterable[Fraction] = ()) -> Fraction:
        """Return what all of it is, of the number and of what it is multiplied with."""
        found = number + (self.part if number >= 0 else -self.part)
        for each in times:
            found *= each
        return found

    def apply_all(
        self, numbers: Iterable[Fraction], times: Iterable[Iterable[Fraction]]
    ) -> list[Fraction]:
        """Return each that it can be, where a number may be two."""
        several = product(numbers, *times)
        return list(dict.fromkeys(self.apply(number, by) for number, *by in several))


def take_form(text: str) -> Form:
    """Return the form of a text in plain digits; a text that is no quantity is left as it is."""
    rest = _open_fractions(text.strip())
    times = list[str]()
    while len(times) < _MAX_TIMES and (found := _TIMES.match(rest)):
        times.append(found[1])
        rest = rest[found.end() :]
    rest = _ONE_DOZEN.sub("1 ", _HALF_DOZEN.sub("0.5 ", rest, count=1), count=1)
    found = _FRACTION.match(rest)
    if found is None or not int(found[4]) or (found[2] and int(found[3]) >= int(found[4])):
        return Form(rest, times=tuple(times))
    sign, whole = found[1], found[2] or "0"
    part = Fraction(int(found[3]), int(found[4]))
    if sign == "-" and not found[2]:
        # Minus zero has no sign.
        part = -part
    return Form(f"{sign}{whole}{rest[found.end() :]}", part, tuple(times))


def _open_fractions(text: str) -> str:
    """Write a sign such as `½` in front of any unit as a fraction."""
    if text.isascii():
        return text
    for at, sign in enumerate(text):
        if sign.isalpha() and sign not in "xX":
            break
        if unicodedata.category(sign) == "No" and "\u2044" in unicodedata.normalize("NFKC", sign):
            opened = unicodedata.normalize("NFKC", sign).translate(_SLASHES)
            blank = " " if text[:at][-1:].isdecimal() else ""
            return f"{text[:at]}{blank}{opened}{text[at + 1 :]}"
        if sign in "\u2044\u2215":
            return f"{text[:at]}/{text[at + 1 :]}"
    return text
