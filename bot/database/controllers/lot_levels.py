"""Levels by lot: what is usable of items, and which lots of an item are where."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.database.controllers.base import BaseController
from bot.database.controllers.lot_statements import USABLE_TOTALS
from bot.database.models import StockLevel


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
