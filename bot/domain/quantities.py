"""Quantities: exact decimals with three places, from what people type to what they read."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.domain.names import without_meaningless
from bot.domain.quantity_forms import GROUPED, Form, take_form
from bot.errors import InvalidValue, RuleBroken

PLACES = 3
# With the places of a column: what is written and hashed looks alike on both engines.
ZERO: Final = Decimal("0.000")
MAX_QUANTITY = Decimal("999999999.999")
# How much of an item's own unit another unit is.
FACTOR_PLACES = 6
MAX_FACTOR = Decimal("999999999.999999")
# What a location may hold at most; a thousand moves of the largest size fit.
MAX_LEVEL = Decimal("999999999999.999")

_MAX_TYPED: Final = 40
# A number, and perhaps a unit behind it, which begins with a letter, `%` or `°`.
_TYPED: Final = re.compile(r"([+-]?)([0-9.,]{1,80})\s*([^\n]{0,40})")
_SPACED: Final = re.compile(rf"[+-]?{GROUPED}")
_TWO: Final = 2
_NO_DIGIT: Final = re.compile(r"[^0-9+-]")
# Behind a digit these are another way of writing a number (`1e3`, `0x10`), never a unit.
_NO_UNIT: Final = re.compile(r"[ex][+-]?[0-9]+", re.IGNORECASE)
_PLAIN: Final = re.compile(r"([0-9]*)(?:\.([0-9]+))?")
_DECIMAL_COMMA: Final = re.compile(r"([0-9]*),([0-9]+)")
_ONE_GROUP: Final = re.compile(r"([1-9][0-9]{0,2}),([0-9]{3})")
# Both marks, or the same mark twice: the last one of two kinds is the decimal mark.
_GROUPED: Final = (
    re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?"),
    re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)"),
    re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){2,})()"),
)
_MARKS: Final = str.maketrans({"\u066b": ".", "\u066c": ",", "\u2212": "-", "\u3002": "."})


@dataclass(frozen=True, slots=True)
class TypedQuantity:
    """A quantity as it was typed: the number, and the unit behind it if there was one."""

    value: Decimal
    unit: str = ""


@dataclass(eq=False)
class AmbiguousQuantity(RuleBroken):
    """A number that can be read in two ways, such as `1,000`: a thousand, or one.

    Without a second the first is the only one that is possible, and still not what was typed.
    """

    field: str
    typed: str
    first: Decimal
    second: Decimal | None
    unit: str = ""


def read_quantity(text: str, *, field: str = "quantity", allow_zero: bool = False) -> TypedQuantity:
    """Read a quantity as people type it: `3`, `2.5`, `2,5`, `1/2`, `3 x 12`, with a unit.

    Raises AmbiguousQuantity for what may be two numbers, and InvalidValue for what is none, is
    out of bounds or has a fourth decimal that counts.
    """
    return _read_any(text, field=field, allow_zero=allow_zero, bounds=(PLACES, MAX_QUANTITY))


def read_count(text: str) -> TypedQuantity:
    """Read how much was counted, which may be zero; raises as `read_quantity` does.

    A sign says how much more there is: that is never taken for what is there.
    """
    if to_ascii_digits(without_meaningless(text)).strip().startswith("+"):
        raise InvalidValue(field="counted", reason="signed", value=text.strip()[:_MAX_TYPED])
    return read_quantity(text, field="counted", allow_zero=True)


def read_factor(text: str) -> TypedQuantity:
    """Read how much of its own unit an item's other unit is, to six places; zero is none."""
    bounds = (FACTOR_PLACES, MAX_FACTOR)
    return _read_any(text, field="factor", allow_zero=True, bounds=bounds)


def read_number(
    text: str, *, field: str, allow_zero: bool = False, places: int, limit: Decimal
) -> TypedQuantity:
    """Read a number of so many places, at most a limit; raises as `read_quantity` does."""
    digits = _in_digits(text)
    return _read(digits, text, field=field, allow_zero=allow_zero, bounds=(places, limit))


def _read_any(
    text: str, *, field: str, allow_zero: bool, bounds: tuple[int, Decimal]
) -> TypedQuantity:
    form = take_form(_in_digits(text))
    if form.is_plain:
        return _read(form.plain, text, field=field, allow_zero=allow_zero, bounds=bounds)
    return _read_form(form, text, field=field, allow_zero=allow_zero, bounds=bounds)


def _in_digits(text: str) -> str:
    return to_ascii_digits(without_meaningless(text).strip())


def _not_a_number(field: str, typed: str) -> InvalidValue:
    shown = without_meaningless(typed).strip()[:_MAX_TYPED]
    return InvalidValue(field=field, reason="not_a_number", value=shown)


def _take_apart(digits: str) -> tuple[str, str, str] | None:
    """Return the sign, the number and the unit of a text, or None."""
    if spaced := _SPACED.match(digits):
        digits = _NO_DIGIT.sub("", spaced[0]) + digits[spaced.end() :]
    found = _TYPED.fullmatch(digits)
    if found is None:
        return None
    sign, number, unit = (part.strip() for part in found.groups())
    return None if unit and not is_unit(unit) else (sign, number, unit)


