"""Stock levels and the ledger of moves: reads for every view, and the queue of new moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from bot.database.controllers.base import BaseController
from bot.database.controllers.items import ItemController
from bot.database.controllers.locations import LocationController
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.stock_statements import (
    ALL_LEVELS,
    ANY_MOVE,
    LAST_PLACE,
    LEVELS_AT_LOCATION,
    LEVELS_OF_ITEM,
    LINE,
    MOVES_OF_RECORD,
    RECENT_ITEMS,
    SKU_KEY,
    SOURCE,
    TARGET,
    history_of,
)
from bot.database.models import StockLevel
from bot.database.raw_rows import read_stored
from bot.database.scope import Scope
from bot.domain.names import reference_key
from bot.domain.places import VirtualPlace, is_virtual
from bot.domain.posting import Posting
from bot.domain.stock import MovedLine, Place, Reference, StockedItem, StockLine


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How much of an item lies at a place."""

    item_id: int
    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None
    location_id: int
    location: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move as history shows it."""

    record: int
    line: int
    at: datetime
    actor_id: int
    action: str
    reverses: int | None
    sku: str
    unit: str
    quantity: Decimal
    source_id: int
    source: str
    target_id: int
    target: str


class StockController(BaseController[StockLevel]):
    """What lies where, and how it came there."""

    model = StockLevel
    noun = "stock level"
    permission = "stock.view"

    def __init__(self, scope: Scope, posting: Posting | None = None) -> None:
        super().__init__(scope)
        self._posting = posting

    def post(self, line: StockLine, quantity: Decimal) -> MovedLine:
        """Queue a move; the unit's last write puts it in the ledger together with its levels."""
        if self._posting is None:
            raise RuntimeError("moves are posted within DatabaseService.run")
        moved = self._posting.post(line, quantity)
        self._scope.mark_changed()
        return moved

    async def line(self, item: Reference, source: Reference, target: Reference) -> StockLine:
        """Read an item and two places with their levels; raises NotFound for what is unknown."""
        row = await self._line_row(item, source, target)
        places = LocationController(self._scope)
        for found, wanted in ((row[SOURCE], source), (row[TARGET], target)):
            if found[0] is None:
                await places.refuse_unknown(wanted)
        return StockLine(item=_stocked(row), source=_end(row[SOURCE]), target=_end(row[TARGET]))

    async def item(self, item: Reference) -> StockedItem:
        """Read an item by id, SKU or name; raises NotFound."""
        return _stocked(await self._line_row(item, 0, 0))

    async def last_place(self, item_id: int, actor_id: int, verb: str) -> int | None:
        """Return the place where this person last took (or put) this item."""
        values = {
            "item_id": item_id,
            "actor_id": actor_id,
            "taken_to": VirtualPlace.CUSTOMER if verb == "take" else 0,
            "put_from": VirtualPlace.SUPPLIER if verb == "put" else 0,
        }
        row = (await self._scope.connection.execute(LAST_PLACE, self._in_guild(values))).first()
        if row is None:
            return None
        return int(row.source_id if verb == "take" else row.target_id)

    async def levels_of_item(self, item_id: int) -> list[LevelRow]:
        """List where an item lies, the largest level first; physical places only."""
        values = self._in_guild({"item_id": item_id})
        result = await self._scope.connection.execute(LEVELS_OF_ITEM, values)
        return [LevelRow(*row) for row in result]

    async def levels_at_location(self, location_id: int) -> list[LevelRow]:
        """List what lies at a place, by SKU."""
        values = self._in_guild({"location_id": location_id})
        result = await self._scope.connection.execute(LEVELS_AT_LOCATION, values)
        return [LevelRow(*row) for row in result]

    async def list_stored(self) -> list[dict[str, Any]]:
        """List every level as it lies in the table, the outside world's as well, to be verified."""
        result = await self._scope.connection.execute(ALL_LEVELS, self._in_guild({}))
        return [read_stored(self._table, row) for row in result]

    async def moves_of_record(self, record: int) -> list[Row[Any]]:
        """List the moves of one record: item, source, target, quantity."""
        values = self._in_guild({"record": record})
        return list(await self._scope.connection.execute(MOVES_OF_RECORD, values))

    async def has_moves(self, item_id: int) -> bool:
        """Tell whether an item was ever moved."""
        values = self._in_guild({"item_id": item_id})
        return (await self._scope.connection.execute(ANY_MOVE, values)).first() is not None

    async def recent_item_ids(self, actor_id: int) -> list[int]:
        """Return the items that this person moved lately, the newest first."""
        values = self._in_guild({"actor_id": actor_id})
        result = await self._scope.connection.execute(RECENT_ITEMS, values)
        return list(dict.fromkeys(result.scalars()))

    async def history(
        self,
        *,
        item_id: int | None = None,
        location_id: int | None = None,
        actor_id: int | None = None,
        before: tuple[int, int] | None = None,
        after: tuple[int, int] | None = None,
        limit: int = PAGE_ROWS,
    ) -> tuple[list[MoveRow], bool]:
        """List moves, the newest first, older than `before` or newer than `after`.

        Cursors are (record, line). The second value tells whether there is more that way.
        """
        names = (item_id is not None, location_id is not None, actor_id is not None)
        shape = ("history", names, before is not None, after is not None)
        statement = self._statement(shape, lambda: history_of(*names, before=before, after=after))
        record, line = before or after or (None, None)
        values = self._in_guild(
            {
                "item_id": item_id,
                "location_id": location_id,
                "actor_id": actor_id,
                "record": record,
                "line": line,
                "limit": limit + 1,
            }
        )
        result = await self._scope.connection.execute(statement, values)
        rows = [MoveRow(*row) for row in result]
        page = rows[:limit]
        return (page[::-1] if after else page), len(rows) > limit

    async def _line_row(self, item: Reference, source: Reference, target: Reference) -> Any:
        values = self._in_guild(
            _reference("item", item) | _reference("source", source) | _reference("target", target)
        )
        rows = await LINE.fetch(self._scope.connection, values)
        if not rows:
            await ItemController(self._scope).refuse_unknown(item)
        # One item's SKU may be another's name: the SKU is what people type.
        return next((row for row in rows if row[SKU_KEY] == values["item_key"]), rows[0])


def _reference(name: str, reference: Reference) -> dict[str, Any]:
    if isinstance(reference, int):
        # A plain id may come from a forged button: it never means the outside world.
        is_open = isinstance(reference, VirtualPlace) or not is_virtual(reference)
        return {f"{name}_id": reference if is_open else 0, f"{name}_key": ""}
    return {f"{name}_id": 0, f"{name}_key": reference_key(reference, field=name)}


def _stocked(row: Any) -> StockedItem:
    item_id, sku, name, unit, archived_at = row[:SKU_KEY]
    return StockedItem(item_id, sku, name, unit, archived_at is not None)


def _end(found: Sequence[Any]) -> Place:
    location_id, name, archived_at, level = found
    return Place(location_id, name, level, archived_at is not None)
