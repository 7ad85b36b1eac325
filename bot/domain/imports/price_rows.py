"""Reading a row of a price list: whose price of what it is, of how many, in which currency."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from bot.domain.conversions import find_unit
from bot.domain.imports import Catalogue, Fault, ItemFacts, NamedOtherwise
from bot.domain.imports.content import Content
from bot.domain.imports.offers import PriceBooks
from bot.domain.money_text import find_currency
from bot.domain.names import NOTHING, key_of
from bot.domain.prices import Price, restate_least
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.sheets import EXACT, SheetRow
from bot.domain.sheets.amounts import (
    AmountCell,
    number_in,
    price_of_one,
    read_amount,
    read_many,
    split_amount,
)
from bot.domain.sheets.days import read_day_cell
from bot.domain.sheets.headings import (
    AMOUNT,
    BARCODE,
    CURRENCY,
    MIN_QUANTITY,
    PRICE_UNIT,
    SKU,
    SUPPLIER,
    UNIT,
    VALID_FROM,
)
from bot.domain.sheets.numbers import read_cell
from bot.domain.units import WrongUnit, is_same_unit
from bot.errors import Archived, InvalidValue, NotFound, TallymanError

T = TypeVar("T")
_ONE: Final = Decimal("1.000000")
_SHOWN: Final = 40
# Price units as catalogues write them: a hundred, and a thousand.
_LETTERS: Final = {"c": "100", "m": "1000"}


class PricedItem(NamedTuple):
    """An item that a row names; `pack` is the unit that its barcode is printed on."""

    id: int
    facts: ItemFacts
    pack: str = ""


class PriceUnit(NamedTuple):
    """A unit that a price is of, empty for the item's own, and how much of that it is."""

    unit: str
    factor: Decimal


