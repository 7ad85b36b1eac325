"""Quantities: exact decimals with three places, from what people type to what they read."""

import re
from decimal import Decimal

from bot.errors import InvalidValue

PLACES = 3
MAX_QUANTITY = Decimal("999999999.999")
# What a location may hold at most; a thousand moves of the largest size fit.
MAX_LEVEL = Decimal("999999999999.999")

_NUMBER = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{1,40}))?", re.ASCII)


def parse_quantity(text: str, *, field: str = "quantity", allow_zero: bool = False) -> Decimal:
    """Read a quantity as typed, such as `3` or `2.5`.

    Raises InvalidValue for anything else: no exponents, no separators, no fourth decimal.
    """
    typed = text.strip()
    found = _NUMBER.fullmatch(typed)
    if found is None:
        raise InvalidValue(field=field, reason="not_a_number", value=typed[:40])
    sign, whole, fraction = found.groups()
    if fraction and len(fraction) > PLACES:
        raise InvalidValue(field=field, reason="too_many_decimals", value=typed[:40], limit=PLACES)
    if len(whole.lstrip("0")) > len(str(int(MAX_QUANTITY))):
        raise InvalidValue(field=field, reason="too_large", limit=MAX_QUANTITY)
    value = Decimal(f"{whole}.{fraction or '0'}")
    return require_quantity(-value if sign == "-" else value, field=field, allow_zero=allow_zero)


def require_quantity(
    value: Decimal, *, field: str = "quantity", allow_zero: bool = False
) -> Decimal:
    """Return the quantity if a move can carry it, in three places; raise InvalidValue if not."""
    if not value.is_finite():
        raise InvalidValue(field=field, reason="not_a_number")
    if value < 0 or (value == 0 and not allow_zero):
        raise InvalidValue(field=field, reason="negative" if allow_zero else "not_positive")
    if value > MAX_QUANTITY:
        raise InvalidValue(field=field, reason="too_large", limit=MAX_QUANTITY)
    exact = value.quantize(Decimal("0.001"))
    if exact != value:
        raise InvalidValue(field=field, reason="too_many_decimals", limit=PLACES)
    return abs(exact)  # minus zero is zero


def format_quantity(value: Decimal) -> str:
    """Write a quantity as people do: `3`, `2.5`, never `3.000` or `1E+3`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
