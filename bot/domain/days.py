"""Days as people type them."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.errors import InvalidValue, RuleBroken

_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)
# On labels `03/27` is a month: a day has a year behind it.
_MONTH: Final = re.compile(r"(\d{1,2})[/.](\d{4})|(\d{2})/([2-5]\d)|(\d{4})[-/](\d{1,2})", re.ASCII)
_CENTURY: Final = 2000
_SHORT_YEAR: Final = 2
_YEARS: Final = range(1990, 2200)
_MONTHS: Final = 12


@dataclass(eq=False)
class AmbiguousDay(RuleBroken):
    """A day that can be read in two ways, such as `1/3/2027` or `03/2027`."""

    field: str
    typed: str
    first: date
    second: date


def is_month(asked: AmbiguousDay) -> bool:
    """Whether a month was typed, which may be its last day or its first."""
    return asked.first.month == asked.second.month


def looks_like_day(text: str) -> bool:
    """Whether something is written as a day is, be there such a day or not."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return any(form.fullmatch(plain) for form in (_ISO, _DOTTED, _SLASHED, _MONTH))


def parse_day(text: str, *, field: str) -> date:
    """Read a day: `2027-03-01`, `1.3.2027`, `01.03.27` or `13/3/2027`, in any digits.

    Raises AmbiguousDay for what may be two days (`1/3/2027`, `03/2027`), InvalidValue for what is
    none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    typed = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    refusal = InvalidValue(field=field, reason="not_a_day", value=typed[:40])

    def made(written: str, month: int, day: int) -> date:
        # `0001` is no short way to write 2001.
        year = int(written) + (_CENTURY if len(written) == _SHORT_YEAR else 0)
        if year not in _YEARS:
            raise refusal
        try:
            return date(year, month, day)
        except ValueError as error:
            raise refusal from error

    if found := _ISO.fullmatch(typed):
        return made(found[1], int(found[3]), int(found[4]))
    if found := _DOTTED.fullmatch(typed):
        return made(found[3], int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(typed):
        first, second, year = int(found[1]), int(found[2]), found[3]
        if first == second or max(first, second) > _MONTHS:
            return made(year, min(first, second), max(first, second))
        raise AmbiguousDay(field, typed, made(year, second, first), made(year, first, second))
    if found := _MONTH.fullmatch(typed):
        month = int(found[1] or found[3] or found[6])
        year = found[2] or found[4] or found[5]
        begin = made(year, month, 1)
        end = begin.replace(day=calendar.monthrange(begin.year, month)[1])
        raise AmbiguousDay(field, typed, end, begin)
    raise refusal
