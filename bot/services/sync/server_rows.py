"""The row that an operation was about, as the books have it: a conflict shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.names import MAX_REFERENCE, key_of
from bot.domain.sync import PushTable, SyncOperation
from bot.services.sync.tables import FEED_TABLES

MetadataTable = Literal["items", "locations", "barcodes"]
_NAMED_BY: Final[Mapping[PushTable, tuple[str, ...]]] = {
    "items": ("id", "sku"),
    "locations": ("id", "name"),
    "barcodes": ("id", "code"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadServerRow:
    """Ask for a row by what an operation called it: its id, or what names it."""

    table: MetadataTable
    id: str = ""
    name: str = ""


@query("sync.server_row", all_of=("stock.view", "item.view"), is_shown=False)
async def read_server_row(books: Books, request: ReadServerRow) -> Mapping[str, Any] | None:
    """Return a row in the words of the feed with its id and version, or None."""
    key = request.id
    name_key = key_of(request.name)
    if request.table == "barcodes":
        key = key_of(request.name or request.id)
    elif request.table == "items" and not key:
        item = await books.items.find_one(sku_key=name_key)
        key = "" if item is None else str(item.id)
    elif request.table == "locations" and not key:
        location = await books.locations.find_one(path_key=name_key)
        key = "" if location is None else str(location.id)
    if not key:
        return None
    row = (await FEED_TABLES[request.table].read(books, [key], books.head.last_record)).get(key)
    return None if row is None else {"id": row.key, "version": row.record, **row.data}


def wanted_row(sent: SyncOperation) -> ReadServerRow | None:
    """Return which row an operation is about; None for stock, and where it cannot be told."""
    if sent.table not in _NAMED_BY or not isinstance(sent.data, Mapping):
        return None
    by_id, by_name = (_text(sent.data.get(name)) for name in _NAMED_BY[sent.table])
    table = cast("MetadataTable", sent.table)
    if table != "barcodes" and not (by_id.isascii() and by_id.isdigit()):
        by_id = ""
    return ReadServerRow(table=table, id=by_id, name=by_name) if by_id or by_name else None


def _text(value: object) -> str:
    """Return what may name a row as a text; nothing for what cannot."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < value < 1 << 53 else ""
    if not isinstance(value, str) or not value.isprintable():
        return ""
    return value[:MAX_REFERENCE]
