"""The hash chain over a guild's records: canonical JSON in, a hex digest out."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

CHAINED_FIELDS = (
    "guild_id",
    "record",
    "at",
    "actor_id",
    "source",
    "action",
    "subject_type",
    "subject_id",
    "subject",
    "detail",
    "reverses",
)
CHAINED_MOVE_FIELDS = ("line", "item_id", "source_id", "target_id", "quantity", "actor_id")


def first_link(guild_id: int) -> str:
    """Return the head of an empty chain; it differs by guild, so chains cannot be swapped."""
    return hashlib.sha256(b"tallyman book %d" % guild_id).hexdigest()


def next_link(
    previous: str, event: Mapping[str, Any], moves: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return the hash of an event: over all its fields, its moves and the previous hash."""
    chained = {name: event[name] for name in CHAINED_FIELDS}
    if event.get("operation_id") is not None:
        # Events from before there was one are hashed as they were.
        chained["operation_id"] = event["operation_id"]
    content = [
        previous,
        chained,
        [{name: move[name] for name in CHAINED_MOVE_FIELDS} for move in moves],
    ]
    return hashlib.sha256(canonical_json(content)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Write a value in the one form that equal values share: sorted keys, exact decimals."""
    return orjson.dumps(
        value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.3f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
