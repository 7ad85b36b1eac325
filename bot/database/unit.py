"""UnitOfWork: a guild's controllers within one transaction, to change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from bot.database.book_head import BookHead
from bot.database.books import Books
from bot.database.controllers import (
    BaseController,
    StockController,
)
from bot.database.entries import Entry, Message, Missed
from bot.database.scope import Scope
from bot.domain.actions import require_declared
from bot.domain.actors import Actor
from bot.domain.changes import Change, Changed
from bot.domain.document_contents import RecordContents
from bot.domain.posting import Posting
from bot.domain.records import DoneBefore
from bot.domain.requests import SuppliedLine
from bot.domain.rights import Rights

ControllerT = TypeVar("ControllerT", bound=BaseController[Any])


__all__ = ["BookHead", "Books", "UnitOfWork"]


@dataclass(slots=True)
class _Queue:
    entry: Entry | None = None
    posting: Posting = field(default_factory=Posting)
    messages: list[Message] = field(default_factory=list)
    let_fall: tuple[int, ...] = ()


class UnitOfWork(Books):
    """One change of a guild's books, all or nothing, with exactly one record.

    An operation reads and changes rows through the controllers, queues moves with
    `stock.post`, and says what happened with `record`. It never commits: `run` does, once.
    """

    def __init__(self, scope: Scope, actor: Actor, rights: Rights, head: BookHead) -> None:
        super().__init__(scope, actor, rights, head, guarded=False)
        self._queue = _Queue()
        self.resolved: Any = None
        """What was asked, by ids and base units: a repeatable operation's receipt keeps it."""
        self.missed: Sequence[Missed] = ()
        """Earlier requests of this operation whose answers the actor may have missed."""
        self.ahead: object = None
        """What was prepared before the guild's turn; the operation looks whether it still holds."""

        self.happened_at: datetime | None = None
        """When a device did what the unit records; None: it happens now."""

    @cached_property
    def stock(self) -> StockController:
        return StockController(self.scope, self._queue.posting)

    @property
    def entry(self) -> Entry | None:
        """What was recorded, if anything yet."""
        return self._queue.entry

    @property
    def posting(self) -> Posting:
        """The queued moves."""
        return self._queue.posting

    @property
    def messages(self) -> Sequence[Message]:
        """What the record causes besides its audit line."""
        return self._queue.messages

    @property
    def let_fall(self) -> Sequence[int]:
        """The items that are alerted because of the record."""
        return self._queue.let_fall

    def note_let_fall(self, item_ids: Iterable[int]) -> None:
        """Add to the record which items it let fall to their reorder points, all of them."""
        self._queue.let_fall = tuple(item_ids)

    def record(
        self,
        action: str,
        *,
        subject_type: str,
        subject_id: int | None,
        subject: str,
        changes: Sequence[Change] = (),
        note: str = "",
        reverses: int | None = None,
        subjects: Iterable[tuple[str, int]] = (),
        contents: RecordContents | None = None,
    ) -> int:
        """Record what happened, once; returns the record's number.

        The moves that were posted are its lines. People are ids in `changes` and contact data is
        masked, because it is hashed and never changes again. `subjects` are further things (noun
        and id) to find the record by; its own subject and what its moves name need no mention.
        `contents` are the columns of a document and its lines that it set.
        """
        require_declared(action)
        if self._queue.entry is not None:
            raise RuntimeError("one operation makes exactly one record")
        further = set(subjects) - {(subject_type, subject_id)}
        self._queue.entry = Entry(
            action,
            subject_type,
            subject_id,
            subject,
            tuple(changes),
            note,
            reverses,
            sorted(further) if further else (),
            contents,
        )
        return self.scope.record

    def supply(self, lines: Sequence[SuppliedLine]) -> None:
        """Add to the record what it let requests hold back of what became available."""
        entry = self._queue.entry
        assert entry is not None
        requests = {("request", line.request_id) for line in lines}
        further = {*entry.subjects, *requests} - {(entry.subject_type, entry.subject_id)}
        self._queue.entry = replace(entry, subjects=sorted(further), supplied=tuple(lines))

    def require_new(self, is_same: Callable[[Any], bool]) -> None:
        """Raise DoneBefore for the newest request that was missed and asked for the same."""
        for done in self.missed:
            if is_same(done.request):
                raise DoneBefore(done.record, self.now - done.at)

    def notify(self, lane: str, kind: str, *, not_before: datetime | None = None) -> None:
        """Send a message of this kind about the record down a lane, once it is committed."""
        message = Message(lane, kind, not_before)
        if message not in self._queue.messages:
            self._queue.messages.append(message)

    def record_changes(
        self,
        action: str,
        noun: str,
        subject_id: int,
        subject: str,
        changes: Sequence[Change],
        contents: RecordContents | None = None,
        subjects: Iterable[tuple[str, int]] = (),
    ) -> Changed:
        """Record fields before and after, and return the answer that says so."""
        record = self.record(
            action,
            subject_type=noun,
            subject_id=subject_id,
            subject=subject,
            changes=changes,
            subjects=subjects,
            contents=contents,
        )
        return Changed(
            record=record,
            action=action,
            noun=noun,
            subject_id=subject_id,
            subject=subject,
            changes=tuple(changes),
        )
