"""The rows that a unit leaves behind, the same on both engines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.database.unit import BookHead, UnitOfWork
from bot.domain.chain import NEWEST_FORMAT, canonical_json, next_link
from bot.domain.dated import Dated
from bot.domain.falls import FALL
from bot.domain.posting import Level
from bot.domain.record_detail import write_detail
from bot.domain.stock import LevelKey
from bot.errors import BrokenBooks

T = TypeVar("T")

# How many lines or levels one statement takes: the time of a statement is limited.
CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """The receipt of the unit, but for its record number and time."""

    key: str
    operation_id: str
    operation: str
    fingerprint: str
    request: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that a unit leaves behind, but for what its controllers wrote already."""

    event: dict[str, Any]
    moves: list[dict[str, Any]]
    old_levels: list[tuple[LevelKey, Level]]
    new_levels: list[tuple[LevelKey, Level]]
    subjects: Sequence[tuple[str, int]]
    dated: Mapping[int, Dated]
    head: BookHead
    receipt: ReceiptDraft


def rows_of_unit(uow: UnitOfWork, head: BookHead, receipt: ReceiptDraft) -> Rows:
    """Return the rows of a unit, and set the head of the book's chain to their hash."""
    actor, entry, posting = uow.actor, uow.entry, uow.posting
    assert entry is not None
    lines = posting.lines
    event = {
        "guild_id": actor.guild_id,
        "record": head.last_record,
        "format": NEWEST_FORMAT,
        "at": uow.now,
        "actor_kind": actor.kind,
        "actor_id": actor.user_id,
        "source": actor.source,
        "operation_id": receipt.operation_id,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "subject": entry.subject,
        "detail": canonical_json(
            write_detail(
                lines,
                entry.changes,
                entry.note,
                entry.contents,
                entry.supplied,
                uow.happened_at,
                _list_said(posting.dated, entry.reverses),
                uow.let_fall,
            )
        ).decode(),
        "reverses": entry.reverses,
    }
    moves = [
        {
            "line": number,
            "item_id": line.item_id,
            "lot_id": line.lot_id,
            "source_id": line.source.id,
            "target_id": line.target.id,
            "quantity": line.quantity,
            "unit_cost": line.unit_cost,
            "currency": line.currency,
            "actor_id": actor.user_id,
        }
        for number, line in enumerate(lines, start=1)
    ]
    event["hash"] = head.chain_head = next_link(head.chain_head, event, moves)
    old: list[tuple[LevelKey, Level]] = []
    new: list[tuple[LevelKey, Level]] = []
    for level in posting.levels.items():
        (new if level[1].before is None else old).append(level)
    subjects = [*entry.subjects, *((FALL, item_id) for item_id in uow.let_fall)]
    return Rows(event, moves, old, new, subjects, posting.dated, head, receipt)


def _list_said(dated: Mapping[int, Dated], reverses: int | None) -> Mapping[int, Dated]:
    """Return when lines happened, as a record says it: what it reverses is kept true no longer."""
    if reverses is None:
        return dated
    return {number: each for number, each in dated.items() if each.corrects != reverses}


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut rows into what one statement takes; the first chunk is there even if it is empty."""
    yield rows[:CHUNK]
    for start in range(CHUNK, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def check(holds: bool, detail: str) -> None:  # noqa: FBT001  # the one thing that is checked
    """Raise BrokenBooks unless something holds that nothing but tampering can break."""
    if not holds:
        raise BrokenBooks(detail)
