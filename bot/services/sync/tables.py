"""The tables that devices keep a copy of: their rows in the words of the protocol."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.database.controllers.feed import FeedBarcode, FeedItem, FeedLevel, FeedLocation, FeedLot
from bot.database.unit import Books
from bot.domain.quantities import format_quantity
from bot.domain.stock import LevelKey
from bot.domain.sync import PullTable


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A row as it is: its key, the record that last changed it, and whether it is in use.

    Levels say no record: their moves do.
    """

    key: str
    record: int
    data: Mapping[str, Any]
    is_in_use: bool = True


Settled = dict[str, FeedRow | None]


@dataclass(frozen=True, slots=True)
class FeedTable:
    """How a table is read: a page behind a key, and the rows with some keys by their keys.

    Of the latter those that were changed after a record are None.
    """

    page: Callable[[Books, str, int], Awaitable[list[FeedRow]]]
    read: Callable[[Books, Sequence[str], int], Awaitable[Settled]]


async def _page_items(books: Books, after: str, limit: int) -> list[FeedRow]:
    return await _items(books, await books.feed.page_items(int(after or 0), limit))


async def _read_items(books: Books, keys: Sequence[str], until: int) -> Settled:
    rows = await books.feed.list_items(list(map(int, keys)))
    return _settled(await _items(books, rows), until)


async def _items(books: Books, rows: Sequence[FeedItem]) -> list[FeedRow]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    units, former = await books.feed.list_units(ids), await books.feed.list_former_skus(ids)
    return [_item(row, units.get(row.id, ()), former.get(row.id, ())) for row in rows]


def _item(row: FeedItem, units: Sequence[tuple[str, Decimal]], former: Sequence[str]) -> FeedRow:
    is_in_use = row.archived_at is None
    data = {
        "sku": row.sku,
        "name": row.name,
        "unit": row.unit,
        "tracking": row.tracking,
        "whole": row.whole,
        "units": [{"unit": unit, "factor": format_quantity(factor)} for unit, factor in units],
        "former_skus": list(former),
        "reorder_point": None if row.reorder_point is None else format_quantity(row.reorder_point),
        "reserved": format_quantity(row.reserved),
        "archived": not is_in_use,
    }
    return FeedRow(str(row.id), row.record, data, is_in_use)


async def _page_locations(books: Books, after: str, limit: int) -> list[FeedRow]:
    return [_location(row) for row in await books.feed.page_locations(int(after or 0), limit)]


async def _read_locations(books: Books, keys: Sequence[str], until: int) -> Settled:
    rows = await books.feed.list_locations(list(map(int, keys)))
    return _settled(map(_location, rows), until)


def _location(row: FeedLocation) -> FeedRow:
    is_in_use = row.archived_at is None
    data = {
        "name": row.name,
        "path": row.path,
        "kind": row.kind,
        "parent_id": row.parent_id,
        "archived": not is_in_use,
    }
    return FeedRow(str(row.id), row.record, data, is_in_use)


async def _page_barcodes(books: Books, after: str, limit: int) -> list[FeedRow]:
    return [_barcode(row) for row in await books.feed.page_barcodes(after, limit)]


async def _read_barcodes(books: Books, keys: Sequence[str], until: int) -> Settled:
    rows = await books.feed.list_barcodes(keys)
    return _settled(map(_barcode, rows), until)


def _barcode(row: FeedBarcode) -> FeedRow:
    data = {
        "code": row.code,
        "item_id": row.item_id,
        "unit": row.unit,
        "quantity": format_quantity(row.quantity),
    }
    return FeedRow(row.code_key, row.record, data)


async def _page_lots(books: Books, after: str, limit: int) -> list[FeedRow]:
    return [_lot(row) for row in await books.feed.page_lots(int(after or 0), limit)]


async def _read_lots(books: Books, keys: Sequence[str], until: int) -> Settled:
    rows = await books.feed.list_lots(list(map(int, keys)))
    return _settled(map(_lot, rows), until)


def _lot(row: FeedLot) -> FeedRow:
    data = {
        "item_id": row.item_id,
        "code": row.code,
        "expires_on": None if row.expires_on is None else row.expires_on.isoformat(),
        "state": row.state,
    }
    return FeedRow(str(row.id), row.record, data)


async def _page_levels(books: Books, after: str, limit: int) -> list[FeedRow]:
    key = _level_key(after) if after else None
    return [_level(row) for row in await books.feed.page_levels(key, limit)]


async def _read_levels(books: Books, keys: Sequence[str], until: int) -> Settled:
    rows = await books.feed.list_levels(list(map(_level_key, keys)), until)
    levels = [(_level(row), row.is_moved) for row in rows]
    return {level.key: None if is_moved else level for level, is_moved in levels}


def _settled(rows: Iterable[FeedRow], until: int) -> Settled:
    return {row.key: row if row.record <= until else None for row in rows}


def _level_key(text: str) -> LevelKey:
    item_id, location_id, lot_id = map(int, text.split("/"))
    return LevelKey(item_id, location_id, lot_id)


def _level(row: FeedLevel) -> FeedRow:
    data = {
        "item_id": row.item_id,
        "location_id": row.location_id,
        "lot_id": row.lot_id,
        "quantity": format_quantity(row.quantity),
    }
    key = f"{row.item_id}/{row.location_id}/{row.lot_id}"
    return FeedRow(key, 0, data, bool(row.quantity))


# In the order of a first copy: what a row refers to comes before it.
FEED_TABLES: Final[Mapping[PullTable, FeedTable]] = {
    "items": FeedTable(_page_items, _read_items),
    "locations": FeedTable(_page_locations, _read_locations),
    "barcodes": FeedTable(_page_barcodes, _read_barcodes),
    "lots": FeedTable(_page_lots, _read_lots),
    "stock_levels": FeedTable(_page_levels, _read_levels),
}
