"""Approvals: what people propose and others decide, the same for every kind of thing.

Whoever proposed, edited, resubmitted or reinstated a thing since its last decision never decides
about it, whatever roles they hold. A step is taken under the guild's lock on the version that the
person saw, so of many clicks at once one counts and the others learn who was quicker.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.database.models import Approval
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.approvals import DECISIONS, Status, Step, next_status
from bot.domain.changes import Change, Changed
from bot.domain.lanes import APPROVALS_LANE, CARD, DECISION, direct_lane
from bot.domain.names import MAX_NOTE, clean_text
from bot.errors import AlreadyDecided, IllegalStep, SelfApproval, StaleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is decided about: its kind, id and name, and what a card says of it."""

    noun: str
    id: int
    label: str
    facts: tuple[tuple[str, str], ...] = ()


Describe = Callable[[Books, int], Awaitable[Subject]]
_DESCRIBERS: dict[str, Describe] = {}

# What the audit and people call each step's outcome, by the verb that the action ends with.
_PAST: Final = {
    Step.EDIT: "edited",
    Step.ANNOTATE: "edited",
    Step.APPROVE: "approved",
    Step.REJECT: "rejected",
    Step.RESUBMIT: "resubmitted",
    Step.SUSPEND: "suspended",
    Step.REINSTATE: "reinstated",
}


def describes(noun: str) -> Callable[[Describe], Describe]:
    """Declare how a kind of thing describes itself on a card, with contact data masked."""

    def declare(describe: Describe) -> Describe:
        assert noun not in _DESCRIBERS
        _DESCRIBERS[noun] = describe
        past = ("proposed", *dict.fromkeys(_PAST.values()))
        declare_actions(*(f"{noun}.{step}" for step in past))
        return describe

    return declare


async def describe(books: Books, noun: str, subject_id: int) -> Subject:
    """Describe a thing for its card; raises NotFound."""
    return await _DESCRIBERS[noun](books, subject_id)


async def propose(uow: UnitOfWork, subject: Subject, changes: Sequence[Change]) -> Changed:
    """Open the first round of a new thing."""
    status = Change("status", "", Status.PENDING.value)
    changed = _record(uow, f"{subject.noun}.proposed", subject, [*changes, status])
    await uow.approvals.create(
        noun=subject.noun,
        subject_id=subject.id,
        status=Status.PENDING.value,
        opened_by=uow.actor.user_id,
        opened_at=uow.now,
        opened_record=changed.record,
        touched_by=frozenset({uow.actor.user_id}),
    )
    return changed


async def revise(
    uow: UnitOfWork, subject: Subject, step: Step, changes: Sequence[Change] = ()
) -> Changed:
    """Edit, annotate, resubmit or reinstate; whoever does so is not the one to decide."""
    assert step not in DECISIONS
    approval = await _require(uow, subject)
    status = _advance(approval, subject, step)
    changed = _record(
        uow, _action(subject, step), subject, [*changes, *_status_change(approval, status)]
    )
    values: dict[str, Any] = {
        "version": approval.version + 1,
        "status": status.value,
        "touched_by": approval.touched_by | {uow.actor.user_id},
    }
    if status is Status.PENDING and approval.status != Status.PENDING:
        values |= {
            "opened_by": uow.actor.user_id,
            "opened_at": uow.now,
            "opened_record": changed.record,
            "decided_by": None,
            "decided_at": None,
            "decided_record": None,
            "reason": "",
        }
    await uow.approvals.update_by_id(subject.noun, subject.id, **values)
    return changed


async def decide(
    uow: UnitOfWork, subject: Subject, step: Step, version: int, reason: str = ""
) -> Changed:
    """Approve or reject the version that the person saw, and tell whoever opened the round."""
    assert step in DECISIONS
    approval = await require_decidable(uow, subject, version)
    changed = await _settle(uow, approval, subject, step, reason)
    uow.notify(direct_lane(approval.opened_by), DECISION)
    return changed


async def suspend(uow: UnitOfWork, subject: Subject, reason: str) -> Changed:
    """Take an approval back for now."""
    approval = await _require(uow, subject)
    return await _settle(uow, approval, subject, Step.SUSPEND, reason)


async def require_decidable(books: Books, subject: Subject, version: int) -> Approval:
    """Return the approval if this person may decide about this version of it.

    Raises AlreadyDecided, IllegalStep, StaleVersion, SelfApproval.
    """
    approval = await _require(books, subject)
    if approval.status != Status.PENDING:
        if approval.decided_by is None or approval.decided_at is None:
            raise IllegalStep(subject.noun, subject.label, approval.status, "decided")
        raise AlreadyDecided(
            label=subject.label,
            status=approval.status,
            decided_by=approval.decided_by,
            decided_at=approval.decided_at,
            record=approval.decided_record or 0,
        )
    if approval.version != version:
        raise StaleVersion(subject.noun)
    if books.actor.user_id in approval.touched_by:
        raise SelfApproval(subject.noun, subject.label)
    return approval


async def _settle(
    uow: UnitOfWork, approval: Approval, subject: Subject, step: Step, reason: str
) -> Changed:
    """Take a step that somebody answers for, with a reason unless it is an approval."""
    status = _advance(approval, subject, step)
    reason = clean_text(reason, field="reason", limit=MAX_NOTE, required=step is not Step.APPROVE)
    changes = [*_status_change(approval, status)]
    if reason:
        changes.append(Change("reason", "", reason))
    changed = _record(uow, _action(subject, step), subject, changes)
    await uow.approvals.update_by_id(
        subject.noun,
        subject.id,
        status=status.value,
        version=approval.version + 1,
        decided_by=uow.actor.user_id,
        decided_at=uow.now,
        decided_record=changed.record,
        reason=reason,
        # Whoever touched it before a decision may have a say in the next one.
        touched_by=frozenset() if step in DECISIONS else approval.touched_by,
    )
    return changed


async def _require(books: Books, subject: Subject) -> Approval:
    return await books.approvals.require(subject.noun, subject.id)


def _advance(approval: Approval, subject: Subject, step: Step) -> Status:
    status = next_status(Status(approval.status), step)
    if status is None:
        raise IllegalStep(subject.noun, subject.label, approval.status, _PAST[step])
    return status


def _status_change(approval: Approval, status: Status) -> list[Change]:
    if approval.status == status:
        return []
    return [Change("status", approval.status, status.value)]


def _action(subject: Subject, step: Step) -> str:
    return f"{subject.noun}.{_PAST[step]}"


def _record(uow: UnitOfWork, action: str, subject: Subject, changes: Sequence[Change]) -> Changed:
    """Record a step, and let the thing's card be drawn anew."""
    uow.notify(APPROVALS_LANE, CARD)
    return uow.record_changes(action, subject.noun, subject.id, subject.label, changes)
