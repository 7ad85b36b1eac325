"""What the value of stock is derived from, read piece by piece."""

from collections.abc import Sequence

from bot.database.controllers.reading import ReadingController
from bot.database.controllers.value_statements import (
    ITEMS_OF_RECORDS,
    MERGED_BY_RECORDS,
    MERGES,
    MOVES,
    REVERSED_BETWEEN,
    MergeRecord,
)
from bot.database.models import StockMove
from bot.domain.item_values import LedgerMove


class ValueController(ReadingController[StockMove]):
    """The ledger in the order of items, for the value of stock; it writes nothing."""

    model = StockMove
    noun = "value"
    permission = "price.view"

    async def page_moves(
        self, after: tuple[int, int, int], last_item: int, beyond: int, limit: int
    ) -> list[LedgerMove]:
        """List the moves before a record behind (item, record, line), up to those of an item."""
        item_id, record, line = after
        values = {"item_id": item_id, "record": record, "line": line, "last_item": last_item}
        values |= {"beyond": beyond, "limit": limit}
        found = await self._fetch(LedgerMove, MOVES, values)
        return [
            each if (each.reversed_by or 0) < beyond else LedgerMove(*each[:-1], reversed_by=None)
            for each in found
        ]

    async def list_merges(self, action: str, beyond: int) -> list[MergeRecord]:
        """List the records before one that merged items, reversed ones included."""
        found = await self._fetch(MergeRecord, MERGES, {"action": action, "beyond": beyond})
        return [
            each if (each.reversed_by or 0) < beyond else MergeRecord(*each[:-1], reversed_by=None)
            for each in found
        ]

    async def items_of(self, records: Sequence[int]) -> dict[int, set[int]]:
        """Return which items records moved or merged, by the record."""
        found: dict[int, set[int]] = {record: set() for record in records}
        for statement in (ITEMS_OF_RECORDS, MERGED_BY_RECORDS):
            values = self._in_guild({"records": list(records)})
            for record, item_id in await statement.fetch(self._scope.connection, values):
                found[record].add(item_id)
        return found

    async def list_reversed_between(
        self, first: int, last: int, item_ids: Sequence[int]
    ) -> list[tuple[int, int]]:
        """List records of items from before one that were reversed until another, with what did."""
        values = self._in_guild({"first": first, "last": last, "item_ids": list(item_ids)})
        rows = await REVERSED_BETWEEN.fetch(self._scope.connection, values)
        return [(row[0], row[1]) for row in rows]
