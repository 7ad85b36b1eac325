"""Numbers in a column: whether a comma or a point divides them is decided for all of it.

`1.250` is 1250 among `87,5` and `12,75`, and 1.25 among `87.5`. Alone it is either, and no one but
the person who sent it knows which.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from bot.domain.quantities import (
    MAX_LEVEL,
    AmbiguousQuantity,
    TypedQuantity,
    is_unit,
    require_quantity,
    to_ascii_digits,
    to_exact,
)
from bot.domain.quantity_forms import take_form
from bot.domain.sheets import EXACT
from bot.errors import InvalidValue

Mark = Literal[",", "."]
_OTHER: Final[dict[str, Mark]] = {",": ".", ".": ","}
_MAX_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"([+-]?)([0-9.,]{1,80})\s*([^\n]{0,40})")
# Between groups of three, in some countries.
SPACES: Final = re.compile(r"(?<=[0-9])[ \u00a0\u2007\u2009\u202f'\u2019](?=[0-9]{3}(?![0-9]))")
# Written in a few countries alone: it says of its own cell what divides decimals, not of others.
_APOSTROPHES: Final = re.compile(r"[0-9]['\u2019][0-9]{3}")
_GROUP: Final = 3


@dataclass(frozen=True, slots=True)
class _Body:
    """The digits of a number, by what its marks can mean."""

    whole: str
    fraction: str = ""
    mark: Mark | None = None  # what divides it, if that is certain
    could_be: Mark | None = None  # what it has, and may be either


def find_mark(cells: Iterable[str]) -> Mark | None:
    """Return what divides the decimals of a column; None if nothing says so, or both do."""
    found, apart = set[Mark](), set[Mark]()
    for cell in cells:
        parts = None if cell.endswith(EXACT) else _take_apart(cell)
        body = None if parts is None else _read_body(parts[1])
        if body is not None and body.mark is not None:
            (apart if _APOSTROPHES.search(cell) else found).add(body.mark)
    said = found or apart
    return said.pop() if len(said) == 1 else None


def is_ambiguous(cell: str) -> bool:
    """Whether a cell is a number whose mark may be of decimals or of thousands."""
    parts = None if cell.endswith(EXACT) else _take_apart(cell)
    body = None if parts is None else _read_body(parts[1])
    return body is not None and body.could_be is not None


def read_cell(
    cell: str, mark: Mark | None, *, field: str, allow_zero: bool = True
) -> TypedQuantity:
    """Read a cell as a quantity, perhaps with its unit.

    Raises InvalidValue, and AmbiguousQuantity where the column leaves open what its mark means.
    """
    try:
        read = _read_form(cell, mark, field=field)
        kept = require_quantity(read.value, field=field, allow_zero=allow_zero, limit=MAX_LEVEL)
    except InvalidValue as error:
        error.value = _shown(cell)
        raise
    return TypedQuantity(kept, read.unit)


def _read_form(cell: str, mark: Mark | None, *, field: str) -> TypedQuantity:
    """Read a cell that may be more than one number, such as `1/2` or `3 x 12`."""
    form = take_form(to_ascii_digits(cell[: 4 * _MAX_SHOWN]))
    if cell.endswith(EXACT) or form.is_plain:
        exact_or_plain = cell if cell.endswith(EXACT) else form.plain
        return read_number_cell(exact_or_plain, mark, field=field)
    shown, unit = _shown(cell), ""
    readings = list[list[Fraction]]()
    for text in (form.plain, *form.times):
        try:
            read = read_number_cell(text, mark, field=field)
        except AmbiguousQuantity as error:
            readings.append([Fraction(each) for each in (error.first, error.second) if each])
            unit = unit or error.unit
        else:
            readings.append([Fraction(read.value)])
            unit = unit or read.unit
    found = form.apply_all(readings[0], readings[1:])
    exact = [to_exact(value, shown, field=field) for value in found]
    if len(exact) > 1:
        raise AmbiguousQuantity(field, shown, exact[0], exact[1], unit)
    return TypedQuantity(exact[0], unit)


def read_number_cell(cell: str, mark: Mark | None, *, field: str) -> TypedQuantity:
    """Read a cell as a number of any size and places, perhaps with a unit; raises as `read_cell`.

    A cell that leaves no doubt is read as it is, whatever its column says.
    """
    is_exact = cell.endswith(EXACT)
    parts = _take_apart(cell.rstrip(EXACT))
    shown = _shown(cell)
    if parts is None:
        raise InvalidValue(field=field, reason="not_a_number", value=shown)
    sign, number, unit = parts
    body = _read_body(number)
    if body is None or (unit and not is_unit(unit)):
        raise InvalidValue(field=field, reason="not_a_number", value=shown)
    known: Mark | None = "." if is_exact else mark
    return TypedQuantity(_value(sign, body, known, field, shown, unit), unit)


def _shown(cell: str) -> str:
    return cell.strip().rstrip(EXACT)[:_MAX_SHOWN]


def _value(sign: str, body: _Body, mark: Mark | None, field: str, shown: str, unit: str) -> Decimal:
    if body.could_be is None:
        return Decimal(f"{sign}{body.whole}.{body.fraction or '0'}")
    grouped = Decimal(f"{sign}{body.whole}{body.fraction}")
    divided = Decimal(f"{sign}{body.whole}.{body.fraction}")
    if mark is None:
        raise AmbiguousQuantity(field, shown, grouped, divided, unit)
    return divided if mark == body.could_be else grouped


def _take_apart(cell: str) -> tuple[str, str, str] | None:
    """Return sign, number and unit of a cell."""
    text = to_ascii_digits(cell[: 4 * _MAX_SHOWN]).strip()
    found = _NUMBER.fullmatch(SPACES.sub("", text))
    if found is None:
        return None
    sign, number, unit = found.groups()
    return sign, number, unit.strip()


def _read_body(number: str) -> _Body | None:
    marks = [sign for sign in number if sign in ".,"]
    if not marks:
        return _Body(number.lstrip("0") or "0") if number.isdecimal() else None
    last = marks[-1]
    if len(set(marks)) == 2:  # noqa: PLR2004  # a mark of decimals and one of thousands
        whole, _, fraction = number.rpartition(last)
        groups = whole.split(_OTHER[last])
        if last in whole or not fraction or not _are_groups(groups):
            return None
        return _Body("".join(groups), fraction, mark="," if last == "," else ".")
    if len(marks) > 1:
        groups = number.split(last)
        return _Body("".join(groups), mark=_OTHER[last]) if _are_groups(groups) else None
    return _read_single(number, last)


def _read_single(number: str, last: str) -> _Body | None:
    """Read a number with one mark, which may divide decimals or thousands."""
    whole, _, fraction = number.partition(last)
    if not (whole or fraction):
        return None
    divider: Mark = "," if last == "," else "."
    if len(fraction) == _GROUP and 1 <= len(whole) <= _GROUP and not whole.startswith("0"):
        return _Body(whole, fraction, could_be=divider)
    return _Body(whole or "0", fraction or "0", mark=divider if fraction else None)


def _are_groups(groups: list[str]) -> bool:
    first, *rest = groups
    return 1 <= len(first) <= _GROUP and bool(rest) and all(len(group) == _GROUP for group in rest)
