"""Amounts of money as people type them: `12.90`, `12,90 €`, `USD 1'299.00`, `12.90/100`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from bot.domain.money import CURRENCIES, MAX_UNIT_PRICE, UNIT_PRICE_PLACES, Money, places_of
from bot.domain.names import without_meaningless
from bot.domain.quantities import (
    MAX_QUANTITY,
    PLACES,
    AmbiguousQuantity,
    read_number,
    to_ascii_digits,
)
from bot.domain.units import is_same_unit
from bot.errors import InvalidValue

MAX_TOTAL: Final = Decimal("99999999999999.999")
_MAX_TYPED: Final = 40
# What a sign may stand for: a guild that keeps its books in one of these means that one.
_SIGNS: Final = {
    "€": ("EUR",),
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "₽": ("RUB",),
    "₴": ("UAH",),
    "₫": ("VND",),
    "₪": ("ILS",),
    "FR": ("CHF",),
    "FR.": ("CHF",),
    "SFR": ("CHF",),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "ZŁ": ("PLN",),
    "KČ": ("CZK",),
    "US$": ("USD",),
}
# In a currency of fewer places than three these are thousands, or what was typed is wrong.
_ONE_GROUP: Final = re.compile(r"\+?([1-9][0-9]{0,2})[.,]([0-9]{3})")
# Words between a price and what it is of.
PER_WORDS: Final = "per|je|pro|pour|par|por|à|a"
_NUMBER: Final = r"[+-]?[0-9.,]+"
_TYPED: Final = re.compile(
    rf"(?P<before>[^\d\s.,+-]{{0,4}}\.?)\s*(?P<number>{_NUMBER})\s*(?P<behind>[^\d\s/.,+-]{{0,4}}\.?)"
    rf"\s*(?:(?:/|(?:{PER_WORDS})\s)\s*(?P<per>{_NUMBER})"
    r"\s*(?P<last>[^\d\s/.,+-]{0,4}))?",
    re.IGNORECASE,
)
# `1.299,-` is whole, with a dash of any length.
_NO_CENTS: Final = re.compile(r"(?<=[0-9])([.,])\s?[-\u2013\u2014]+(?![0-9])")
# The unit that a price is of: `/ Stk`, `je 100 Stück`, `per 100 pcs`.
_PER_UNIT: Final = re.compile(
    rf"(?P<sign>/|(?<!\w)(?:{PER_WORDS})\s)\s*(?P<per>[0-9.,]*)"
    r"\s*(?P<unit>[^\W\d_](?:[^/]{0,30}[^\s/.])?)\.?$",
    re.IGNORECASE,
)
# Blanks and apostrophes between groups of three digits: `1 299,00`, `1'299.00`.
_GROUPS: Final = re.compile(r"(?<=\d)[\s'\u2019\u00a0\u202f](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price of one unit, to six places; the unit as it was typed, empty if none was."""

    amount: Decimal
    currency: str
    unit: str = ""


def read_unit_price(
    text: str, currency: str, *, field: str = "amount", units: Sequence[str] = ()
) -> UnitPrice:
    """Read the price of one unit, or of so many: `12.90/100` is 0.129.

    `units` are names of units even where a currency is called so: `12 / PEN`.

    Raises AmbiguousQuantity for what may be two numbers, and InvalidValue for what is none, is
    of an unknown currency, or has a seventh decimal that counts.
    """
    number, per, code, unit = _take_apart(text, currency, field, units)
    behind = f"{code} / {f'{per} {unit}'.strip()}" if per or unit else code
    amount = _read(text, number, behind, field, places=UNIT_PRICE_PLACES, limit=MAX_UNIT_PRICE)
    if per:
        divisor = read_number(per, field=field, places=PLACES, limit=MAX_QUANTITY).value
        amount = divide_price(amount, divisor, field=field)
    return UnitPrice(amount, code, unit)


