"""What is typed behind a quantity in bulk: `[unit] [location] [lot] [last good day]`.

What the books know decides: a lot is one, however it reads, and so is a location. Only the last
word, or the one before a day, is the code of a lot that they do not know.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.days import looks_like_day
from bot.domain.lots import parse_expiry
from bot.errors import RuleBroken

# As many words as the code of a lot, or a unit, is looked for in.
_MAX_LOT_WORDS: Final = 4
_MAX_UNIT_WORDS: Final = 2


@dataclass(eq=False)
class LotLeftOut(RuleBroken):
    """A line puts or counts an item that is kept by lots or serial numbers, and names none."""

    item: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What was behind a quantity; a part is empty if it was left out."""

    unit: str = ""
    location: str = ""
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Whether the books know a unit or a lot of the line's item, or a location, by a text.

    Lots are left out for an item that has none; `may_be_new` where a lot may be made.
    """

    is_unit: Callable[[str], bool]
    is_location: Callable[[str], bool]
    is_lot: Callable[[str], bool] | None = None
    may_be_new: bool = False


def split_behind(typed: str, known: KnownNames) -> Behind:
    """Tell apart what was typed behind a quantity; raises AmbiguousDay, InvalidValue for a day."""
    words = typed.split()
    unit = _take_unit(words, known)
    if known.is_lot is None or not words:
        return Behind(unit, " ".join(words))
    found = _find_lot(words, known, known.is_lot)
    if found is None and not known.may_be_new:
        place = " ".join(words[:-1])
        is_behind = not known.is_location(" ".join(words)) and known.is_location(place)
        found = (place, words[-1]) if is_behind else (" ".join(words), "")
    if found is not None:
        return Behind(unit, *found)
    expires_on = None
    if looks_like_day(words[-1]):
        expires_on = parse_expiry(words.pop())
        found = _find_lot(words, known, known.is_lot)
    if found is None:
        is_place = not words or known.is_location(" ".join(words))
        found = (" ".join(words), "") if is_place else (" ".join(words[:-1]), words[-1])
    return Behind(unit, *found, expires_on)


def list_places(typed: str) -> Iterator[str]:
    """Yield what may be a location in what was typed behind a quantity."""
    words = typed.split()
    for start in range(min(len(words), _MAX_UNIT_WORDS + 1)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])


def list_codes(typed: str) -> Iterator[str]:
    """Yield what may be the code of a known lot in what was typed behind a quantity."""
    words = typed.split()
    for end in (len(words), len(words) - 1):
        for start in range(max(0, end - _MAX_LOT_WORDS), end):
            yield " ".join(words[start:end])


def _take_unit(words: list[str], known: KnownNames) -> str:
    """Take a unit off what was typed, unless all of it is a location."""
    if words and not known.is_location(" ".join(words)):
        for count in (_MAX_UNIT_WORDS, 1):
            unit = " ".join(words[:count])
            if known.is_unit(unit):
                del words[:count]
                return unit
    return ""


def _find_lot(
    words: Sequence[str], known: KnownNames, is_lot: Callable[[str], bool]
) -> tuple[str, str] | None:
    """Return a location (or nothing) and the known lot behind it."""
    for start in range(max(0, len(words) - _MAX_LOT_WORDS), len(words)):
        place, code = " ".join(words[:start]), " ".join(words[start:])
        if is_lot(code) and (not place or known.is_location(place)):
            return place, code
    return None
