"""What a line of an order costs: as it was typed, by the supplier's list, or as it was last paid.

Prices are of a currency, and none is converted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from bot.database.controllers.orders import BEYOND, PaidBefore
from bot.database.unit import Books
from bot.domain.money import MAX_UNIT_PRICE
from bot.domain.orders import PriceMarks, mark_price
from bot.domain.prices import Price, restate
from bot.domain.receiving import unit_cost_of
from bot.errors import InvalidValue
from bot.services.orders.paid import read_last_paid
from bot.services.prices.finding import find_prices

ONE: Final = Decimal("1.000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of an item is to be ordered, in its own unit, and the price of one `unit` of it."""

    item_id: int
    sku: str
    item_unit: str
    quantity: Decimal
    unit: str = ""
    factor: Decimal = ONE
    unit_price: Decimal | None = None


async def fill_prices(
    books: Books,
    supplier_id: int,
    currency: str,
    lines: Sequence[Wanted],
    today: date,
    *,
    rate: Decimal | None,
    before: int = BEYOND,
) -> list[Wanted]:
    """Give each line without a price that of the supplier's list, else what was last paid them.

    Raises InvalidValue for a price that no delivery could carry by the rate.
    """
    filled = await _fill(books, supplier_id, currency, lines, today, before=before)
    for line in filled:
        if line.unit_price is None:
            continue
        # What is received is worth this in the books: an order beyond it could never come in.
        if unit_cost_of(line.unit_price, line.factor, rate) > MAX_UNIT_PRICE:
            raise InvalidValue(field="price", reason="too_large", limit=MAX_UNIT_PRICE)
    return filled


async def _fill(
    books: Books,
    supplier_id: int,
    currency: str,
    lines: Sequence[Wanted],
    today: date,
    *,
    before: int,
) -> list[Wanted]:
    asked = [line for line in lines if line.unit_price is None]
    if not asked:
        return list(lines)
    wanted = [(line.item_id, line.quantity) for line in asked]
    listed = await find_prices(books, supplier_id, wanted, today, currency)
    paid = await read_last_paid(
        books,
        sorted({line.item_id for line in asked}),
        currency,
        supplier_id=supplier_id,
        before=before,
    )
    priced = iter(
        with_price(line, price or price_paid(paid.get(line.item_id)))
        for line, price in zip(asked, listed, strict=True)
    )
    return [line if line.unit_price is not None else next(priced) for line in lines]


async def mark_lines(
    books: Books,
    supplier_id: int,
    currency: str,
    lines: Sequence[Wanted],
    today: date,
    *,
    before: int,
) -> list[PriceMarks | None]:
    """Say of each line whether its price rose much, or is above the supplier's list."""
    wanted = [(line.item_id, line.quantity) for line in lines]
    listed = await find_prices(books, supplier_id, wanted, today, currency)
    item_ids = sorted({line.item_id for line in lines})
    paid = await read_last_paid(books, item_ids, currency, before=before)
    return [
        None
        if line.unit_price is None
        else mark_price(
            Price(line.unit_price, currency, line.unit, line.factor),
            price_paid(paid.get(line.item_id)),
            of_list,
        )
        for line, of_list in zip(lines, listed, strict=True)
    ]


def price_paid(paid: PaidBefore | None) -> Price | None:
    """Return what was paid as a price."""
    if paid is None:
        return None
    return Price(paid.unit_price, paid.currency, paid.unit, paid.factor)


def with_price(line: Wanted, price: Price | None) -> Wanted:
    """Give a line a price, of the unit that it was typed in if that is exact to six places."""
    if price is None:
        return line
    priced = restate(price, line.unit, line.factor)
    return replace(line, unit=priced.unit, factor=priced.factor, unit_price=priced.amount)
