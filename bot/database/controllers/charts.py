"""What charts draw, read from the ledger."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.chart_statements import (
    FIRST_SINCE_EACH,
    FURTHEST,
    flows_of,
    moves_of,
)
from bot.database.controllers.reading import ReadingController
from bot.database.models import StockMove
from bot.domain.item_values import LedgerRules


class Flow(NamedTuple):
    """What came in and left from a record up to the next one: quantities, and numbers of moves."""

    first: int
    came: Decimal
    left: Decimal
    moves_in: int
    moves_out: int


class ChartController(ReadingController[StockMove]):
    """The ledger by days and items; it writes nothing."""

    model = StockMove
    noun = "chart"
    permission = "report.view"

    async def first_since_each(self, moments: Sequence[datetime]) -> list[int]:
        """Return the first record since each of some moments, the oldest first, never falling."""
        found, last = [], 0
        for record in await self._scalars(FIRST_SINCE_EACH, {"moments": list(moments)}):
            last = max(last, record or FURTHEST)
            found.append(last)
        return found

    async def list_flows(
        self,
        firsts: Sequence[int],
        *,
        item_id: int,
        location_ids: Collection[int] | None = None,
    ) -> dict[int, Flow]:
        """Return what was added and taken from each record up to the next, the last on to the end.

        Where nothing moved there is none.
        """
        statement = flows_of(has_location=location_ids is not None)
        values = {
            "firsts": list(firsts),
            "item_id": item_id,
            "location_ids": sorted(location_ids or ()),
        }
        return {each.first: each for each in await self._fetch(Flow, statement, values)}

    async def list_moves(
        self,
        firsts: Sequence[int],
        rules: LedgerRules,
        *,
        item_ids: Collection[int] | None = None,
        location_ids: Collection[int] | None = None,
    ) -> dict[int, Flow]:
        """Return what came in and left like `list_flows`, of what counts by the rules alone."""
        statement = moves_of(has_items=item_ids is not None, has_location=location_ids is not None)
        values = {
            "firsts": list(firsts),
            "first": min(firsts),
            "item_ids": sorted(item_ids or ()),
            "location_ids": sorted(location_ids or ()),
            "merges": sorted(rules.merges),
            "kept": sorted(rules.kept),
        }
        return {each.first: each for each in await self._fetch(Flow, statement, values)}