def _read(
    digits: str, text: str, *, field: str, allow_zero: bool, bounds: tuple[int, Decimal]
) -> TypedQuantity:
    apart = _take_apart(digits)
    if apart is None:
        raise _not_a_number(field, text)
    sign, number, unit = apart
    typed = without_meaningless(text).strip()

    def kept(parts: tuple[str, str]) -> Decimal:
        value = _keep(sign, parts, typed, field=field, bounds=bounds)
        return _require(value, field=field, allow_zero=allow_zero, bounds=bounds)

    readings = [kept(parts) for parts in _readings(number)]
    if not readings:
        raise _not_a_number(field, text)
    if len(readings) > 1:
        raise AmbiguousQuantity(field, typed[:_MAX_TYPED], readings[0], readings[1], unit)
    return TypedQuantity(readings[0], unit)


def _readings(number: str) -> Iterator[tuple[str, str]]:
    """Yield the digits before and behind the decimal mark, in each way a number can be read."""
    grouped = _ONE_GROUP.fullmatch(number)
    if grouped is not None:
        whole, behind = grouped.groups()
        yield whole + behind, ""
        yield whole, behind
    elif (parts := _split(number)) is not None:
        yield parts


def _read_form(
    form: Form, text: str, *, field: str, allow_zero: bool, bounds: tuple[int, Decimal]
) -> TypedQuantity:
    """Read what is more than one number: all that it takes is exact, or it is refused."""
    apart = [_take_apart(each) for each in (form.plain, *form.times)]
    numbers = list[list[Fraction]]()
    for each in apart:
        sign, number, _unit = each or ("", "", "")
        parts = list(_readings(number))
        numbers.append([Fraction(f"{sign}{w or 0}.{f or 0}") for w, f in parts if w or f])
    found = form.apply_all(numbers[0], numbers[1:])
    typed = without_meaningless(text).strip()[:_MAX_TYPED]
    if apart[0] is None or not 1 <= len(found) <= _TWO:
        raise _not_a_number(field, text)
    exact = [to_exact(value, typed, field=field, places=bounds[0]) for value in found]
    kept = [_require(value, field=field, allow_zero=allow_zero, bounds=bounds) for value in exact]
    unit = apart[0][2]
    if len(kept) > 1:
        raise AmbiguousQuantity(field, typed, kept[0], kept[1], unit)
    return TypedQuantity(kept[0], unit)


def to_exact(value: Fraction, typed: str, *, field: str, places: int = PLACES) -> Decimal:
    """Return a fraction as a number of so many places; raises InvalidValue if it is none."""
    steps = value * 10**places
    if abs(value) > MAX_LEVEL:
        raise InvalidValue(field=field, reason="too_large", limit=MAX_QUANTITY)
    if steps.denominator != 1:
        raise InvalidValue(field=field, reason="not_exact", value=typed, limit=places)
    return Decimal(steps.numerator).scaleb(-places)


def is_unit(text: str) -> bool:
    """Whether a text is read as a unit behind a number: it begins with a letter, `%` or `°`."""
    return (text[0].isalpha() or text[0] in "%°") and _NO_UNIT.fullmatch(text) is None


def parse_quantity(text: str, *, field: str = "quantity", allow_zero: bool = False) -> Decimal:
    """Read a number alone, without a unit; raises as `read_quantity` does."""
    read = read_quantity(text, field=field, allow_zero=allow_zero)
    if read.unit:
        raise InvalidValue(field=field, reason="not_a_number", value=text.strip()[:_MAX_TYPED])
    return read.value


def require_quantity(
    value: Decimal,
    *,
    field: str = "quantity",
    allow_zero: bool = False,
    limit: Decimal = MAX_QUANTITY,
) -> Decimal:
    """Return the quantity if a move can carry it, in three places; raise InvalidValue if not."""
    return _require(value, field=field, allow_zero=allow_zero, bounds=(PLACES, limit))


def _require(
    value: Decimal, *, field: str, allow_zero: bool, bounds: tuple[int, Decimal]
) -> Decimal:
    places, limit = bounds
    if not value.is_finite():
        raise InvalidValue(field=field, reason="not_a_number")
    if value < 0 or (value == 0 and not allow_zero):
        raise InvalidValue(field=field, reason="negative" if allow_zero else "not_positive")
    if value > limit:
        raise InvalidValue(field=field, reason="too_large", limit=limit)
    exact = value.quantize(Decimal(1).scaleb(-places))
    if exact != value:
        raise InvalidValue(field=field, reason="too_many_decimals", limit=places)
    return abs(exact)  # minus zero is zero


def format_quantity(value: Decimal) -> str:
    """Write a quantity as people do: `3`, `2.5`, never `3.000` or `1E+3`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_ascii_digits(text: str) -> str:
    """Return the text with the digits and marks of other scripts and widths as plain ones.

    Superscripts and fractions stay: `2²` is no number, and `m²` is a unit.
    """
    if text.isascii():
        return text
    wide = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text
    )
    marked = wide.translate(_MARKS)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in marked)


def _split(number: str) -> tuple[str, str] | None:
    """Return the digits before and behind the decimal mark, or None."""
    for pattern in (_PLAIN, _DECIMAL_COMMA, *_GROUPED):
        found = pattern.fullmatch(number)
        if found is not None:
            whole, fraction = found.groups()
            return whole.replace(",", "").replace(".", ""), fraction or ""
    return None


def _keep(
    sign: str, parts: tuple[str, str], typed: str, *, field: str, bounds: tuple[int, Decimal]
) -> Decimal:
    places, limit = bounds
    whole, fraction = parts[0].lstrip("0"), parts[1].rstrip("0")
    if len(fraction) > places:
        raise InvalidValue(
            field=field, reason="too_many_decimals", value=typed[:_MAX_TYPED], limit=places
        )
    if len(whole) > len(str(int(limit))):
        raise InvalidValue(field=field, reason="too_large", limit=limit)
    return Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")
