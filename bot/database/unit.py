"""Books and UnitOfWork: a guild's controllers within one transaction, to read or to change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from bot.database.controllers import (
    ApprovalCardController,
    ApprovalController,
    AuditController,
    BaseController,
    DefaultRoleGrantController,
    GuildChannelController,
    GuildController,
    ItemController,
    LocationController,
    LookalikeController,
    MemberController,
    OutboxController,
    OutboxLaneController,
    ReceiptController,
    RoleAssignmentController,
    RoleBindingController,
    RoleController,
    ScheduleController,
    StockController,
    SupplierController,
)
from bot.database.entries import Entry, Message, Missed
from bot.database.rights import RightsExplained, explain_rights
from bot.database.scope import Scope
from bot.domain.actions import require_declared
from bot.domain.actors import Actor
from bot.domain.chain import first_link
from bot.domain.changes import Change, Changed
from bot.domain.posting import Posting
from bot.domain.records import DoneBefore
from bot.domain.rights import Need, Rights

ControllerT = TypeVar("ControllerT", bound=BaseController[Any])


@dataclass(slots=True)
class BookHead:
    """The columns of the locked book row."""

    last_record: int
    last_id: int
    chain_head: str
    rights_version: int
    newest_at: datetime | None = None
    """When the last record was made, as far as the lock could see."""

    @classmethod
    def of_nothing(cls, guild_id: int) -> "BookHead":
        """Return the head of a book that is not open yet."""
        return cls(0, 0, first_link(guild_id), 0)


class Books:
    """The coordinator: the controllers of one guild within one transaction.

    Behind `DatabaseService.look_up` each controller checks its view permission when it is
    first touched; behind `query` and `run` the query or operation has declared its own.
    """

    def __init__(
        self, scope: Scope, actor: Actor, rights: Rights, head: BookHead, *, guarded: bool
    ) -> None:
        self.scope = scope
        self.actor = actor
        self.rights = rights
        self.head = head
        self.now = scope.now
        self._guarded = guarded

    @cached_property
    def items(self) -> ItemController:
        return self._open(ItemController)

    @cached_property
    def locations(self) -> LocationController:
        return self._open(LocationController)

    @cached_property
    def stock(self) -> StockController:
        return self._open(StockController)

    @cached_property
    def suppliers(self) -> SupplierController:
        return self._open(SupplierController)

    @cached_property
    def approvals(self) -> ApprovalController:
        return self._open(ApprovalController)

    @cached_property
    def approval_cards(self) -> ApprovalCardController:
        return self._open(ApprovalCardController)

    @cached_property
    def roles(self) -> RoleController:
        return self._open(RoleController)

    @cached_property
    def role_bindings(self) -> RoleBindingController:
        return self._open(RoleBindingController)

    @cached_property
    def role_assignments(self) -> RoleAssignmentController:
        return self._open(RoleAssignmentController)

    @cached_property
    def default_role_grants(self) -> DefaultRoleGrantController:
        return self._open(DefaultRoleGrantController)

    @cached_property
    def lookalikes(self) -> LookalikeController:
        return self._open(LookalikeController)

    @cached_property
    def members(self) -> MemberController:
        return self._open(MemberController)

    @cached_property
    def guilds(self) -> GuildController:
        return self._open(GuildController)

    @cached_property
    def guild_channels(self) -> GuildChannelController:
        return self._open(GuildChannelController)

    @cached_property
    def audit(self) -> AuditController:
        return self._open(AuditController)

    @cached_property
    def outbox(self) -> OutboxController:
        return self._open(OutboxController)

    @cached_property
    def outbox_lanes(self) -> OutboxLaneController:
        return self._open(OutboxLaneController)

    @cached_property
    def schedule(self) -> ScheduleController:
        return self._open(ScheduleController)

    @cached_property
    def receipts(self) -> ReceiptController:
        return self._open(ReceiptController)

    async def explain_rights(self, actor: Actor) -> RightsExplained:
        """Return what a member may do and why, as of this snapshot."""
        assert actor.guild_id == self.actor.guild_id
        return await explain_rights(self.scope.connection, actor, self.now)

    def require_permission(self, *permissions: str) -> None:
        """Raise NotAllowed unless the actor holds at least one of these."""
        Need(any_of=permissions).check(self.rights)

    def _open(self, controller: Callable[[Scope], ControllerT]) -> ControllerT:
        opened = controller(self.scope)
        if self._guarded:
            self.require_permission(opened.permission)
        return opened


@dataclass(slots=True)
class _Queue:
    entry: Entry | None = None
    posting: Posting = field(default_factory=Posting)
    messages: list[Message] = field(default_factory=list)


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
    ) -> int:
        """Record what happened, once; returns the record's number.

        The moves that were posted are its lines. People are ids in `changes` and contact data is
        masked, because it is hashed and never changes again. `subjects` are further things (noun
        and id) to find the record by; its own subject and what its moves name need no mention.
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
        )
        return self.scope.record

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
        self, action: str, noun: str, subject_id: int, subject: str, changes: Sequence[Change]
    ) -> Changed:
        """Record fields before and after, and return the answer that says so."""
        record = self.record(
            action,
            subject_type=noun,
            subject_id=subject_id,
            subject=subject,
            changes=changes,
        )
        return Changed(
            record=record,
            action=action,
            noun=noun,
            subject_id=subject_id,
            subject=subject,
            changes=tuple(changes),
        )
