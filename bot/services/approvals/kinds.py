"""The kinds of things that users propose and others decide about: one declaration each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import Reversal
from bot.domain.approvals import APPROVE, REJECT, Round, StatusTable, Step
from bot.domain.changes import Change, Changed

# What the action of an approval ends with that waits for others.
AGREED: Final = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing that is decided about: its kind, id and name, and the facts on its card.

    `private` names the facts whose values are masked, so that a change of one shows nothing.
    `whole` is what a kind's card shows besides: a document with its lines.
    """

    noun: str
    id: int
    label: str
    facts: tuple[tuple[str, str], ...] = ()
    private: frozenset[str] = frozenset()
    whole: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPermissions:
    """The rights of a kind; `others` are those of its further steps, such as suspending."""

    view: str
    propose: str
    approve: str
    others: tuple[str, ...] = ()

    @property
    def to_open(self) -> tuple[str, ...]:
        """Return the rights that let a user ask for a decision."""
        return (self.propose, *self.others)


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Another thing of the same kind that this one may be, and the field by which."""

    by: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What a step did besides: the step that it turned out to be, fields, rows of its document."""

    step: Step
    changes: Sequence[Change] = ()
    rows: Any = None


CarryOut: TypeAlias = Callable[[UnitOfWork, Subject, Step], Awaitable[CarriedOut]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something to decide: the verb of its operation and button, its step, what it carries out."""

    verb: str
    step: Step
    carry_out: CarryOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A step to be recorded: what its action ends with, the state after it, fields and rows."""

    past: str
    after: Round
    changes: Sequence[Change]
    rows: Any = None


Keep: TypeAlias = Callable[[UnitOfWork, Subject, Recorded], Awaitable[Changed]]


async def keep_record(uow: UnitOfWork, subject: Subject, recorded: Recorded) -> Changed:
    """Record a step of a thing whose status is in its approval alone."""
    action = f"{subject.noun}.{recorded.past}"
    return uow.record_changes(action, subject.noun, subject.id, subject.label, recorded.changes)


Describe = Callable[[Books, int], Awaitable[Subject]]
FindTwins = Callable[[Books, int], Awaitable[tuple[Resemblance, ...]]]


async def find_none(_books: Books, _subject_id: int) -> tuple[Resemblance, ...]:
    """Find nothing that resembles a thing."""
    return ()


@dataclass(frozen=True, kw_only=True)
class ApprovalKind:
    """A kind of thing to decide about; `agreements` users have to approve a version.

    `describe` returns one of its things as a card shows it, contact data masked; raises NotFound.
    `find_twins` returns others that a thing may be, for those who propose and decide. `keep`
    records a step; a document writes its own status and version there as well. `reversible` names
    what the actions end with whose moves can be reversed, `restored` those that give rows back too.
    """

    noun: str
    permissions: ApprovalPermissions
    describe: Describe
    table: StatusTable = field(default_factory=StatusTable)
    agreements: int = 1
    find_twins: FindTwins = find_none
    decisions: tuple[Decision, ...] = (
        Decision(verb="approve", step=APPROVE),
        Decision(verb="reject", step=REJECT),
    )
    keep: Keep = keep_record
    reversible: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    ways_back: Mapping[str, str]
    """The command that leads back from what an action did, by what it ends with."""
    shows_changes: bool = True
    apart: frozenset[str] = frozenset()
    """What those actions of its noun end with that change nothing that is decided about."""

    def reversal_of(self, past: str) -> Reversal:
        """Return how records of an action can be reversed, by what it ends with."""
        if past in self.restored:
            return Reversal.RESTORED
        return Reversal.MOVES if past in self.reversible else Reversal.NOT

    @property
    def actions(self) -> tuple[str, ...]:
        """Return every action that a record of this kind may have."""
        actions = [f"{self.noun}.{past}" for past in self.table.actions]
        return (*actions, f"{self.noun}.{AGREED}") if self.agreements > 1 else tuple(actions)
