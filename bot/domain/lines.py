"""Lines as people type or paste them: `SKU quantity`, and perhaps a third thing behind it.

Several lines are separated by line breaks or `;`. A name with spaces needs no quotes unless what
ends it could be read as the quantity: `"Bolt 40" 12`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.names import without_meaningless
from bot.domain.quantities import TypedQuantity, is_unit, read_quantity
from bot.domain.quantity_forms import NUMBER_WORDS
from bot.domain.units import is_known_unit
from bot.errors import InvalidValue, RuleBroken, TallymanError

MAX_LINES: Final = 50
_MAX_SHOWN: Final = 60
_MAX_UNIT_WORDS: Final = 2
_QUOTES: Final = {'"': '"', "“": "”", "„": "“”", "«": "»"}
_NUMBER: Final = re.compile(
    rf"[+-]?[.,]?[\d\u00bc-\u00be\u2150-\u215e]|{NUMBER_WORDS}", re.IGNORECASE
)
_BLANK: Final = re.compile(r"\s+")
# Blanks inside of one number are kept from dividing it.
_KEPT: Final = "\x00"
_FRACTION: Final = re.compile(
    r"(?<!\S)\d{1,9} +(?=(?:\d{1,2}[/\u2044]\d{1,2}|[\u00bc-\u00be\u2150-\u215e])(?!\S))"
)
_WORDS: Final = re.compile(rf"(?<!\S){NUMBER_WORDS}", re.IGNORECASE)
_GROUPS: Final = re.compile(r"(?<!\S)\d{1,3}(?:[\u00a0\u2007\u202f]\d{3})+(?![^\s;])")
_TIMES: Final = re.compile(
    r"(?<!\S)(\d[\d.,]*) *[xX*\u00d7] *(\d[\d.,]*)(?=[ \t]+(\S+)|[ \t]*$)(?!\S)"
)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as it was typed: which one it was, a name or SKU, how much, and what was behind it."""

    number: int
    text: str
    name: str
    quantity: TypedQuantity
    third: str = ""


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that cannot be taken, as it was typed, and why."""

    number: int
    text: str
    cause: TallymanError


@dataclass(eq=False)
class LinesRefused(RuleBroken):
    """Some of several lines cannot be taken, so none was."""

    faults: tuple[LineFault, ...]


@dataclass(eq=False)
class NoQuantity(RuleBroken):
    """A line names something and does not say how much of it."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    is_quoted: bool = False


def read_lines(
    typed: str, *, has_third: bool = False, limit: int = MAX_LINES, allow_zero: bool = False
) -> tuple[list[TypedLine], list[LineFault]]:
    """Read lines and say what is wrong with the others; empty ones do not count.

    With a third thing (a location, a price) the first number behind a name is the quantity, else
    the last one. Raises InvalidValue for no line at all, and for more than the limit.
    """
    lines, faults = [], []
    parts = [
        (number, part.strip()) for number, part in enumerate(_split(typed), start=1) if part.strip()
    ]
    if not parts:
        raise InvalidValue(field="lines", reason="empty")
    if len(parts) > limit:
        raise InvalidValue(field="lines", reason="too_many_lines", limit=limit)
    for number, part in parts:
        try:
            lines.append(_read(number, part, has_third=has_third, allow_zero=allow_zero))
        except TallymanError as error:
            faults.append(LineFault(number, part[:_MAX_SHOWN], error))
    return lines, faults


def write_name(name: str) -> str:
    """Write a name as it is read back, in quotes if it has spaces."""
    if not _BLANK.search(name) and ";" not in name and name[:1] not in _QUOTES:
        return name
    return '"' + name.replace('"', '""') + '"'


def _split(typed: str) -> list[str]:
    """Split at line breaks, and at `;` outside of quotes."""
    found = []
    for line in without_meaningless(typed).splitlines():
        start, closing = 0, ""
        for place, sign in enumerate(line):
            if closing:
                closing = "" if sign in closing else closing
            elif sign in _QUOTES and (place == start or line[start:place].strip() == ""):
                closing = _QUOTES[sign]
            elif sign == ";":
                found.append(line[start:place])
                start = place + 1
        found.append(line[start:])
    return found


def _read(number: int, part: str, *, has_third: bool, allow_zero: bool) -> TypedLine:
    words = _words(part, has_third=has_third)
    at = _find_quantity(words, has_third=has_third)
    name = " ".join(word.text for word in words[:at]).strip()
    behind = [word.text for word in words[at + 1 :]]
    unit = _take_unit(words[at].text, behind, has_third=has_third)
    quantity = read_quantity(f"{words[at].text} {unit}".strip(), allow_zero=allow_zero)
    return TypedLine(number, part[:_MAX_SHOWN], name, quantity, " ".join(behind))


def _divide(part: str, *, has_third: bool) -> list[_Word]:
    """Split at blanks, but for those inside of one number: `1 1/2`, `3 x 12`, `half a dozen`."""

    def keep(found: re.Match[str]) -> str:
        return _BLANK.sub(_KEPT, found[0])

    def keep_times(found: re.Match[str]) -> str:
        # `3 x 12.50` may be three at that price.
        behind = found[3] or ""
        is_clear = not has_third or _NUMBER.match(behind) or (behind and is_known_unit(behind))
        return keep(found) if is_clear else found[0]

    text = _TIMES.sub(keep_times, _WORDS.sub(keep, _FRACTION.sub(keep, part)))
    if " " in text.strip() or "\t" in text:
        # Where all blanks are such, they divide words.
        text = _GROUPS.sub(keep, text)
    return [_Word(word.replace(_KEPT, " ")) for word in text.split()]


def _words(part: str, *, has_third: bool) -> list[_Word]:
    """Split at blanks; a name in quotes is one word, and begins the line."""
    closing = _QUOTES.get(part[0])
    if closing is None:
        return _divide(part, has_third=has_third)
    end = 1
    while end < len(part):
        if part[end] in closing:
            if part[end : end + 2] != '""':
                break
            end += 1
        end += 1
    name = part[1:end].replace('""', '"')
    behind = _divide(part[end + 1 :], has_third=has_third)
    return [_Word(name, is_quoted=True), *behind]


def _find_quantity(words: Sequence[_Word], *, has_third: bool) -> int:
    """Return which word is the quantity; raises NoQuantity."""
    numbers = [at for at, word in enumerate(words) if at and _NUMBER.match(word.text)]
    if words[0].is_quoted:
        numbers = [at for at in numbers if at == 1]
    if not has_third:
        # Behind the quantity there is nothing but its unit.
        numbers = [at for at in numbers if len(words) - at <= _MAX_UNIT_WORDS + 1][-1:]
    if not numbers:
        raise NoQuantity
    return numbers[0]


def _take_unit(number: str, behind: list[str], *, has_third: bool) -> str:
    """Take the unit off what is behind a number: all of it, or a known one before a third thing."""
    if not behind or (has_third and any(c.isalpha() and c not in "xX" for c in number)):
        return ""
    if not has_third:
        unit, behind[:] = " ".join(behind), []
        return unit
    if is_unit(behind[0]) and is_known_unit(behind[0]):
        return behind.pop(0)
    return ""
