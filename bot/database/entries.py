"""What a unit leaves behind besides rows, and what it must know of earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.changes import Change
from bot.domain.document_contents import RecordContents
from bot.domain.requests import SuppliedLine


@dataclass(frozen=True, slots=True)
class Entry:
    """What the unit's one audit event will say; its lines are those that were posted."""

    action: str
    subject_type: str
    subject_id: int | None
    subject: str
    changes: Sequence[Change]
    note: str
    reverses: int | None
    subjects: Sequence[tuple[str, int]]
    contents: RecordContents | None = None
    supplied: Sequence[SuppliedLine] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message about the record: its lane and kind, and until when it waits."""

    lane: str
    kind: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """An earlier request, as it was resolved, whose answer its user may have missed."""

    record: int
    at: datetime
    request: Any
