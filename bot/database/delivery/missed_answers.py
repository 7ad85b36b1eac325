"""Answers that were committed and may not have been seen, by the person who asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.database.operations import Operation, RequestT, ResultT


@dataclass(frozen=True, slots=True)
class Unshown:
    """A committed request whose answer its user may have missed."""

    key: str
    record: int
    created_at: datetime
    operation: str
    fingerprint: str
    request: str | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A promise in the database: the first under its key, and what its user may have missed."""

    is_first: bool
    unshown: tuple[Unshown, ...] = ()


def to_unshown(row: Any) -> Unshown:
    """Return a row of `promise_statements.UNSHOWN`."""
    return Unshown(row.key, row.record, row.created_at, row.operation, row.fingerprint, row.request)


def read_request(operation: Operation[RequestT, ResultT], kept: str | None) -> RequestT | None:
    """Return the request that a receipt keeps, None if it keeps none that can be read."""
    try:
        return None if kept is None else operation.load_request(kept)
    except ValueError:
        return None  # of another version
