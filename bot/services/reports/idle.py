"""Items in stock of which nothing left for 90 days, and since when."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.figures import IDLE_DAYS, first_day
from bot.domain.periods import day_of
from bot.services.left import (
    FindLastLeft,
    Heirs,
    HeldItem,
    find_last_left,
    read_all_held,
    sum_left,
)
from bot.services.reports.listed import Reading, declare_list

_LEFT: Final = "left"
_NEVER_LEFT: Final = "never left"


class IdleRow(NamedTuple):
    """An item that is idle: since it left last, or since it came if it never left."""

    sku: str
    name: str
    unit: str
    quantity: Decimal
    idle_since: date
    days: int
    last: str
    item_id: int


async def _read(reading: Reading) -> AsyncIterator[list[IdleRow]]:
    ledger = reading.scope.ledger
    source, first = (reading.db, ledger, reading.actor), first_day(ledger.day, IDLE_DAYS)
    left = await sum_left(*source, first)
    rows: list[IdleRow] = []
    async for held in read_all_held(*source):
        still = {each.item_id: each for each in held if each.quantity}
        rows += await _find_idle(reading, {k: v for k, v in still.items() if k not in left}, first)
    yield sorted(rows, key=lambda row: (row.idle_since, row.sku))


async def _find_idle(reading: Reading, held: dict[int, HeldItem], first: date) -> list[IdleRow]:
    ledger, heirs = reading.scope.ledger, Heirs(reading.scope.ledger)
    if not held:
        return []
    request = FindLastLeft(
        item_ids=tuple(sorted(heirs.list_behind(set(held)))),
        beyond=ledger.beyond,
        location_ids=ledger.location_ids,
    )
    left: dict[int, list[datetime]] = {}
    came: dict[int, list[datetime]] = {}
    for each in await reading.db.query(find_last_left, request, reading.actor):
        root = heirs.root(each.item_id)
        left.setdefault(root, []).extend(filter(None, [each.left_at]))
        came.setdefault(root, []).extend(filter(None, [each.came_at]))
    rows = []
    for item_id, item in held.items():
        last = left.get(item_id)
        # All that came may be reversed and kept by a merge: then it is not known since when.
        arrived = max(last) if last else min(came.get(item_id, ()), default=None)
        if arrived is None:
            continue
        since = day_of(arrived, ledger.rules.timezone)
        if since >= first:
            continue  # it came less than 90 days ago
        days, how = (ledger.day - since).days, _LEFT if last else _NEVER_LEFT
        shown = (item.sku, item.name, item.unit, item.quantity, since, days, how)
        rows.append(IdleRow(*shown, item_id))
    return rows


IDLE: Final = declare_list(
    "idle", IdleRow, _read, sort_of=lambda row: row.last, has_day=True, has_location=True
)
