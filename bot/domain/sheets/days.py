"""Days in a column: whether the day or the month comes first is decided for all of it.

`01/02/2027` is 1 February beside `15/01/2027` and 2 January beside `01/15/2027`. Alone it is
either. With points between the day comes first, unless the column says otherwise.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from bot.domain.days import AmbiguousDay, is_month, parse_day
from bot.domain.quantities import to_ascii_digits
from bot.errors import InvalidValue

First = Literal["day", "month"]
_PARTS: Final = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})", re.ASCII)
# Days as other programs export them have a time behind them.
_MIDNIGHT: Final = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_MONTHS: Final = 12


def find_first(cells: Iterable[str]) -> First | None:
    """Return what comes first in the days of a column; None if nothing says so, or both do."""
    found = set[First]()
    for cell in cells:
        parts = _take_apart(cell)
        if parts is not None and max(parts[:2]) > _MONTHS:
            found.add("day" if parts[0] > _MONTHS else "month")
    return found.pop() if len(found) == 1 else None


def is_open(cell: str) -> bool:
    """Whether a cell may be two days, and how it is written does not say which."""
    parts = _take_apart(cell)
    if parts is None or parts[3] == ".":
        return False
    return max(parts[:2]) <= _MONTHS and parts[0] != parts[1]


def read_day_cell(cell: str, first: First | None, *, field: str) -> date:
    """Read a cell as a day; raises InvalidValue, and AmbiguousDay for what may be two."""
    text = _MIDNIGHT.sub("", cell.strip())
    parts = _take_apart(text)
    if parts is None:
        return parse_day(text, field=field)
    one, two, year, sign = parts
    is_month_first = two > _MONTHS or (first == "month" and one <= _MONTHS)
    if first is None and sign != "." and is_open(text):
        return parse_day(f"{one}/{two}/{year}", field=field)
    day, month = (two, one) if is_month_first else (one, two)
    return parse_day(f"{day}.{month}.{year}", field=field)


def read_last_day(cell: str, first: First | None, *, field: str) -> date:
    """Read a cell likewise, and a month (`03.2027`) as its last day."""
    try:
        return read_day_cell(cell, first, field=field)
    except AmbiguousDay as error:
        if is_month(error):
            return error.first
        raise


def find_month(cells: Iterable[str]) -> str | None:
    """Return the first cell of a column that names a month and no day."""
    for cell in cells:
        try:
            parse_day(cell, field="day")
        except AmbiguousDay as error:
            if is_month(error):
                return cell.strip()
        except InvalidValue:
            continue
    return None


def _take_apart(cell: str) -> tuple[int, int, str, str] | None:
    text = _MIDNIGHT.sub("", to_ascii_digits(cell).strip())
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    return int(found[1]), int(found[3]), found[4], found[2]