def read_total(text: str, currency: str, *, field: str = "total") -> Money:
    """Read an amount of money, to its currency's own places; raises as `read_unit_price` does.

    Three digits behind the only mark are more than most currencies have: `1.000` is asked back.
    """
    number, per, code, unit = _take_apart(text, currency, field)
    if per or unit:
        raise InvalidValue(field=field, reason="not_an_amount", value=_shown(text))
    places = places_of(code)
    _require_no_thousands(text, number, code, field, places)
    return Money(_read(text, number, code, field, places=places, limit=MAX_TOTAL), code)


def divide_price(amount: Decimal, divisor: Decimal, *, field: str = "amount") -> Decimal:
    """Return the price of one of so many, exact to six places; raises InvalidValue."""
    with localcontext(prec=60):
        exact = amount / divisor
        price = exact.quantize(Decimal(1).scaleb(-UNIT_PRICE_PLACES))
        if price * divisor != amount:
            raise InvalidValue(field=field, reason="too_many_decimals", limit=UNIT_PRICE_PLACES)
    if price > MAX_UNIT_PRICE:
        raise InvalidValue(field=field, reason="too_large", limit=MAX_UNIT_PRICE)
    return price


def find_currency(sign: str, currency: str) -> str | None:
    """Return the code that a sign or a code means in books of a currency, None if it is none."""
    wanted = sign.strip().upper()
    if wanted in CURRENCIES:
        return wanted
    codes = _SIGNS.get(wanted, ())
    return currency if currency in codes else next(iter(codes), None)


def _require_no_thousands(text: str, number: str, code: str, field: str, places: int) -> None:
    grouped = _ONE_GROUP.fullmatch(number)
    if grouped is None or places >= len(grouped[2]):
        return
    whole, behind = grouped.groups()
    is_possible = len(behind.rstrip("0")) <= places
    other = Decimal(f"{whole}.{behind}") if is_possible else None
    raise AmbiguousQuantity(field, _shown(text), Decimal(whole + behind), other, code)


def _read(
    text: str, number: str, behind: str, field: str, *, places: int, limit: Decimal
) -> Decimal:
    """Read the number of a text; what may be two is asked back with what was behind it.

    As it was typed: by that text the option is found that a button decides.
    """
    try:
        read = read_number(number, field=field, allow_zero=True, places=places, limit=limit)
    except AmbiguousQuantity as error:
        raise AmbiguousQuantity(field, _shown(text), error.first, error.second, behind) from error
    return read.value


def _take_apart(
    text: str, currency: str, field: str, units: Sequence[str] = ()
) -> tuple[str, str, str, str]:
    """Return the number, what it is divided by, the currency and the unit of an amount."""
    plain = _NO_CENTS.sub(r"\g<1>0", to_ascii_digits(without_meaningless(text)))
    typed, unit = _without_unit(_GROUPS.sub("", plain).strip(), units)
    found = _TYPED.fullmatch(typed)
    if found is None:
        raise InvalidValue(field=field, reason="not_an_amount", value=_shown(text))
    signs = [found[name] for name in ("before", "behind", "last") if found[name]]
    if len(signs) > 1:
        raise InvalidValue(field=field, reason="not_an_amount", value=_shown(text))
    code = find_currency(signs[0], currency) if signs else currency
    if code is None:
        raise InvalidValue(field=field, reason="unknown_currency", value=_shown(signs[0]))
    return found["number"], found["per"] or "", code, unit


def _without_unit(text: str, units: Sequence[str]) -> tuple[str, str]:
    """Return an amount without the unit that it is of, and that unit."""
    found = _PER_UNIT.search(text)
    if found is None:
        return text, ""
    unit = found["unit"]
    is_unit = any(is_same_unit(unit, each) for each in units)
    if not is_unit and find_currency(unit, "EUR") is not None:
        return text, ""
    per = f"{found['sign']}{found['per']}" if found["per"] else ""
    return f"{text[: found.start()]}{per}", unit


def _shown(text: str) -> str:
    return text.strip()[:_MAX_TYPED]
