"""Approvals: what users propose and others decide about, as one status table per kind of thing.

A step leads from a status to a status; a step that a table does not contain cannot be taken.
Every change of the thing makes a new version and ends what was agreed about the version before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from bot.errors import Conflict

PENDING: Final = "pending"
APPROVED: Final = "approved"
REJECTED: Final = "rejected"


@dataclass(eq=False)
class AlreadyAgreed(Conflict):
    """The actor has approved this version, and it needs the approval of other people as well."""

    label: str
    given: int
    needed: int


class Effect(StrEnum):
    """What a step does to the decision about a thing."""

    REVISE = "revise"  # the actor may not decide about the result
    TOUCH = "touch"  # the same, and the version stays: several users work on it at once
    KEEP = "keep"  # changes nothing that is decided about
    ASK = "ask"  # asks for a decision about what others made
    APPROVE = "approve"  # under four eyes; the last of as many as the kind needs counts
    REJECT = "reject"  # under four eyes
    WITHDRAW = "withdraw"  # takes an approval away without another round


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that can be done to a thing, and where it leads from each status."""

    past: str  # what the record's action ends with
    effect: Effect
    leads: Mapping[str, str] = field(hash=False)
    needs_reason: bool = False

    @property
    def is_work(self) -> bool:
        """Whether it neither decides anything nor takes a decision away."""
        return self.effect in {Effect.REVISE, Effect.TOUCH, Effect.KEEP}

    @property
    def is_decision(self) -> bool:
        """Whether it is taken under four eyes, on the version that the actor saw."""
        return self.effect in {Effect.APPROVE, Effect.REJECT}


APPROVE: Final = Step(past="approved", effect=Effect.APPROVE, leads={PENDING: APPROVED})
REJECT: Final = Step(
    past="rejected", effect=Effect.REJECT, leads={PENDING: REJECTED}, needs_reason=True
)
RESUBMIT: Final = Step(past="resubmitted", effect=Effect.REVISE, leads={REJECTED: PENDING})
# No one has decided about the contents of an approved thing that was edited.
EDIT: Final = Step(
    past="edited",
    effect=Effect.REVISE,
    leads={PENDING: PENDING, APPROVED: PENDING, REJECTED: REJECTED},
)
# Changes nothing that anyone decided about.
ANNOTATE: Final = Step(
    past="edited",
    effect=Effect.REVISE,
    leads={PENDING: PENDING, APPROVED: APPROVED, REJECTED: REJECTED},
)


@dataclass(frozen=True)
class StatusTable:
    """All steps of a kind; the statuses are those that its steps join, the first one first.

    In the `pending` status it is decided about. `opened` is what the first record's action ends
    with; its actor may not decide if `is_opener_barred`.
    """

    steps: tuple[Step, ...] = (EDIT, ANNOTATE, APPROVE, REJECT, RESUBMIT)
    first: str = PENDING
    pending: str = PENDING
    opened: str = "proposed"
    is_opener_barred: bool = True

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """Return the statuses in the order of the steps that lead to them from others."""
        reached = [to for step in self.steps for status, to in step.leads.items() if to != status]
        return tuple(dict.fromkeys([self.first, *reached]))

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Return what actions of this kind end with, in records."""
        return tuple(dict.fromkeys([self.opened, *(step.past for step in self.steps)]))


# The table of each kind that is declared, by its noun.
STATUS_TABLES: Final[dict[str, StatusTable]] = {}
# The permissions to decide about the kinds that are declared; their holders read the cards.
DECIDERS: Final[set[str]] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The part of an approval that the rules look at."""

    status: str
    version: int
    touched_by: frozenset[int]
    agreed_by: frozenset[int]

    def take(self, step: Step, actor_id: int, *, agreements: int = 1) -> "Round | None":
        """Return the state after a step, None if it cannot be taken from this status.

        `touched_by` is emptied by an approval alone: a rejection must not let an actor approve
        on resubmission what they proposed themselves.
        """
        status = step.leads.get(self.status)
        if status is None:
            return None
        if step.effect in {Effect.TOUCH, Effect.KEEP}:
            touched = {actor_id} if step.effect is Effect.TOUCH else set()
            return replace(self, status=status, touched_by=self.touched_by | touched)
        if step.effect is Effect.APPROVE:
            agreed = self.agreed_by | {actor_id}
            # The version stays: those who have yet to approve saw the same contents.
            if len(agreed) < agreements:
                return replace(self, agreed_by=agreed)
            return Round(
                status=status, version=self.version + 1, touched_by=frozenset(), agreed_by=agreed
            )
        touched = {actor_id} if step.effect is Effect.REVISE else set()
        return Round(
            status=status,
            version=self.version + 1,
            touched_by=self.touched_by | touched,
            agreed_by=frozenset(),
        )
