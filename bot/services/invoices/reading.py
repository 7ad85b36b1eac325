"""Reading the lines of a bill: `SKU quantity [price] [PO-7]`, each for lines of orders."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from bot.database.models import Invoice
from bot.database.unit import Books
from bot.domain.conversions import find_unit
from bot.domain.documents import ORDER, parse_number
from bot.domain.invoice_matching import LineKey, OrderedLine
from bot.domain.invoices import (
    MAX_LINES,
    NoPrice,
    NotOnOrder,
    OrderOfAnother,
    OtherCurrency,
)
from bot.domain.lines import LineFault, LinesRefused, TypedLine, read_lines
from bot.domain.money_text import divide_price
from bot.domain.prices import restate
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.stock import StockedItem
from bot.domain.units import WrongUnit, is_same_unit
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NotFound, TallymanError, Unavailable
from bot.services.invoices.billing import is_entered, list_ordered
from bot.services.measuring import measure
from bot.services.prices.units import price_named, read_price_of

_ORDER: Final = re.compile(rf"(?:^|\s)({ORDER.prefix}[\s-]*\d{{1,9}})\s*$", re.IGNORECASE)
_ONE: Final = Decimal("1.000000")


@dataclass(frozen=True, slots=True)
class _Billed:
    """A typed line: how much of an item, at what price if it says one, for which order if any."""

    line: TypedLine
    item: StockedItem
    quantity: Decimal
    unit: str
    factor: Decimal
    unit_price: Decimal | None
    order: str


async def read_billed(books: Books, invoice: Invoice, typed: str) -> list[dict[str, Any]]:
    """Return typed lines as rows; raises LinesRefused with what is wrong with each.

    A line without an order is for what was received of its item and not billed yet, the oldest
    order first; one without a price has that of the order.
    """
    lines, faults = read_lines(typed, has_third=True, limit=MAX_LINES)
    read: list[_Billed] = []
    for line in lines:
        try:
            read.append(await _read_line(books, invoice, line))
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(line.number, line.text, error))
    ordered = await list_ordered(books, invoice, {each.item.id for each in read}, is_entered)
    left = {line.key: line.unbilled for _item_id, line in ordered}
    rows: list[dict[str, Any]] = []
    for each in read:
        of_item = [line for item_id, line in ordered if item_id == each.item.id]
        try:
            rows += _share_out(each, of_item, left)
        except TallymanError as error:
            faults.append(LineFault(each.line.number, each.line.text, error))
    if faults:
        raise LinesRefused(tuple(sorted(faults, key=lambda fault: fault.number)))
    return rows


async def _read_line(books: Books, invoice: Invoice, line: TypedLine) -> _Billed:
    stock = await books.stock.line(line.name, VirtualLocation.SUPPLIER, VirtualLocation.CUSTOMER)
    item, third, order = stock.item, line.third, ""
    if found := _ORDER.search(third):
        third = third[: found.start()].strip()
        order = await _require_order(books, invoice, found[1])
    quantity, third = await _take_unit(books, item, line.quantity, third)
    price, of_unit = None, None
    if third:
        asked = await read_price_of(books, item, third, invoice.currency)
        if asked.currency != invoice.currency:
            raise OtherCurrency(invoice.supplier_number, invoice.currency, asked.currency)
        of_unit = await price_named(books, item, asked)
        price = asked.amount if of_unit is None else None
    measured = await measure(books, item, quantity)
    unit, factor = "", _ONE
    if quantity.unit and not is_same_unit(quantity.unit, item.unit):
        by = find_unit(await books.item_units.list_of(item.id), quantity.unit)
        if by is not None:
            unit, factor = by.unit, by.factor
        elif price is not None:
            # A dozen that is no unit of the item: a price of one, or of twelve.
            raise WrongUnit(item.sku, item.unit, quantity.unit)
    elif price is not None and measured.quantity != quantity.value:
        # Named by the code of a pack: the price is of one pack.
        price = divide_price(price, measured.quantity / quantity.value, field="price")
    if of_unit is not None:
        # Of another unit than the quantity: it becomes one of that, or the line is of the price's.
        priced = restate(of_unit, unit, factor)
        unit, factor, price = priced.unit, priced.factor, priced.amount
    return _Billed(line, item, measured.quantity, unit, factor, price, order)


async def _take_unit(
    books: Books, item: StockedItem, quantity: TypedQuantity, third: str
) -> tuple[TypedQuantity, str]:
    """Take a unit of the item's own off what is behind the quantity."""
    first, _blank, rest = third.partition(" ")
    if quantity.unit or not first[:1].isalpha():
        return quantity, third
    units = await books.item_units.list_of(item.id)
    if not is_same_unit(first, item.unit) and find_unit(units, first) is None:
        return quantity, third
    return replace(quantity, unit=first), rest.strip()


async def _require_order(books: Books, invoice: Invoice, typed: str) -> str:
    """Return the label of an order of the supplier in the bill's currency."""
    number = parse_number(ORDER, typed)
    order = await books.orders.find_one(number=number)
    if order is None:
        raise NotFound(ORDER.noun, wanted=ORDER.label(number))
    if order.supplier_id != invoice.supplier_id:
        supplier = await books.suppliers.require(order.supplier_id)
        raise OrderOfAnother(ORDER.label(number), supplier.name)
    if order.currency != invoice.currency:
        raise OtherCurrency(invoice.supplier_number, invoice.currency, order.currency)
    return ORDER.label(number)


def _share_out(
    billed: _Billed, of_item: Iterable[OrderedLine], left: dict[LineKey, Decimal]
) -> list[dict[str, Any]]:
    """Return the rows of a line: for what is not billed yet, and the rest with the last of it."""
    lines = [each for each in of_item if billed.order in {"", each.order}]
    if billed.order and not lines:
        raise NotOnOrder(billed.order, billed.item.sku)
    shares: dict[LineKey, Decimal] = {}
    rest = billed.quantity
    for line in lines:
        share = min(rest, left[line.key])
        if share > 0:
            shares[line.key] = share
            rest -= share
    if lines and rest:
        key = next(reversed(shares), lines[-1].key)
        shares[key] = shares.get(key, ZERO) + rest
    for key, share in shares.items():
        left[key] = max(ZERO, left[key] - share)
    by_key = {line.key: line for line in lines}
    if not shares:
        return [_row(billed, billed.quantity, None)]
    return [_row(billed, share, by_key[key]) for key, share in shares.items()]


def _row(billed: _Billed, quantity: Decimal, line: OrderedLine | None) -> dict[str, Any]:
    priced: Mapping[str, Any] = {
        "unit": billed.unit,
        "factor": billed.factor,
        "unit_price": billed.unit_price,
    }
    if billed.unit_price is None:
        if line is None:
            raise NoPrice
        priced = {"unit": line.unit, "factor": line.factor, "unit_price": line.unit_price}
    return {
        "item_id": billed.item.id,
        "quantity": quantity,
        **priced,
        "order_id": None if line is None else line.key.order_id,
        "order_line": None if line is None else line.key.line,
    }
