"""Reading operations: what each asks for in the words of the operation that does it."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.sync import PushTable, SyncOperation, Verb
from bot.domain.sync_refusals import NotDone
from bot.errors import InvalidValue
from bot.services.sync.counts import read_count
from bot.services.sync.metadata import (
    read_barcode,
    read_item_change,
    read_location_change,
    read_new_item,
    read_new_location,
)
from bot.services.sync.moves import read_move
from bot.services.sync.performing import PerformOperation

# A clock may be set to any time; what is compared and written must be one in every time zone.
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)

_READERS: Final[Mapping[tuple[PushTable, Verb], Callable[[SyncOperation], Any]]] = {
    ("stock_moves", "INSERT"): read_move,
    ("stock_counts", "INSERT"): read_count,
    ("items", "INSERT"): read_new_item,
    ("items", "UPDATE"): read_item_change,
    ("items", "DELETE"): read_item_change,
    ("locations", "INSERT"): read_new_location,
    ("locations", "UPDATE"): read_location_change,
    ("locations", "DELETE"): read_location_change,
    ("barcodes", "INSERT"): read_barcode,
    ("barcodes", "UPDATE"): read_barcode,
    ("barcodes", "DELETE"): read_barcode,
}


def read_operation(sent: SyncOperation) -> PerformOperation:
    """Return what an operation asks for; raises InvalidValue, NotDone."""
    reader = _READERS.get((sent.table, sent.operation))
    if reader is None:
        raise NotDone(sent.table, sent.operation)
    for name, value in (("id", sent.id), ("supersedes", sent.supersedes)):
        if value is not None and not _is_uuid(value):
            raise InvalidValue(field=name, reason="wrong_kind")
    if sent.supersedes == sent.id:
        raise InvalidValue(field="supersedes", reason="wrong_kind")
    return PerformOperation(
        id=sent.id,
        intent=reader(sent),
        timestamp=min(max(sent.timestamp, _EARLIEST), _LATEST),
        supersedes=sent.supersedes,
    )


def _is_uuid(text: str) -> bool:
    """Whether a text is a UUID in the one form in which equal ones are equal."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
