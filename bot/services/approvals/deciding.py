"""Approvals: what users propose and others decide, the same for every kind of thing.

An actor who proposed, edited, resubmitted or reinstated a thing since its last approval cannot
decide about it, whatever roles they hold. A step is taken under the guild's lock on the version
that the actor saw, so of many clicks at once one counts and the others learn who was first.
"""

from collections.abc import Sequence
from typing import Any

from bot.database.models import Approval
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import AlreadyAgreed, Effect, Round, StatusTable, Step
from bot.domain.changes import Change, Changed
from bot.domain.lanes import APPROVALS_LANE, CARD, DECISION, direct_lane
from bot.domain.names import MAX_NOTE, clean_text
from bot.errors import AlreadyDecided, IllegalStep, Overtaken, SelfApproval, StaleVersion
from bot.services.approvals.kinds import AGREED, ApprovalKind, Decision, Recorded, Subject


async def propose(
    uow: UnitOfWork, kind: ApprovalKind, subject: Subject, changes: Sequence[Change]
) -> Changed:
    """Open the first round of a new thing."""
    table = kind.table
    uow.notify(APPROVALS_LANE, CARD)
    changed = uow.record_changes(
        f"{subject.noun}.{table.opened}",
        subject.noun,
        subject.id,
        subject.label,
        [*changes, Change("status", "", table.first)],
    )
    await open_round(uow, table, subject.noun, subject.id, changed.record)
    return changed


async def open_round(
    uow: UnitOfWork, table: StatusTable, noun: str, subject_id: int, record: int
) -> None:
    """Begin the approval of a thing that a record made."""
    user_id = uow.actor.user_id
    await uow.approvals.create(
        noun=noun,
        subject_id=subject_id,
        status=table.first,
        opened_by=user_id,
        opened_at=uow.now,
        opened_record=record,
        touched_by=frozenset({user_id} if table.is_opener_barred else ()),
    )


async def revise(
    uow: UnitOfWork,
    kind: ApprovalKind,
    subject: Subject,
    step: Step,
    changes: Sequence[Change] = (),
    *,
    reason: str = "",
    rows: Any = None,
) -> Changed:
    """Take any step but a decision: edit, resubmit, suspend, count a line ..."""
    assert not step.is_decision
    approval = await uow.approvals.require(subject.noun, subject.id)
    return await _take(uow, kind, approval, subject, step, changes, reason, rows)


async def decide(
    uow: UnitOfWork,
    kind: ApprovalKind,
    subject: Subject,
    decision: Decision,
    version: int,
    *,
    reason: str = "",
) -> Changed:
    """Decide about the version that the actor saw; notify the user who opened the round.

    While the kind needs the approval of more users, an approval is recorded and no more.
    """
    step = decision.step
    assert step.is_decision
    approval = await require_decidable(uow, subject, version, step)
    if step.effect is Effect.APPROVE and uow.actor.user_id in approval.agreed_by:
        raise AlreadyAgreed(subject.label, len(approval.agreed_by), kind.agreements)
    if decision.carry_out is None:
        return await _take(uow, kind, approval, subject, step, reason=reason)
    assert kind.agreements == 1, "what is carried out is carried out once"
    done = await decision.carry_out(uow, subject, step)
    return await _take(uow, kind, approval, subject, done.step, done.changes, reason, done.rows)


async def require_decidable(books: Books, subject: Subject, version: int, step: Step) -> Approval:
    """Return the approval if the actor may take this decision about this version of it.

    Raises AlreadyDecided, Overtaken, IllegalStep, StaleVersion, SelfApproval.
    """
    approval = await books.approvals.require(subject.noun, subject.id)
    if approval.status not in step.leads:
        if approval.decided_by is None or approval.decided_at is None:
            if approval.version != version:
                # Cancelled, say, while this user looked at it.
                raise await overtaken_by(books, subject.noun, subject.id, approval.status)
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


