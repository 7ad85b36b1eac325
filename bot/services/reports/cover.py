"""For how many days stock lasts, if it leaves as it did on average of the last 90 days."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.figures import COVER_DAYS, cover_days, first_day
from bot.services.left import read_held_of, sum_left
from bot.services.reports.listed import Reading, declare_list


class CoverRow(NamedTuple):
    """An item that leaves: how much there is, how much left in 90 days, how long it lasts."""

    sku: str
    name: str
    unit: str
    quantity: Decimal
    left: Decimal
    days: Decimal
    item_id: int


async def _read(reading: Reading) -> AsyncIterator[list[CoverRow]]:
    source = (reading.db, reading.scope.ledger, reading.actor)
    left = await sum_left(*source, first_day(reading.scope.ledger.day, COVER_DAYS))
    rows: list[CoverRow] = []
    async for held in read_held_of(*source, sorted(left)):
        for each in held:
            gone = left[each.item_id]
            days = cover_days(each.quantity, gone)
            shown = (each.sku, each.name, each.unit, each.quantity, gone, days)
            rows.append(CoverRow(*shown, each.item_id))
    yield sorted(rows, key=lambda row: (row.days, row.sku))


COVER: Final = declare_list("cover", CoverRow, _read, has_day=True, has_location=True)
