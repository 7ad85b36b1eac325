"""The kinds of things that users propose and others decide about: one declaration each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from bot.database.unit import Books
from bot.domain.approvals import StatusTable

# What the action of an approval ends with that waits for others.
AGREED: Final = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing that is decided about: its kind, id and name, and the facts on its card.

    `private` names the facts whose values are masked, so that a change of one shows nothing.
    """

    noun: str
    id: int
    label: str
    facts: tuple[tuple[str, str], ...] = ()
    private: frozenset[str] = frozenset()


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


Describe = Callable[[Books, int], Awaitable[Subject]]
FindTwins = Callable[[Books, int], Awaitable[tuple[Resemblance, ...]]]


async def find_none(_books: Books, _subject_id: int) -> tuple[Resemblance, ...]:
    """Find nothing that resembles a thing."""
    return ()


@dataclass(frozen=True, kw_only=True)
class ApprovalKind:
    """A kind of thing to decide about; `agreements` users have to approve a version.

    `describe` returns one of its things as a card shows it, contact data masked; raises NotFound.
    `find_twins` returns others that a thing may be, for those who propose and decide.
    """

    noun: str
    permissions: ApprovalPermissions
    describe: Describe
    table: StatusTable = field(default_factory=StatusTable)
    agreements: int = 1
    find_twins: FindTwins = find_none

    @property
    def actions(self) -> tuple[str, ...]:
        """Return every action that a record of this kind may have."""
        actions = [f"{self.noun}.{past}" for past in self.table.actions]
        return (*actions, f"{self.noun}.{AGREED}") if self.agreements > 1 else tuple(actions)
