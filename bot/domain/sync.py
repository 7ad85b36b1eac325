"""Sync: what a device asks for and is answered, in the words of the protocol. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from bot.errors import TallymanError

PROTOCOL: Final = 1
# Raised with every change of what `data` of a table contains.
SCHEMA_VERSION: Final = 1

# How far back a device may ask what changed; beyond it gets everything again.
RETENTION: Final = timedelta(days=90)
# A device that was not heard of for this long is linked again.
SESSION: Final = timedelta(days=90)
LINK_VALID: Final = timedelta(minutes=10)
# How long what Discord said of a member counts without asking again, and how long it does for
# floor work while Discord cannot be asked.
RIGHTS_FRESH: Final = timedelta(seconds=60)
RIGHTS_KEPT: Final = timedelta(hours=24)

MAX_OPERATIONS: Final = 200
MAX_PULLED: Final = 5_000

Verb = Literal["INSERT", "UPDATE", "DELETE"]
Status = Literal["applied", "duplicate", "superseded", "held", "rejected"]
PushTable = Literal["stock_moves", "stock_counts", "items", "locations", "barcodes"]
PullTable = Literal["items", "locations", "barcodes", "lots", "stock_levels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOperation:
    """Something that was done at a device; `timestamp` is by the device's own clock."""

    id: str
    seq: int
    table: PushTable
    operation: Verb
    data: Mapping[str, Any]
    timestamp: datetime
    base_version: int | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What became of an operation; `reason` is a word of the protocol.

    `held` was neither done nor refused: the device sends it again. Applied operations have the
    record that they made, duplicates the one that they made the first time.
    """

    id: str
    status: Status
    reason: str = ""
    record: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConflict:
    """An operation that was refused or lost to what the books say, and why.

    `server_record` is the row as it is now. The error becomes a sentence where others do.
    """

    operation_id: str
    table: PushTable
    reason: str
    error: TallymanError
    server_record: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a batch of operations, in the order of their `seq`."""

    results: Sequence[SyncResult]
    conflicts: Sequence[SyncConflict] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row as it is since a record (`seq`, also its version); DELETE: it is no more.

    Decimals in `data` are text.
    """

    seq: int
    table: PullTable
    operation: Verb
    id: str
    version: int
    data: Mapping[str, Any] | None
    timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What changed, and the cursor to ask on from.

    After a `reset` the device drops what it knows of the books first, never its queue.
    """

    changes: Sequence[RowChange]
    cursor: str
    last_sync_timestamp: datetime
    has_more: bool = False
    reset: bool = False