@dataclass(frozen=True)
class PriceRow:
    """A row beside the books; what is wrong with it is noted among its faults, all of it."""

    content: Content
    catalogue: Catalogue
    books: PriceBooks
    row: SheetRow
    faults: list[Fault]

    def supplier(self) -> tuple[int, str] | None:
        """Return whose price it is: id and name."""
        return self._note(SUPPLIER, self._text(SUPPLIER), self._supplier)

    def item(self) -> PricedItem | None:
        """Return the item that a row names by its SKU, a former one or a barcode."""
        return self._note(SKU, self._text(SKU) or self._text(BARCODE), self._item)

    def since(self) -> date | None:
        """Return the day from which it holds: today if it names none."""
        typed, first = self._text(VALID_FROM), self.content.days_begin_with
        if not typed:
            return self.books.today
        return self._note(VALID_FROM, typed, lambda: read_day_cell(typed, first, field="from"))

    def least(self) -> TypedQuantity | None:
        """Return from which quantity on it holds."""
        cell = self.content.cell(self.row, MIN_QUANTITY)
        if not cell:
            return TypedQuantity(ZERO)
        number, mark = number_in(cell), self.content.marks[MIN_QUANTITY]
        shown = self._text(MIN_QUANTITY)
        return self._note(MIN_QUANTITY, shown, lambda: read_cell(number, mark, field=MIN_QUANTITY))

    def price(self, item: PricedItem | None) -> tuple[Price | None, str] | None:
        """Return the price of one, None for the end of it, and the unit that the amount names."""
        cell, shown = self.content.cell(self.row, AMOUNT) or "", self._text(AMOUNT)
        if key_of(shown) == NOTHING:
            return None, ""
        parts = self._note(AMOUNT, shown, lambda: _split(cell))
        if parts is None:
            return None
        sign = self._text(CURRENCY) or parts.sign
        currency = self._note(CURRENCY, sign, lambda: self._currency(parts.sign))
        per = self._note(PRICE_UNIT, self._text(PRICE_UNIT), lambda: self._per(parts.per, item))
        if currency is None or per is None:
            return None
        mark = self.content.marks[AMOUNT]
        each = self._note(
            AMOUNT, shown, lambda: price_of_one(read_amount(parts, mark, shown), per.value)
        )
        return None if each is None else (Price(each, currency), per.unit)

    def unit(self, item: PricedItem, named: str, known: dict[str, str]) -> PriceUnit | None:
        """Return the unit that the price is of; `known` are those of the supplier's prices."""
        typed = self._text(UNIT)
        found = self._note(UNIT, typed, lambda: self._unit(item, typed or named, known))
        if found is None or not (typed and named):
            return found
        other = self._note(PRICE_UNIT, named, lambda: self._unit(item, named, known))
        if other is not None and other != found:
            value = f"{typed}, {named}"[:_SHOWN]
            twice = InvalidValue(field=PRICE_UNIT, reason="two_at_once", value=value)
            self.faults.append(Fault(PRICE_UNIT, named, twice))
        return found

    def least_of(self, typed: TypedQuantity, item: PricedItem, unit: PriceUnit) -> Decimal | None:
        """Return the least quantity in the unit of the price: it may be in any of the item."""
        if not typed.unit or is_same_unit(typed.unit, unit.unit or item.facts.unit):
            return typed.value
        shown = self._text(MIN_QUANTITY)
        by = self._note(MIN_QUANTITY, shown, lambda: self._unit(item, typed.unit, {}))
        if by is None:
            return None
        return self._note(
            MIN_QUANTITY,
            shown,
            lambda: restate_least(typed.value, by.factor, unit.factor, shown),
        )

    def _note(self, column: str, value: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except TallymanError as error:
            self.faults.append(Fault(column, value[:_SHOWN], error))
            return None

    def _text(self, column: str) -> str:
        return self.content.text(self.row, column)

    def _supplier(self) -> tuple[int, str]:
        if SUPPLIER not in self.content.columns and self.books.chosen is not None:
            return self.books.chosen
        typed = self._text(SUPPLIER)
        if not typed:
            raise InvalidValue(field="supplier", reason="empty")
        found = self.books.suppliers.get(key_of(typed))
        if found is None:
            raise NotFound("supplier", wanted=typed)
        return found

    def _item(self) -> PricedItem:
        sku, code = self._text(SKU), self._text(BARCODE)
        if not sku and not code:
            raise InvalidValue(field="sku", reason="empty")
        by_sku, by_code = self._find(sku), self._find(code)
        found = by_sku or by_code
        if found is None:
            raise NotFound("item", wanted=sku or code)
        if by_code is not None and by_code.id != found.id:
            raise NamedOtherwise(code, by_code.facts.sku)
        if found.facts.is_archived:
            raise Archived("item", found.facts.sku, found.id)
        # Beside a SKU the barcode only says the same again.
        return PricedItem(found.id, found.facts) if by_sku and by_code else found

    def _find(self, typed: str) -> PricedItem | None:
        if not typed:
            return None
        key = key_of(typed)
        own = self.catalogue.items.get(key)
        if own is not None:
            return PricedItem(*own)
        led = self.catalogue.items.get(key_of(self.catalogue.led.get(key, "")))
        if led is None:
            return None
        code = self.books.codes.get(key)
        if code is not None and code.quantity != 1:
            raise NamedOtherwise(typed, led[1].sku)
        return PricedItem(*led, "" if code is None else code.unit)

    def _currency(self, sign: str) -> str:
        """Return the currency of the row, else of the heading, else of the books."""
        default, typed = self.books.currency, self._text(CURRENCY)
        signs = [each for each in (typed, sign) if each] or [self.content.priced.sign]
        codes = []
        for each in signs:
            code = find_currency(each, default) if each else default
            if code is None:
                raise InvalidValue(field="currency", reason="unknown_currency", value=each[:_SHOWN])
            codes.append(code)
        if len(set(codes)) > 1:
            value = ", ".join(signs)[:_SHOWN]
            raise InvalidValue(field="currency", reason="two_at_once", value=value)
        return codes[0]

    def _letter(self, cell: str, item: PricedItem | None) -> str:
        """Return how many a letter in the column of price units is, unless it is a unit here.

        `M` of an item in metres is a metre.
        """
        if item is not None:
            units = self.catalogue.units.get(item.id, [])
            if is_same_unit(cell, item.facts.unit) or find_unit(units, cell) is not None:
                return cell
        return _LETTERS.get(key_of(cell), cell)

    def _per(self, per: str, item: PricedItem | None) -> TypedQuantity:
        """Return of how many the amount is the price, and of which unit if that is said."""
        cell = self._letter(self.content.cell(self.row, PRICE_UNIT) or "", item)
        mark = self.content.marks.get(PRICE_UNIT) or self.content.marks[AMOUNT]
        said = [each for each in (cell, per) if each] or [self.content.priced.per]
        found = [read_many(each, mark, field=PRICE_UNIT) for each in said if each]
        if len({each.value for each in found}) > 1:
            value = ", ".join(each.rstrip(EXACT) for each in said)[:_SHOWN]
            raise InvalidValue(field=PRICE_UNIT, reason="two_at_once", value=value)
        unit = next((each.unit for each in found if each.unit), "")
        return replace(found[0], unit=unit) if found else TypedQuantity(_ONE)

    def _unit(self, item: PricedItem, typed: str, known: dict[str, str]) -> PriceUnit:
        name, own = typed or item.pack, item.facts.unit
        if not name or is_same_unit(name, own):
            return PriceUnit("", _ONE)
        units = self.catalogue.units.get(item.id, [])
        by = find_unit(units, name)
        if by is not None:
            return PriceUnit(by.unit, by.factor)
        if key_of(name) in known:
            return PriceUnit(known[key_of(name)], _ONE)  # one that the item had
        raise WrongUnit(item.facts.sku, own, name[:_SHOWN], tuple(each.unit for each in units))


def _split(cell: str) -> AmountCell:
    shown = cell.rstrip(EXACT)
    if not shown:
        raise InvalidValue(field="amount", reason="empty")
    parts = split_amount(cell)
    if parts is None:
        raise InvalidValue(field="amount", reason="not_an_amount", value=shown[:_SHOWN])
    return parts
