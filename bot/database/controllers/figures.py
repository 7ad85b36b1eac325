"""What a figure of stock is made of, read from the ledger page by page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from bot.database.controllers.figure_statements import (
    LEVELS,
    Shape,
    build_newer,
    build_page,
    build_quantity,
)
from bot.database.controllers.left_statements import build_left, build_left_page
from bot.database.controllers.reading import ReadingController
from bot.database.controllers.stock_rows import MoveRow
from bot.database.models import StockMove
from bot.domain.item_values import LedgerRules
from bot.domain.quantities import ZERO
from bot.domain.stock_scopes import StockScope

Cursor = tuple[int, int]
# Behind every move.
NEWEST: Final[Cursor] = (2**62, 0)


class LevelPart(NamedTuple):
    """A level that an item's stock is made of."""

    location_id: int
    location: str
    lot_id: int
    lot: str | None
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftScope:
    """What left is asked about: of which items, from where, and in which records."""

    rules: LedgerRules
    item_ids: frozenset[int]
    location_ids: frozenset[int] | None
    since: datetime
    first: int
    beyond: int

    def values(self) -> dict[str, Any]:
        """Return the values of a statement."""
        return {
            "item_ids": sorted(self.item_ids),
            "location_ids": sorted(self.location_ids or ()),
            "merges": sorted(self.rules.merges),
            "kept": sorted(self.rules.kept),
            "since": self.since,
            "first": self.first,
            "beyond": self.beyond,
        }


class FigureController(ReadingController[StockMove]):
    """The ledger behind the figures of stock; it writes nothing."""

    model = StockMove
    noun = "figure"
    permission = "stock.view"

    async def quantity(self, scope: StockScope) -> Decimal:
        """Return how much there is of an item now."""
        statement = self._prepared(
            ("quantity", _shape(scope)), lambda: build_quantity(_shape(scope))
        )
        found: Decimal | None = (await self._scalars(statement, _values(scope)))[0]
        return found or ZERO

    async def changed_since(self, scope: StockScope, cursor: Cursor) -> Decimal:
        """Return how much a figure changed by the moves from one on."""
        statement = self._prepared(("newer", _shape(scope)), lambda: build_newer(_shape(scope)))
        values = self._in_guild(_values(scope) | _at(cursor))
        rows = await statement.fetch(self._scope.connection, values)
        return sum(((total or ZERO) * (1 if is_in else -1) for is_in, total in rows), ZERO)

    async def page(
        self,
        scope: StockScope,
        *,
        before: Cursor = NEWEST,
        after: Cursor | None = None,
        beyond: int = NEWEST[0],
        limit: int,
    ) -> tuple[list[tuple[MoveRow, Decimal]], bool]:
        """List moves with what each changed, the newest first, and whether there are more.

        They are older than `before`, or newer than `after` and before the record `beyond`.
        """
        shape, is_backwards = _shape(scope), after is not None
        statement = self._prepared(
            ("page", shape, is_backwards), lambda: build_page(shape, is_backwards=is_backwards)
        )
        values = _values(scope) | _at(after or before) | {"limit": limit + 1, "beyond": beyond}
        found = await statement.fetch(self._scope.connection, self._in_guild(values))
        moves = [MoveRow(*row[:-1]) for row in found[:limit]]
        changes = [
            move.quantity if row[-1] else -move.quantity
            for move, row in zip(moves, found[:limit], strict=True)
        ]
        page = list(zip(moves, changes, strict=True))
        return (page[::-1] if is_backwards else page), len(found) > limit

    async def page_levels(
        self, item_id: int, *, after: Cursor = (0, 0), before: Cursor | None = None, limit: int
    ) -> tuple[list[LevelPart], bool]:
        """List the levels of an item behind (location, lot) or before it, and whether more are."""
        location_id, lot_id = before or after
        values = {"item_id": item_id, "location_id": location_id, "lot_id": lot_id}
        found = await self._fetch(
            LevelPart, LEVELS[before is not None], values | {"limit": limit + 1}
        )
        page = found[:limit]
        return (page[::-1] if before else page), len(found) > limit

    async def left(self, scope: LeftScope) -> Decimal:
        """Return how much left for customers."""
        at = scope.location_ids is not None
        statement = self._prepared(("left", at), lambda: build_left(at_locations=at))
        found: Decimal | None = (await self._scalars(statement, scope.values()))[0]
        return found or ZERO

    async def page_left(
        self, scope: LeftScope, *, before: Cursor = NEWEST, after: Cursor | None, limit: int
    ) -> tuple[list[MoveRow], bool]:
        """List the moves that left, older than a cursor or newer, and whether there are more."""
        at, is_backwards = scope.location_ids is not None, after is not None
        statement = self._prepared(
            ("page left", at, is_backwards),
            lambda: build_left_page(at_locations=at, is_backwards=is_backwards),
        )
        values = scope.values() | _at(after or before) | {"limit": limit + 1}
        found = await self._fetch(MoveRow, statement, values)
        page = found[:limit]
        return (page[::-1] if is_backwards else page), len(found) > limit


def _shape(scope: StockScope) -> Shape:
    has_item, has_lot = scope.item_id is not None, bool(scope.lot_id)
    if scope.location_ids is None:
        return has_item, has_lot, "all"
    return has_item, has_lot, "one" if len(scope.location_ids) == 1 else "many"


def _values(scope: StockScope) -> dict[str, Any]:
    values: dict[str, Any] = {"item_id": scope.item_id, "lot_id": scope.lot_id}
    if scope.location_ids is not None:
        values["location_ids"] = sorted(scope.location_ids)
        values["location_id"] = values["location_ids"][0]
    return values


def _at(cursor: Cursor) -> dict[str, int]:
    record, line = cursor
    return {"record": record, "line": line}
