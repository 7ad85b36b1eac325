"""What a card shows, and which users could decide about it."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

import orjson

from bot.database.controllers.audit import FURTHEST
from bot.database.models import Approval, ApprovalCard, AuditEvent
from bot.database.unit import Books
from bot.domain.approvals import Effect
from bot.domain.changes import Change
from bot.domain.imports.contents import ImportContents, SupplierSteps
from bot.domain.lanes import APPROVALS
from bot.services.approvals.kinds import ApprovalKind, Resemblance, Subject

# Older changes of a thing that was never approved are left out of its card.
_MAX_EDITS: Final = 100
_PAGE: Final = 100
# What a step itself changes; a card says it in a line of its own.
_NOT_CONTENTS: Final = frozenset({"status", "reason", "approvals"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCard:
    """Ask for a thing as its card shows it."""

    subject_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFound:
    """A thing, its approval, what changed in it, and the message that has shown it so far."""

    subject: Subject
    approval: Approval
    changes: tuple[Change, ...]
    agreements: int
    card: ApprovalCard | None
    twins: tuple[Resemblance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApprovers:
    """Ask whether a thing waits for a decision, where it is asked for, and who could decide."""

    subject_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproversListed:
    """Discord roles that grant the right to decide, and users to whom it was granted by name."""

    is_pending: bool
    agreements: int
    approvals_channel_id: int | None
    discord_role_ids: frozenset[int]
    user_ids: frozenset[int]
    twins: tuple[Resemblance, ...] = ()


async def read_card(books: Books, kind: ApprovalKind, subject_id: int) -> CardFound:
    """Read a thing as its card shows it; raises NotFound."""
    approval = await books.approvals.require(kind.noun, subject_id)
    return CardFound(
        subject=await kind.describe(books, subject_id),
        approval=approval,
        changes=await _list_changes(books, kind, approval) if kind.shows_changes else (),
        agreements=kind.agreements,
        card=await books.approval_cards.get_by_id(kind.noun, subject_id),
        twins=await kind.find_twins(books, subject_id)
        if approval.status == kind.table.pending
        else (),
    )


async def read_approvers(books: Books, kind: ApprovalKind, subject_id: int) -> ApproversListed:
    """List who could decide, as far as the books know: bindings, and users by name."""
    permission = kind.permissions.approve
    able = {role.id for role in await books.roles.find_all() if permission in role.permissions}
    bindings = [b for b in await books.role_bindings.find_all() if b.role_id in able]
    given = [
        each for role_id in able for each in await books.role_assignments.find_all(role_id=role_id)
    ]
    members = await books.members.get_many([each.user_id for each in given])
    approval = await books.approvals.require(kind.noun, subject_id)
    return ApproversListed(
        is_pending=approval.status == kind.table.pending,
        agreements=kind.agreements,
        approvals_channel_id=(await books.guild_channels.find_ids()).get(APPROVALS),
        discord_role_ids=frozenset(binding.discord_role_id for binding in bindings),
        user_ids=frozenset(
            each.user_id
            for each in given
            if each.user_id not in members or members[each.user_id].deactivated_at is None
        ),
        twins=await kind.find_twins(books, subject_id)
        if approval.status == kind.table.pending
        else (),
    )


async def _list_changes(books: Books, kind: ApprovalKind, approval: Approval) -> tuple[Change, ...]:
    """List what changed since the last approval before this round, or since the proposal.

    Not since the last rejection: what was rejected and asked for again was never approved.
    """
    approved = {
        f"{kind.noun}.{step.past}" for step in kind.table.steps if step.effect is Effect.APPROVE
    }
    edits: list[AuditEvent] = []
    async for event in _walk_back(books, kind.noun, approval.subject_id):
        done = _read_import(event).get(approval.subject_id)
        if done is not None and done.is_new:
            break
        is_own = (event.subject_type, event.subject_id) == (kind.noun, approval.subject_id)
        if done is None and not is_own:
            # A record about something else names this one besides: a price, an invoice, a file.
            continue
        is_base = event.action in approved and event.record < approval.opened_record
        is_opening = event.action == f"{kind.noun}.{kind.table.opened}"
        if is_base or is_opening or len(edits) == _MAX_EDITS:
            break
        edits.append(event)
    return _joined(reversed(edits), approval.subject_id)


async def _walk_back(books: Books, noun: str, subject_id: int) -> AsyncIterator[AuditEvent]:
    """Yield the records that name a thing, the newest first; prices alone may be hundreds."""
    below, subject = FURTHEST, (noun, subject_id)
    while True:
        found = await books.audit.search(above=-1, below=below, limit=_PAGE, subject=subject)
        for event in found:
            yield event
        if len(found) < _PAGE:
            return
        below = found[-1].record


def list_subjects(event: AuditEvent) -> list[tuple[str, int]]:
    """Return the things whose cards a record is about: of an import all that it set."""
    if event.subject_type == "import":
        return [("supplier", number) for number in _read_import(event)]
    return [] if event.subject_id is None else [(event.subject_type, event.subject_id)]


def _read_import(event: AuditEvent) -> dict[int, SupplierSteps]:
    if event.subject_type != "import":
        return {}
    return ImportContents.read(orjson.loads(event.detail).get("contents", {})).suppliers


def _joined(edits: Iterable[AuditEvent], subject_id: int) -> tuple[Change, ...]:
    """Join changes, oldest first, into one per field: the first before and the last after."""
    joined: dict[str, Change] = {}
    for event in edits:
        detail = orjson.loads(event.detail)
        before, all_after = detail.get("before", {}), detail.get("after", {})
        done = _read_import(event).get(subject_id)
        if done is not None:
            before, all_after = done.before, done.facts
        for name, after in all_after.items():
            if name not in _NOT_CONTENTS:
                first = joined.get(name)
                joined[name] = Change(name, first.before if first else before.get(name, ""), after)
    return tuple(joined.values())
