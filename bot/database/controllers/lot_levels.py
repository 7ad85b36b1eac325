"""Levels by lot: what is usable of items, and which lots of an item are where."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.controllers.base import BaseController
from bot.database.controllers.lot_statements import (
    FIRST_EXPIRING,
    LOT_SPOTS,
    LOTS_AT,
    STOCKED_LOTS,
    USABLE_SPOTS,
    USABLE_TOTALS,
)
from bot.database.models import StockLevel

_MAX_SPOTS: Final = 200


class LotRow(NamedTuple):
    """A lot that may be used, and how much of it is at the location."""

    id: int
    code: str
    expires_on: date | None
    state: str
    quantity: Decimal


class LotAtRow(NamedTuple):
    """How much of a lot is at a location."""

    item_id: int
    location_id: int
    id: int
    code: str
    expires_on: date | None
    state: str
    quantity: Decimal


class SpotRow(NamedTuple):
    """A location that holds what was looked for, and how much."""

    location_id: int
    location: str
    kind: str
    quantity: Decimal


class LotLevelsController(BaseController[StockLevel]):
    """Stock levels, as far as lots and the kinds of locations matter."""

    model = StockLevel
    noun = "stock level"
    permission = "stock.view"

    async def usable_totals(
        self, item_ids: Sequence[int], today: date
    ) -> dict[int, tuple[Decimal, Decimal]]:
        """Return what is on hand of some items, and of that usable today, at all locations.

        Quarantine, held lots and expired ones are on hand and not usable. The moves that a unit
        has queued are not in it yet; an item that never was is left out.
        """
        values = self._in_guild({"item_ids": list(item_ids), "today": today})
        rows = await USABLE_TOTALS.fetch(self._scope.connection, values)
        return {row[0]: (row[1], row[2]) for row in rows}

    async def first_expiring(
        self, item_id: int, location_id: int, wanted: Decimal, today: date
    ) -> list[LotRow]:
        """List the usable lots at a location, the first to expire on top, until they suffice.

        All of them come if they do not suffice.
        """
        values = {"item_id": item_id, "location_id": location_id, "wanted": wanted, "today": today}
        return await self._fetch(LotRow, FIRST_EXPIRING, values)

    async def spots(
        self, item_id: int, *, today: date | None = None, lot_id: int = 0
    ) -> list[SpotRow]:
        """List where an item's usable lots are, or one lot in any state, the most of it first."""
        values = {"item_id": item_id, "limit": _MAX_SPOTS}
        if lot_id:
            return await self._fetch(SpotRow, LOT_SPOTS, {**values, "lot_id": lot_id})
        return await self._fetch(SpotRow, USABLE_SPOTS, {**values, "today": today})

    async def where_stocked(
        self, item_ids: Sequence[int], lot_ids: Sequence[int]
    ) -> dict[int, str]:
        """Return a location of each of these lots that is in stock anywhere."""
        values = self._in_guild({"item_ids": list(item_ids), "lot_ids": list(lot_ids)})
        rows = await STOCKED_LOTS.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

    async def lots_at(self, item_ids: Sequence[int], location_ids: Sequence[int]) -> list[LotAtRow]:
        """List the lots of some items at some locations, first to expire first, at most 500."""
        values = {"item_ids": list(item_ids), "location_ids": list(location_ids)}
        return await self._fetch(LotAtRow, LOTS_AT, values)
