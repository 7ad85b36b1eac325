"""Stock levels and the ledger of moves: reads for every view, and the queue of new moves."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.database.controllers.history_statements import build_history, one_of
from bot.database.controllers.items import ItemController
from bot.database.controllers.line_statements import LineRow, line_by
from bot.database.controllers.locations import LocationController
from bot.database.controllers.lot_statements import CHANGES_SINCE
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.stock_lines import (
    read_ends,
    read_lines,
    read_lots,
    split_reference,
    stocked,
)
from bot.database.controllers.stock_pages import LevelRow, StockPagesController
from bot.database.controllers.stock_rows import MoveRow, PostedMove, RecordedRow, StockChange
from bot.database.controllers.stock_statements import (
    LAST_LOCATION,
    LAST_OUT,
    LEVELS_AT_LOCATION,
    LEVELS_OF_ITEM,
    LEVELS_TO_MERGE,
    LINES_OF_RECORD,
    MOVES_OF_RECORD,
    RECENT_ITEMS,
    TOTALS,
)
from bot.database.scope import Scope
from bot.domain.locations import read_path
from bot.domain.posting import Posting
from bot.domain.quantities import TypedQuantity
from bot.domain.record_detail import RecordedEnd, RecordedLine
from bot.domain.stock import (
    NO_LOT,
    LineEnd,
    LineReference,
    MovedLine,
    Reference,
    StockedItem,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import InvalidValue


class StockController(StockPagesController):
    """Stock levels, and the moves that led to them."""

    def __init__(self, scope: Scope, posting: Posting | None = None) -> None:
        super().__init__(scope)
        self._posting = posting

    def post(
        self,
        line: StockLine,
        quantity: Decimal,
        unit_cost: Decimal | None = None,
        currency: str | None = None,
    ) -> MovedLine:
        """Queue a move; the unit's last write puts it in the ledger together with its levels."""
        if self._posting is None:
            raise RuntimeError("moves are posted within DatabaseService.run")
        moved = self._posting.post(line, quantity, unit_cost, currency)
        self._scope.mark_changed()
        return moved

    def take_over(self, made: Posting) -> None:
        """Queue the moves that were made ahead, of what has no levels yet, before any others."""
        if self._posting is None:
            raise RuntimeError("moves are posted within DatabaseService.run")
        self._posting.take_over(made)
        if made.lines:
            self._scope.mark_changed()

    async def line(
        self, item: Reference, source: Reference, target: Reference, lot_id: int = NO_LOT
    ) -> StockLine:
        """Read an item and two locations with their levels; raises NotFound for unknown ones."""
        try:
            row, pack = await self._line_row(item, source, target, lot_id)
        except InvalidValue as error:
            # With one end outside people are asked for one location, not for two ends.
            is_one = isinstance(source, VirtualLocation) or isinstance(target, VirtualLocation)
            if is_one and error.field != "item":
                error.field = "location"
            raise
        if row.source_id is None or row.target_id is None:
            locations = LocationController(self._scope)
            if row.source_id is None:
                source = (await locations.require_reference(source)).id
            if row.target_id is None:
                target = (await locations.require_reference(target)).id
            row, _ = await self._line_row(row.item_id, source, target, lot_id)
        lot = (await read_lots(self._scope, [lot_id])).get(lot_id) if lot_id else None
        assert row.source_id is not None
        assert row.target_id is not None
        return StockLine(
            stocked(row, pack),
            LineEnd(
                row.source_id,
                row.source_name,
                row.source_level,
                row.source_archived_at is not None,
                row.source_kind,
            ),
            LineEnd(
                row.target_id,
                row.target_name,
                row.target_level,
                row.target_archived_at is not None,
                row.target_kind,
            ),
            lot_id,
            lot,
            bool(row.is_wanted),
        )

    async def lines(self, references: Sequence[LineReference]) -> list[StockLine]:
        """Read many lines, in their order, at once for items given by ids; raises NotFound."""
        if len(references) == 1:
            return [await self.line(*references[0])]
        return await read_lines(self._scope, references)

    async def ends(self, location_ids: Iterable[int]) -> dict[int, LineEnd]:
        """Return locations as ends of lines of what never was there, by id."""
        return await read_ends(self._scope, location_ids)

    async def item(self, item: Reference) -> StockedItem:
        """Read an item by id, SKU or name; raises NotFound."""
        return stocked(*await self._line_row(item, 0, 0, NO_LOT))

    async def last_location(self, item_id: int, actor_id: int, verb: str) -> int | None:
        """Return where this actor last took (or put) this item, among their last 200 moves of it.

        Moves of bulk records count like any other.
        """
        values = {
            "item_id": item_id,
            "actor_id": actor_id,
            "taken_to": VirtualLocation.CUSTOMER if verb == "take" else 0,
            "put_from": VirtualLocation.SUPPLIER if verb == "put" else 0,
        }
        rows = await LAST_LOCATION.fetch(self._scope.connection, self._in_guild(values))
        return int(rows[0][0 if verb == "take" else 1]) if rows else None

    async def levels_of_item(self, item_id: int) -> list[LevelRow]:
        """List where an item is, the largest level first; physical locations only."""
        return await self._fetch(LevelRow, LEVELS_OF_ITEM, {"item_id": item_id})

    async def levels_to_merge(self, item_id: int) -> list[tuple[int, int, Decimal]]:
        """List all physical levels of an item that are not empty: location, lot, quantity."""
        values = self._in_guild({"item_id": item_id})
        rows = await LEVELS_TO_MERGE.fetch(self._scope.connection, values)
        return [(location, lot, quantity) for location, lot, quantity in rows]

    async def levels_at_location(self, location_id: int) -> list[LevelRow]:
        """List what is at a location, by SKU."""
        return await self._fetch(LevelRow, LEVELS_AT_LOCATION, {"location_id": location_id})

    async def totals(self, item_ids: Sequence[int]) -> dict[int, Decimal]:
        """Return what is in stock of some items at all physical locations together.

        The moves that a unit has queued are not in it yet; an item that never was is left out.
        """
        values = self._in_guild({"item_ids": list(item_ids)})
        rows = await TOTALS.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

    async def moves_of_record(self, record: int) -> list[PostedMove]:
        """List the moves of one record in their order."""
        return await self._fetch(PostedMove, MOVES_OF_RECORD, {"record": record})

    async def lines_of_record(self, record: int, *, after: int, limit: int) -> list[RecordedLine]:
        """List the lines of one record that follow a line, with the names of today."""
        values = {"record": record, "after": after, "limit": limit}
        return [
            RecordedLine(
                row.item_id,
                row.sku,
                row.unit,
                row.quantity,
                RecordedEnd(row.source_id, row.source),
                RecordedEnd(row.target_id, row.target),
                row.lot_id,
                row.lot or "",
                row.expires_on,
                row.corrects,
            )
            for row in await self._fetch(RecordedRow, LINES_OF_RECORD, values)
        ]

    async def changes_since(
        self, item_ids: list[int], record: int, today: date
    ) -> list[StockChange]:
        """List the moves of some items into and out of what is usable, of a record and later ones.

        Locations and lots count as they are now.
        """
        values = {"ids": item_ids, "record": record, "today": today}
        return await self._fetch(StockChange, CHANGES_SINCE, values)

    async def last_out(
        self, item_id: int, location_id: int, *, after: int, lot_id: int = NO_LOT
    ) -> int | None:
        """Return the newest record behind another that took an item (a lot) from a location.

        Those that were reversed since, and reversals, are left out.
        """
        values = {"item_id": item_id, "location_id": location_id, "record": after}
        values["lot_id"] = lot_id
        found = await self._scalars(LAST_OUT, values)
        return found[0] if found else None

    async def recent_item_ids(self, actor_id: int) -> list[int]:
        """Return the items of this actor's last sixty moves, the newest first."""
        return list(dict.fromkeys(await self._scalars(RECENT_ITEMS, {"actor_id": actor_id})))

    async def history(
        self,
        *,
        before: tuple[int, int] | None = None,
        after: tuple[int, int] | None = None,
        limit: int = PAGE_ROWS,
        merged_ids: Sequence[int] = (),
        **filters: int | None,
    ) -> tuple[list[MoveRow], bool]:
        """List moves, the newest first, older than `before` or newer than `after`.

        Cursors are (record, line); filters are `item_id`, `location_id` and `actor_id`. Moves of
        the items (or lots) that went into the one are among them. The second value is whether
        there are more that way.
        """
        given = {name: value for name, value in filters.items() if value is not None}
        names, has_before, has_after = tuple(given), before is not None, after is not None
        count = len(merged_ids)
        statement = self._prepared(
            ("history", names, has_before, has_after, count),
            lambda: build_history(names, before=has_before, after=has_after, merged=count),
        )
        record, line = before or after or (0, 0)
        values = {**given, "record": record, "line": line, "limit": limit + 1}
        values |= {f"{one_of(names)}_{place}": each for place, each in enumerate(merged_ids)}
        rows = await self._fetch(MoveRow, statement, values)
        page = rows[:limit]
        return (page[::-1] if after else page), len(rows) > limit

    async def _line_row(
        self, item: Reference, source: Reference, target: Reference, lot_id: int
    ) -> tuple[LineRow, TypedQuantity | None]:
        """Read a line, and the pack if the item was named by the code of one."""
        values: dict[str, Any] = {"guild_id": self._scope.guild_id, "lot_id": lot_id}
        values["item_id"], values["item_key"] = split_reference("item", item)
        for name, end in (("source", source), ("target", target)):
            values[f"{name}_id"], values[f"{name}_key"] = split_reference(name, end)
            path = read_path(values[f"{name}_key"])
            values[f"{name}_path"] = path.key if path is not None and not path.is_end else ""
        has_ids = tuple(values[f"{name}_id"] is not None for name in ("item", "source", "target"))
        rows = await line_by(*has_ids).fetch(self._scope.connection, values)
        row, pack = LineRow(*rows[0]) if rows else None, None
        if row is None or row.archived_at is not None:
            # A barcode, a name, or what an archived one was merged into.
            named, pack = await ItemController(self._scope).require_named(item)
            if row is None or row.item_id != named.id:
                values["item_id"] = named.id
                line = line_by(True, *has_ids[1:])  # the item has one now
                row = LineRow(*(await line.fetch(self._scope.connection, values))[0])
        return row, pack
