"""What a record changed outside the ledger: fields before and after, as people read them."""

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
