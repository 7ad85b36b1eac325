"""The rows that devices keep a copy of: page by page, by their keys, and which of them changed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson

from bot.database.controllers.feed_statements import (
    BARCODES,
    BARCODES_OF,
    CHANGED,
    FORMER_OF,
    ITEMS,
    ITEMS_OF,
    LEVELS,
    LEVELS_OF,
    LOCATIONS,
    LOCATIONS_OF,
    LOTS,
    LOTS_OF,
    MERGED_INTO,
    MOVED,
    RECORDS,
    UNITS_OF,
)
from bot.database.controllers.reading import ReadingController
from bot.database.models import Item
from bot.domain.stock import LevelKey

_FIRST: Final = LevelKey(0, 0, 0)


class FeedItem(NamedTuple):
    """An item as devices keep it."""

    id: int
    record: int
    sku: str
    name: str
    unit: str
    tracking: str
    whole: bool | None
    reserved: Decimal
    reorder_point: Decimal | None
    archived_at: datetime | None


class FeedLocation(NamedTuple):
    """A location as devices keep it."""

    id: int
    record: int
    name: str
    path: str
    kind: str
    parent_id: int | None
    archived_at: datetime | None


class FeedBarcode(NamedTuple):
    """A barcode as devices keep it."""

    code_key: str
    record: int
    code: str
    item_id: int
    unit: str
    quantity: Decimal


class FeedLot(NamedTuple):
    """A lot as devices keep it."""

    id: int
    record: int
    item_id: int
    code: str
    expires_on: date | None
    state: str


class FeedLevel(NamedTuple):
    """A level, and whether it was moved after the record that was asked about."""

    item_id: int
    location_id: int
    lot_id: int
    quantity: Decimal
    is_moved: bool = False


class FeedChange(NamedTuple):
    """That a record changed a row of a table (`items`), or deleted one of a noun (`item`)."""

    source: str
    record: int
    key: str


class FeedMove(NamedTuple):
    """That a record moved something."""

    record: int
    item_id: int
    lot_id: int
    source_id: int
    target_id: int


class FeedRecord(NamedTuple):
    """When a record was made, and its hash."""

    record: int
    at: datetime
    hash: str


class FeedController(ReadingController[Item]):
    """What devices keep of a guild's books; it writes nothing."""

    model = Item
    noun = "item"
    permission = "stock.view"

    async def page_items(self, after: int, limit: int) -> list[FeedItem]:
        """List the items in use behind an id."""
        return await self._fetch(FeedItem, ITEMS, {"after": after, "limit": limit})

    async def page_locations(self, after: int, limit: int) -> list[FeedLocation]:
        """List the locations in use behind an id, without the outside world."""
        return await self._fetch(FeedLocation, LOCATIONS, {"after": after, "limit": limit})

    async def page_barcodes(self, after: str, limit: int) -> list[FeedBarcode]:
        """List the barcodes behind the key of one."""
        return await self._fetch(FeedBarcode, BARCODES, {"after": after, "limit": limit})

    async def page_lots(self, after: int, limit: int) -> list[FeedLot]:
        """List the lots behind an id."""
        return await self._fetch(FeedLot, LOTS, {"after": after, "limit": limit})

    async def page_levels(self, after: LevelKey | None, limit: int) -> list[FeedLevel]:
        """List the levels that are not zero behind the key of one, without the outside world."""
        values = {f"after_{n}": part for n, part in enumerate(after or _FIRST)}
        return await self._fetch(FeedLevel, LEVELS, {**values, "limit": limit})

    async def list_items(self, ids: Sequence[int]) -> list[FeedItem]:
        """List the items with these ids."""
        return await self._fetch(FeedItem, ITEMS_OF, {"keys": ids}) if ids else []

    async def list_locations(self, ids: Sequence[int]) -> list[FeedLocation]:
        """List the locations with these ids."""
        return await self._fetch(FeedLocation, LOCATIONS_OF, {"keys": ids}) if ids else []

    async def list_barcodes(self, keys: Sequence[str]) -> list[FeedBarcode]:
        """List the barcodes with these keys."""
        return await self._fetch(FeedBarcode, BARCODES_OF, {"keys": keys}) if keys else []

    async def list_lots(self, ids: Sequence[int]) -> list[FeedLot]:
        """List the lots with these ids."""
        return await self._fetch(FeedLot, LOTS_OF, {"keys": ids}) if ids else []

    async def list_levels(self, keys: Iterable[LevelKey], since: int) -> list[FeedLevel]:
        """List these levels, and which of them were moved after a record."""
        wanted = list(keys)
        if not wanted:
            return []
        dialect = self._scope.connection.dialect.name
        values: dict[str, Any] = {"since": since}
        if dialect == "sqlite":
            values["keys"] = orjson.dumps(wanted, default=tuple).decode()
        else:
            items, locations, lots = (list(each) for each in zip(*wanted, strict=True))
            values |= {"items": items, "locations": locations, "lots": lots}
        return await self._fetch(FeedLevel, LEVELS_OF[dialect], values)

    async def list_units(self, item_ids: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
        """Return the further units of items with their factors, by the item's id."""
        units: dict[int, list[tuple[str, Decimal]]] = {}
        rows = await UNITS_OF.fetch(self._scope.connection, self._in_guild({"keys": item_ids}))
        for item_id, unit, factor in rows:
            units.setdefault(item_id, []).append((unit, factor))
        return units

    async def list_former_skus(self, item_ids: Sequence[int]) -> dict[int, list[str]]:
        """Return the SKUs that items had, and those of items that were merged into them."""
        connection = self._scope.connection
        skus: dict[int, list[str]] = {}
        rows = await FORMER_OF.fetch(connection, self._in_guild({"keys": item_ids}))
        for item_id, sku in rows:
            skus.setdefault(item_id, []).append(sku)
        merged = await self._list_merged(item_ids)
        for item_id in item_ids:
            inside = list(merged.get(item_id, ()))
            for further_id, sku in inside:
                skus.setdefault(item_id, []).append(sku)
                # What was merged into a merged one leads on.
                inside += merged.get(further_id, ())
        return skus

    async def _list_merged(self, item_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
        """Return what was merged into items and into these again, by what it was merged into."""
        connection = self._scope.connection
        merged: dict[int, list[tuple[int, str]]] = {}
        keys = list(item_ids)
        while keys:
            rows = await MERGED_INTO.fetch(connection, self._in_guild({"keys": keys}))
            for into_id, item_id, sku in rows:
                merged.setdefault(into_id, []).append((item_id, sku))
            known = {*item_ids, *merged}
            keys = [item_id for _, item_id, _ in rows if item_id not in known]
        return merged

    async def list_changes(self, since: int, until: int, limit: int) -> list[FeedChange]:
        """List which rows records changed or deleted: of each table the first of them."""
        values = {"since": since, "until": until, "limit": limit}
        return await self._fetch(FeedChange, CHANGED, values)

    async def list_moves(self, since: int, until: int, limit: int) -> list[FeedMove]:
        """List the first moves after a record."""
        values = {"since": since, "until": until, "limit": limit}
        return await self._fetch(FeedMove, MOVED, values)

    async def list_records(self, records: Sequence[int]) -> dict[int, FeedRecord]:
        """Return when records were made, and their hashes, by their numbers."""
        rows = await self._fetch(FeedRecord, RECORDS, {"keys": records}) if records else []
        return {row.record: row for row in rows}
