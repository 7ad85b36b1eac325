"""The rows that reports are made of, read piece by piece."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.reading import ReadingController
from bot.database.controllers.report_statements import (
    ITEMS_WITH_LEVELS,
    LEVELS_OF_LOTS,
    LOTS_BY_EXPIRY,
    WINDOW,
    build_added_since,
    build_held,
    build_last_left,
)
from bot.database.models import StockMove
from bot.domain.item_values import LedgerMove
from bot.domain.quantities import ZERO


class ItemQuantity(NamedTuple):
    """An item, and a quantity of it."""

    item_id: int
    quantity: Decimal


class LastLeft(NamedTuple):
    """When an item left last, and when it came first; None if it never did."""

    item_id: int
    left_at: datetime | None
    came_at: datetime | None


class ExpiringLot(NamedTuple):
    """A lot that expires."""

    id: int
    item_id: int
    code: str
    expires_on: date
    state: str


class LotSpot(NamedTuple):
    """Where a lot is."""

    lot_id: int
    location_id: int
    location: str
    quantity: Decimal


class ReportRowController(ReadingController[StockMove]):
    """Windows of the ledger, and what there was of items and lots; it writes nothing."""

    model = StockMove
    noun = "report"
    permission = "report.view"

    async def page_window(
        self, after: tuple[int, int], beyond: int, limit: int
    ) -> list[LedgerMove]:
        """List the moves behind (record, line) and before a record, in their order."""
        values = {"record": after[0], "line": after[1], "beyond": beyond, "limit": limit}
        found = await self._fetch(LedgerMove, WINDOW, values)
        return [
            each if (each.reversed_by or 0) < beyond else LedgerMove(*each[:-1], reversed_by=None)
            for each in found
        ]

    async def page_items(self, after: int, limit: int) -> list[int]:
        """List the items that ever were somewhere, behind one."""
        return await self._scalars(ITEMS_WITH_LEVELS, {"after": after, "limit": limit})

    async def hold(
        self, item_ids: Sequence[int], beyond: int, location_ids: Iterable[int] | None
    ) -> dict[int, Decimal]:
        """Return what there was of items before a record, at some locations or at all.

        It is what there is now, less what was added since.
        """
        at_locations = location_ids is not None
        values = {"item_ids": list(item_ids), "location_ids": sorted(location_ids or ())}
        held = self._prepared(("held", at_locations), lambda: build_held(at_locations=at_locations))
        added = self._prepared(
            ("added", at_locations), lambda: build_added_since(at_locations=at_locations)
        )
        found = dict(await self._fetch(ItemQuantity, held, values))
        for each in await self._fetch(ItemQuantity, added, {**values, "beyond": beyond}):
            found[each.item_id] = found.get(each.item_id, ZERO) - each.quantity
        return found

    async def list_last_left(
        self, item_ids: Sequence[int], beyond: int, location_ids: Iterable[int] | None
    ) -> list[LastLeft]:
        """List when items left (some locations) last before a record, and when they came first."""
        at_locations = location_ids is not None
        statement = self._prepared(
            ("last left", at_locations), lambda: build_last_left(at_locations=at_locations)
        )
        values = {"item_ids": list(item_ids), "beyond": beyond}
        values["location_ids"] = sorted(location_ids or ())
        return await self._fetch(LastLeft, statement, values)

    async def page_lots(
        self, after: tuple[date, int], until: date, limit: int
    ) -> list[ExpiringLot]:
        """List the lots that expire until a day, behind (day, lot)."""
        values = {"after_day": after[0], "after": after[1], "until": until, "limit": limit}
        return await self._fetch(ExpiringLot, LOTS_BY_EXPIRY, values)

    async def list_spots(self, lot_ids: Sequence[int]) -> list[LotSpot]:
        """List where lots are, and how much of each."""
        return await self._fetch(LotSpot, LEVELS_OF_LOTS, {"lot_ids": list(lot_ids)})