async def overtaken_by(books: Books, noun: str, subject_id: int, status: str) -> Overtaken:
    """Return the refusal that names who changed a thing last, and when."""
    (last,) = await books.audit.list_of_subject(noun, subject_id, 1)
    return Overtaken(noun, last.subject, status, last.actor_id, last.at, last.record)


async def _take(
    uow: UnitOfWork,
    kind: ApprovalKind,
    approval: Approval,
    subject: Subject,
    step: Step,
    changes: Sequence[Change] = (),
    reason: str = "",
    rows: Any = None,
) -> Changed:
    """Take a step from where the thing is now, and record it."""
    before = _round_of(approval)
    after = before.take(step, uow.actor.user_id, agreements=kind.agreements)
    if after is None:
        raise IllegalStep(subject.noun, subject.label, approval.status, step.past)
    reason = clean_text(reason, field="reason", limit=MAX_NOTE, required=step.needs_reason)
    is_agreement = step.effect is Effect.APPROVE and after.status == before.status
    recorded = Recorded(
        past=AGREED if is_agreement else step.past,
        after=after,
        changes=[*changes, *_list_changes(before, after, kind.agreements, reason)],
        rows=rows,
    )
    changed = await kind.keep(uow, subject, recorded)
    pending = kind.table.pending
    if kind.table.first == pending or pending in {before.status, after.status}:
        # What is not asked about yet has no card among those to decide about.
        uow.notify(APPROVALS_LANE, CARD)
    values: dict[str, Any] = {
        "status": after.status,
        "version": after.version,
        "touched_by": after.touched_by,
        "agreed_by": after.agreed_by,
    }
    if after.status == pending != before.status:
        values |= _opened(uow, changed)
    elif not step.is_work and not is_agreement:
        values |= _settled(uow, changed, reason)
    await uow.approvals.update_by_id(subject.noun, subject.id, **values)
    if step.is_decision and not is_agreement:
        uow.notify(direct_lane(approval.opened_by), DECISION)
    return changed


async def step_back(uow: UnitOfWork, subject: Subject, step: Step) -> tuple[Round, list[Change]]:
    """Take a step that is work, and whose record another operation makes: a reversal.

    Returns the state after it and what the record has to say of it; raises IllegalStep.
    """
    assert step.is_work
    approval = await uow.approvals.require(subject.noun, subject.id)
    before = _round_of(approval)
    after = before.take(step, uow.actor.user_id)
    if after is None:
        raise IllegalStep(subject.noun, subject.label, approval.status, step.past)
    values = {
        "status": after.status,
        "version": after.version,
        "touched_by": after.touched_by,
        "agreed_by": after.agreed_by,
    }
    await uow.approvals.update_by_id(subject.noun, subject.id, **values)
    return after, _list_changes(before, after, 1, "")


def _round_of(approval: Approval) -> Round:
    return Round(
        status=approval.status,
        version=approval.version,
        touched_by=approval.touched_by,
        agreed_by=approval.agreed_by,
    )


def _opened(uow: UnitOfWork, changed: Changed) -> dict[str, Any]:
    """Return the columns that begin a round."""
    return {
        "opened_by": uow.actor.user_id,
        "opened_at": uow.now,
        "opened_record": changed.record,
        "decided_by": None,
        "decided_at": None,
        "decided_record": None,
        "reason": "",
    }


def _settled(uow: UnitOfWork, changed: Changed, reason: str) -> dict[str, Any]:
    """Return the columns that say who decided, when and why."""
    return {
        "decided_by": uow.actor.user_id,
        "decided_at": uow.now,
        "decided_record": changed.record,
        "reason": reason,
    }


def _list_changes(before: Round, after: Round, needed: int, reason: str) -> list[Change]:
    changes = []
    if after.status != before.status:
        changes.append(Change("status", before.status, after.status))
    if needed > 1 and after.agreed_by != before.agreed_by:
        given = [f"{len(each.agreed_by)} of {needed}" for each in (before, after)]
        changes.append(Change("approvals", *given))
    if reason:
        changes.append(Change("reason", "", reason))
    return changes
