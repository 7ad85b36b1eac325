"""Days as people type them."""

import calendar
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.names import key_of
from bot.errors import InvalidValue, RuleBroken

_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)
# On labels `03/27` is a month: a day has a year behind it.
_MONTH: Final = re.compile(r"(\d{1,2})[/.](\d{4})|(\d{2})/([2-5]\d)|(\d{4})[-/](\d{1,2})", re.ASCII)
# As GS1 prints them: `260301`, and `260300` for a month; `20260301`.
_PACKED: Final = re.compile(r"((?:19|20|21)\d{2}|\d{2})(0[1-9]|1[0-2])([0-3]\d)", re.ASCII)
_NAMED: Final = re.compile(r"(?:(\d{1,2})\.?[\s-]*)?([^\W\d_]{3,10})\.?[\s,-]*(\d{4}|\d{2})")
_NAMED_FIRST: Final = re.compile(r"([^\W\d_]{3,10})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,\s*(\d{4})")
# The beginnings of months in English, German, French and Spanish, where they name one alone.
_STEMS: Final = (
    "jan jän ene",
    "feb fév fev",
    "mar mär mrz",
    "apr avr abr",
    "may mai mayo",
    "jun juin",
    "jul juil",
    "aug aoû aou ago",
    "sep",
    "oct okt",
    "nov",
    "dec dez déc dic",
)
_FULL_NAMES: Final = re.compile(
    "january|januar|jänner|janvier|enero|february|februar|février|fevrier|febrero|march|märz|maerz|"
    "mars|marzo|april|avril|abril|may|mai|mayo|june|juni|juin|junio|july|juli|juillet|julio|august|"
    "août|aout|agosto|september|septembre|septiembre|sept|october|oktober|octobre|octubre|"
    "november|novembre|noviembre|december|dezember|décembre|diciembre"
)
_SHORT_NAME: Final = 4
_NAMED_AHEAD: Final = {
    **dict.fromkeys(("yesterday", "gestern", "hier", "ayer"), -1),
    **dict.fromkeys(("today", "heute", "aujourd'hui", "hoy"), 0),
    **dict.fromkeys(("tomorrow", "morgen", "demain", "mañana"), 1),
}
_SIX: Final = re.compile(r"\d{4}(?!00)\d{2}", re.ASCII)
# Of six digits the year is one of these: labels and people differ in where they put it.
_RECENT: Final = range(2015, 2070)
_DAY: Final = timedelta(days=1)
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


def _written_out(text: str) -> str:
    """Return a day as numbers with signs between: `5 March 2026`, `Feb 2026`, `260301`."""
    if packed := _PACKED.fullmatch(text):
        day = "" if packed[3] == "00" else f"-{packed[3]}"
        return f"{_CENTURY // 100}{packed[1]}"[-4:] + f"-{packed[2]}{day}"
    found = _NAMED.fullmatch(text)
    day, name, year = found.groups(default="") if found else ("", "", "")
    if found is None and (first := _NAMED_FIRST.fullmatch(text)):
        name, day, year = first.groups()
    word = name.casefold()
    if len(word) > _SHORT_NAME and not _FULL_NAMES.fullmatch(word):
        return text
    month = next(
        (n for n, stems in enumerate(_STEMS, 1) if word.startswith(tuple(stems.split()))), 0
    )
    if not word or not month:
        return text
    year = year if len(year) > _SHORT_YEAR else f"{_CENTURY + int(year)}"
    return f"{day}.{month}.{year}" if day else f"{year}-{month}"


def _read_six(typed: str, field: str) -> date:
    """Read `260301` as labels have it or `010326` as people write it; raises as `parse_day`."""
    found = list[date]()
    for form in ("%y%m%d", "%d%m%y"):
        with suppress(ValueError):
            found.append(datetime.strptime(typed, form).date())  # noqa: DTZ007  # a day alone
    days = list(dict.fromkeys(day for day in found if day.year in _RECENT))
    if not days:
        raise InvalidValue(field=field, reason="not_a_day", value=typed)
    if len(days) > 1:
        raise AmbiguousDay(field, typed, *days)
    return days[0]


def is_month(asked: AmbiguousDay) -> bool:
    """Whether a month was typed, which may be its last day or its first."""
    return asked.second == asked.first.replace(day=1) and (asked.first + _DAY).day == 1


def looks_like_day(text: str) -> bool:
    """Whether something is written as a day is, be there such a day or not."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return any(form.fullmatch(plain) for form in (_ISO, _DOTTED, _SLASHED, _MONTH))


def days_ahead(text: str) -> int | None:
    """Return how many days after today a word such as `tomorrow` is; None for any other text."""
    return _NAMED_AHEAD.get(key_of(text).replace("\u2019", "'"))


def parse_day(text: str, *, field: str, today: date | None = None) -> date:
    """Read a day: `2027-03-01`, `1.3.2027`, `13/3/2027`, `5 March 2027`, `tomorrow`.

    Words take it which day it is. Raises AmbiguousDay for what may be two days (`1/3/2027`,
    `03/2027`), InvalidValue for what is none.
    """
    ahead = None if today is None else days_ahead(text)
    if today is not None and ahead is not None:
        return today + timedelta(days=ahead)
    return _parse_date(text, field=field)


def _parse_date(text: str, *, field: str) -> date:
    plain = unicodedata.normalize("NFKC", text).strip()
    typed = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    written = _written_out(typed)
    refusal = InvalidValue(field=field, reason="not_a_day", value=typed[:40])

    def made(digits: str, month: int, day: int) -> date:
        # `0001` is no short way to write 2001.
        year = int(digits) + (_CENTURY if len(digits) == _SHORT_YEAR else 0)
        if year not in _YEARS:
            raise refusal
        try:
            return date(year, month, day)
        except ValueError as error:
            raise refusal from error

    if _SIX.fullmatch(typed):
        return _read_six(typed, field)
    if found := _ISO.fullmatch(written):
        return made(found[1], int(found[3]), int(found[4]))
    if found := _DOTTED.fullmatch(written):
        return made(found[3], int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(written):
        first, second, year = int(found[1]), int(found[2]), found[3]
        if first == second or max(first, second) > _MONTHS:
            return made(year, min(first, second), max(first, second))
        raise AmbiguousDay(field, typed, made(year, second, first), made(year, first, second))
    if found := _MONTH.fullmatch(written):
        month = int(found[1] or found[3] or found[6])
        year = found[2] or found[4] or found[5]
        begin = made(year, month, 1)
        end = begin.replace(day=calendar.monthrange(begin.year, month)[1])
        raise AmbiguousDay(field, typed, end, begin)
    raise refusal
