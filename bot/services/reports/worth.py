"""Stock and its value at any date, as a table with totals and as a file."""

import heapq
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from bot.database.models import Item
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.left_by_item import LeftByMonth
from bot.domain.line_amounts import round_amount
from bot.domain.money import Money
from bot.domain.valuation import Value, ValueTotals
from bot.services.left import Heirs
from bot.services.reports.kinds import (
    SHOWN_ROWS,
    Cell,
    ReportScope,
    ReportType,
    Tables,
    declare_report,
)
from bot.services.valuation import MAY_REPORT, MAY_SEE_PRICES, Ledger, value_items

_ZERO: Final = Decimal(0)
_STOCK: Final = ("sku", "name", "unit", "quantity")
_VALUE: Final = (*_STOCK, "value", "currency", "quantity without a price")
_LEFT: Final = ("month", "cost of what left", "currency", "items without a price")


class ReportedItem(NamedTuple):
    """An item of a report, and how much there is of it."""

    rank: tuple[Decimal, Decimal]
    item_id: int
    sku: str
    name: str
    unit: str
    value: Value


class LeftMonth(NamedTuple):
    """What left in a month cost, by currency, and of how many items some has no known cost."""

    month: date
    amounts: tuple[Money, ...]
    items_without_price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NameItems:
    """Ask for the items of a piece of a report."""

    item_ids: tuple[int, ...]


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def name_reported(books: Books, request: NameItems) -> dict[int, Item]:
    """Return items by their ids."""
    return await books.items.get_many(list(request.item_ids))


@dataclass(kw_only=True)
class Report:
    """A report in the making: its totals and largest rows are known when all was read.

    It is read once, by what writes its file; of its rows the largest are kept.
    """

    kind: Literal["stock", "value"]
    ledger: Ledger
    totals: ValueTotals = field(default_factory=ValueTotals)
    left: LeftByMonth = field(init=False)
    _largest: list[ReportedItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Count what left of merged items as their heirs'."""
        self.left = LeftByMonth(root=Heirs(self.ledger).root)

    @property
    def has_prices(self) -> bool:
        """Whether it says what things are worth."""
        return self.kind == "value"

    @property
    def rows(self) -> list[ReportedItem]:
        """Return the rows that are worth most, the first on top."""
        return sorted(self._largest, reverse=True)

    @property
    def amounts(self) -> list[Money]:
        """Return the total by currency, the guild's own first."""
        return self._in_order(self.totals.amounts)

    @property
    def months(self) -> list[LeftMonth]:
        """Return what left by month, the last one first."""
        months = {month for month, _ in self.left.amounts} | self.left.items_without_price.keys()
        return [self._month(month) for month in sorted(months, reverse=True)]

    def tables(self, db: DatabaseService, actor: Actor) -> Tables:
        """Return the report as tables of a file; the first has to be written first."""
        headings = _VALUE if self.has_prices else _STOCK
        tables: Tables = {self.kind: (headings, self._read(db, actor))}
        # What left is of all locations: goods have no layers of their own at each.
        if self.has_prices and self.ledger.location_ids is None:
            tables["cost of what left"] = (_LEFT, self._list_left())
        return tables

    async def _read(self, db: DatabaseService, actor: Actor) -> AsyncIterator[list[Sequence[Cell]]]:
        async for piece in value_items(db, self.ledger, actor, self.left):
            request = NameItems(item_ids=tuple(item_id for item_id, _ in piece))
            items = await db.query(name_reported, request, actor)
            rows: list[Sequence[Cell]] = []
            for item_id, value in piece:
                item = items[item_id]
                self._count(item, value)
                rows += self._rows_of(item, value)
            yield rows

    def _count(self, item: Item, value: Value) -> None:
        self.totals.add(value)
        worth = dict(value.amounts)
        most = worth.get(self.ledger.currency, max(worth.values(), default=_ZERO))
        rank = (most, value.quantity) if self.has_prices else (value.quantity, _ZERO)
        row = ReportedItem(rank, item.id, item.sku, item.name, item.unit, value)
        if len(self._largest) < SHOWN_ROWS:
            heapq.heappush(self._largest, row)
        else:
            heapq.heappushpop(self._largest, row)

    def _rows_of(self, item: Item, value: Value) -> list[Sequence[Cell]]:
        first = (item.sku, item.name, item.unit, value.quantity)
        if not self.has_prices:
            return [first]
        missing = value.without_price or None
        if not value.amounts:
            return [(*first, None, None, missing)]
        others = (item.sku, item.name, item.unit, None)
        return [
            (*(others if at else first), amount, currency, None if at else missing)
            for at, (currency, amount) in enumerate(value.amounts)
        ]

    async def _list_left(self) -> AsyncIterator[list[Sequence[Cell]]]:
        rows: list[Sequence[Cell]] = []
        for each in self.months:
            name, missing = f"{each.month:%Y-%m}", each.items_without_price or None
            rows += [(name, amount.amount, amount.currency, None) for amount in each.amounts]
            rows += [(name, None, None, missing)] if missing else []
        yield rows

    def _month(self, month: date) -> LeftMonth:
        amounts = {
            currency: amount for (of, currency), amount in self.left.amounts.items() if of == month
        }
        without_price = self.left.items_without_price[month]
        return LeftMonth(month, tuple(self._in_order(amounts)), without_price)

    def _in_order(self, amounts: dict[str, Decimal]) -> list[Money]:
        own = self.ledger.currency
        return [
            round_amount(Fraction(amounts[currency]), currency)
            for currency in sorted(amounts, key=lambda each: (each != own, each))
        ]


def _begin_stock(scope: ReportScope) -> Report:
    return Report(kind="stock", ledger=scope.ledger)


def _begin_value(scope: ReportScope) -> Report:
    return Report(kind="value", ledger=scope.ledger)


declare_report(ReportType(kind="stock", begin=_begin_stock, has_day=True, has_location=True))
declare_report(
    ReportType(
        kind="value",
        begin=_begin_value,
        needs=(MAY_SEE_PRICES,),
        has_day=True,
        has_location=True,
    )
)
