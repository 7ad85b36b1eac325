"""What a record changed outside the ledger: fields before and after, as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; an empty side means that there was (or is) nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The answer to a change of anything but stock."""

    record: int
    action: str
    noun: str
    subject_id: int
    subject: str
    changes: tuple[Change, ...] = ()


def list_changes(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    """Return the fields that differ, in the order of `after`."""
    return tuple(
        Change(name, before.get(name, ""), value)
        for name, value in after.items()
        if before.get(name, "") != value
    )


def join_first(values: Sequence[object], limit: int, *, count: int | None = None) -> str:
    """Name the first of several, and how many more there are: a record is shown in one message."""
    named = ", ".join(map(str, values[:limit]))
    more = (len(values) if count is None else count) - len(values[:limit])
    return f"{named} and {more} more" if more else named
