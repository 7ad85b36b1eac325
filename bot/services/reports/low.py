"""What is down to its reorder point, what orders still bring of it, and how much to order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.orders import count_missing
from bot.domain.quantities import ZERO
from bot.services.availability import read_availability
from bot.services.orders.on_order import read_on_order
from bot.services.reports.listed import Reading, declare_list
from bot.services.valuation import MAY_REPORT

_ITEMS_AT_ONCE: Final = 1000


class LowRow(NamedTuple):
    """An item at or below its reorder point; `on_order` was sent, the rest was not."""

    sku: str
    name: str
    unit: str
    available: Decimal
    reorder_point: Decimal
    reorder_target: Decimal | None
    on_order: Decimal
    approved: Decimal
    pending: Decimal
    in_drafts: Decimal
    suggested: Decimal
    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLow:
    """Read what is low among the next items by SKU."""

    after: str = ""


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_low(books: Books, request: ReadLow) -> tuple[list[LowRow], str | None]:
    """Return what is low of the next items, and where to read on."""
    found = await books.file_rows.page_items(request.after, _ITEMS_AT_ONCE)
    watched = [each.id for each in found if each.reorder_point is not None]
    items = list((await books.items.get_many(watched)).values())
    stock = await read_availability(books, items)
    orders = await read_on_order(books, watched) if watched else {}
    rows = []
    for item in items:
        left, point = stock[item.id].usable - stock[item.id].reserved, item.reorder_point
        if point is None or left > point:
            continue
        ordered = orders.get(item.id)
        on_order = ordered[1:] if ordered else (ZERO,) * 4
        missing = count_missing(point, item.reorder_target, left, sum(on_order, ZERO))
        target = item.reorder_target
        shown = (item.sku, item.name, item.unit, stock[item.id].available, point, target)
        rows.append(LowRow(*shown, *on_order, missing, item.id))
    return rows, found[-1].sku_key if len(found) == _ITEMS_AT_ONCE else None


async def _read(reading: Reading) -> AsyncIterator[list[LowRow]]:
    rows: list[LowRow] = []
    after: str | None = ""
    while after is not None:
        piece, after = await reading.db.query(read_low, ReadLow(after=after), reading.actor)
        rows += piece
    yield sorted(rows, key=_urgency)


def _urgency(row: LowRow) -> tuple[bool, Fraction, str]:
    """Return by what rows are ordered: what is not on its way first, then what is lowest."""
    part = Fraction(row.available) / Fraction(row.reorder_point or 1)
    return not row.suggested, part, row.sku


# Reorder points and reservations are not kept for the past, and are of an item everywhere.
LOW: Final = declare_list("low", LowRow, _read)
