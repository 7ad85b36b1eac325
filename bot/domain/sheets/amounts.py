"""Amounts of money in a column: the number, its currency, and of how many units it is the price.

`12,90 €`, `EUR 1'299.00`, `$12.90/100 pcs` and `12,- €` are all one cell.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.money import CURRENCIES, MAX_UNIT_PRICE
from bot.domain.money_text import PER_WORDS, divide_price, find_currency
from bot.domain.names import without_meaningless
from bot.domain.quantities import MAX_QUANTITY, TypedQuantity, is_unit, to_ascii_digits
from bot.domain.sheets import EXACT
from bot.domain.sheets.numbers import SPACES, Mark, read_number_cell
from bot.errors import InvalidValue

_MAX_CELL: Final = 100
_SHOWN: Final = 40
_ONE: Final = Decimal(1)
_PER: Final = rf"(?:/|(?:{PER_WORDS})\s)\s*(?P<per>\S.*)"
_AMOUNT: Final = re.compile(
    r"(?P<before>[^\d\s.,+-]{0,5}\.?)\s*(?P<number>[+-]?[0-9.,]+)\s*(?P<behind>[^\d\s/.,+-]{0,5}\.?)"
    rf"\s*(?:{_PER})?",
    re.IGNORECASE,
)
# `12,-` is whole, with a dash of any length.
_NO_CENTS: Final = re.compile(r"(?<=[0-9])[.,]\s?[-\u2013\u2014]+(?![0-9])")
_GROUPED: Final = re.compile(
    r"[+-]?[0-9](?:[0-9.,]|[ \u00a0\u2007\u2009\u202f'\u2019](?=[0-9]{3}))*"
)
# What is written around a number: `per 100`, `ab 100`, `≥ 100`, `100+`.
_AROUND: Final = re.compile(
    r"(?:(?:per|je|pro|pour|par|por|ab|from|dès|à partir de|desde|a partir de)\s|/|>=?|\u2265)?\s*"
    r"(?P<kept>.*?)\s*\+?",
    re.IGNORECASE,
)
_NAMED_PER: Final = re.compile(
    r"(?P<name>.*?\S)\s*\(?(?:/|(?<!\w)(?:per|je|pro|pour|par|por)\s)\s*(?P<per>[0-9][^()]*?)\s*\)?",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[\s()\[\]/,:;._-]+")
_BETWEEN: Final = frozenset({"in", "en", "each"})


class AmountCell(NamedTuple):
    """The parts of a cell, each as it was written."""

    number: str
    sign: str = ""
    per: str = ""


def split_amount(cell: str) -> AmountCell | None:
    """Return the parts of a cell that has an amount of money, None for what is none."""
    if cell.endswith(EXACT):
        return AmountCell(cell.strip())
    text = to_ascii_digits(without_meaningless(cell[:_MAX_CELL])).strip()
    found = _AMOUNT.fullmatch(SPACES.sub("", _NO_CENTS.sub("", text)))
    if found is None:
        return None
    signs = [found[name] for name in ("before", "behind") if found[name]]
    if len(signs) > 1 and len(set(map(str.upper, signs))) > 1:
        return None
    # The grouping is part of what the number says of its column.
    number = _find_number(text) or found["number"]
    return AmountCell(number, signs[0] if signs else "", (found["per"] or "").strip())


def number_in(cell: str) -> str:
    """Return what of a cell of so many is its number, perhaps with a unit."""
    if cell.endswith(EXACT):
        return cell.strip()
    found = _AROUND.fullmatch(cell[:_MAX_CELL].strip())
    return cell if found is None else found["kept"]


def read_amount(parts: AmountCell, mark: Mark | None, shown: str) -> Decimal:
    """Return the number of an amount, to be divided; raises InvalidValue, AmbiguousQuantity."""
    typed = read_number_cell(parts.number, mark, field="amount")
    if typed.unit:
        raise InvalidValue(field="amount", reason="not_an_amount", value=shown[:_SHOWN])
    return typed.value


def read_many(cell: str, mark: Mark | None, *, field: str) -> TypedQuantity:
    """Read `100`, `per 100 pcs` or `pcs` alone as so many of a unit.

    Raises InvalidValue and AmbiguousQuantity.
    """
    kept = number_in(cell)
    if kept and is_unit(kept):
        return TypedQuantity(_ONE, kept)
    typed = read_number_cell(kept, mark, field=field)
    if typed.value <= 0:
        raise InvalidValue(field=field, reason="not_positive")
    if typed.value > MAX_QUANTITY:
        raise InvalidValue(field=field, reason="too_large", limit=MAX_QUANTITY)
    return typed


def price_of_one(amount: Decimal, per: Decimal) -> Decimal:
    """Return the price of one of so many, exact to six places; raises InvalidValue."""
    if amount < 0:
        raise InvalidValue(field="amount", reason="negative")
    if amount / per > MAX_UNIT_PRICE:
        raise InvalidValue(field="amount", reason="too_large", limit=MAX_UNIT_PRICE)
    return divide_price(amount, per)


class HeadingParts(NamedTuple):
    """A heading of amounts: its name, and the currency and the unit of price that it names."""

    name: str
    sign: str = ""
    per: str = ""


def split_heading(heading: str) -> HeadingParts:
    """Return the parts of a heading: `Preis (EUR)`, `Preis in EUR je 100 Stk`, `Price/1000`."""
    found = _NAMED_PER.fullmatch(heading.strip())
    name, per = (found["name"], found["per"]) if found else (heading, "")
    words = [word for word in _WORDS.split(name) if word]
    signs = [word for word in words if _is_currency(word)]
    if len(signs) != 1:
        return HeadingParts(name, per=per)
    kept = [word for word in words if word not in signs and word.lower() not in _BETWEEN]
    return HeadingParts(" ".join(kept), signs[0], per)


def _is_currency(word: str) -> bool:
    is_sign = not any(each.isalpha() or each.isdecimal() for each in word)
    return word in CURRENCIES or (is_sign and find_currency(word, "EUR") is not None)


def _find_number(text: str) -> str | None:
    found = _GROUPED.search(text)
    return None if found is None else found[0]
