"""The lines of an AUDIT_LOG: ids as text, contact data masked, files by their hashes alone."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from bot.database.delivery.recent_records import RecentRecord
from bot.database.outcomes import Outcome
from bot.domain.actors import Actor
from bot.domain.masking import mask_contacts

# Readers of JSON round whole numbers beyond this one.
_LARGEST_EXACT: Final = 2**53
# A kept file and its hash, as requests carry them.
_CONTENT: Final = "content"
_HASH: Final = "content_hash"


def line_of(outcome: Outcome) -> bytes:
    """Write an outcome as one line."""
    fields = {
        **_who(outcome.at, outcome.actor, outcome.record),
        "operation_id": outcome.key,
        "operation": outcome.operation,
        "parameters": _plain(mask_contacts(_without_files(json.loads(outcome.request)))),
        "outcome": outcome.kind,
        "duration_ms": round(outcome.seconds * 1000, 1),
    }
    return _encode(fields)


def line_of_record(record: RecentRecord) -> bytes:
    """Write what the books say of a record whose own line was lost; what was typed was too."""
    fields = {
        **_who(record.at, record.actor, record.record),
        "operation_id": record.key,
        "operation": record.operation,
        "parameters": None,
        "outcome": "committed",
        "duration_ms": None,
        "is_caught_up": True,
    }
    return _encode(fields)


def _who(at: datetime, actor: Actor, record: int | None) -> dict[str, Any]:
    return {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "guild": str(actor.guild_id),
        "record": record,
        "actor": str(actor.user_id),
        "source": actor.source,
    }


def _encode(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def _without_files(value: Any) -> Any:
    """Leave out the content of what has a hash beside it."""
    if isinstance(value, dict):
        is_file = _HASH in value
        return {
            name: _without_files(each)
            for name, each in value.items()
            if not (is_file and name == _CONTENT)
        }
    if isinstance(value, list):
        return [_without_files(each) for each in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    is_rounded = isinstance(value, int) and abs(value) > _LARGEST_EXACT
    return str(value) if is_rounded else value
