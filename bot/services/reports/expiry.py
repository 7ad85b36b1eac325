"""Lots that expire soon or have expired, by the day and where they are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.operations import query
from bot.database.unit import Books
from bot.services.reports.listed import Reading, declare_list
from bot.services.valuation import MAY_REPORT

_LOTS_AT_ONCE: Final = 500


class ExpiryRow(NamedTuple):
    """What is at a location of a lot; its days left are below zero once it has expired."""

    expires_on: date
    days_left: int
    sku: str
    name: str
    lot: str
    location: str
    quantity: Decimal
    unit: str
    state: str
    item_id: int
    lot_id: int
    location_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExpiring:
    """Read what expires until a day, behind (day, lot)."""

    today: date
    until: date
    location_ids: frozenset[int] | None
    after: tuple[date, int] = (date.min, 0)


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def read_expiring(
    books: Books, request: ReadExpiring
) -> tuple[list[ExpiryRow], tuple[date, int] | None]:
    """Return where the next lots that expire are, and behind which lot to read on."""
    lots = await books.report_rows.page_lots(request.after, request.until, _LOTS_AT_ONCE)
    by_id = {lot.id: lot for lot in lots}
    places = request.location_ids
    spots = [
        spot
        for spot in (await books.report_rows.list_spots(list(by_id)) if by_id else [])
        if places is None or spot.location_id in places
    ]
    items = await books.items.get_many(sorted({by_id[spot.lot_id].item_id for spot in spots}))
    rows = []
    for spot in sorted(spots, key=lambda each: (by_id[each.lot_id].expires_on, each.lot_id)):
        lot = by_id[spot.lot_id]
        item, left = items[lot.item_id], (lot.expires_on - request.today).days
        shown = (lot.expires_on, left, item.sku, item.name, lot.code, spot.location)
        ids = (item.id, lot.id, spot.location_id)
        rows.append(ExpiryRow(*shown, spot.quantity, item.unit, lot.state, *ids))
    last = (lots[-1].expires_on, lots[-1].id) if len(lots) == _LOTS_AT_ONCE else None
    return rows, last


async def _read(reading: Reading) -> AsyncIterator[list[ExpiryRow]]:
    ledger = reading.scope.ledger
    until = ledger.day + timedelta(days=reading.scope.warning_days)
    after: tuple[date, int] | None = (date.min, 0)
    while after is not None:
        request = ReadExpiring(
            today=ledger.day, until=until, location_ids=ledger.location_ids, after=after
        )
        rows, after = await reading.db.query(read_expiring, request, reading.actor)
        yield rows


def _sort(row: ExpiryRow) -> str:
    return "expired" if row.days_left < 0 else "soon"


# When lots were to expire is not kept for the past.
EXPIRY: Final = declare_list("expiry", ExpiryRow, _read, sort_of=_sort, has_location=True)
