"""What every kind of thing to decide about gets by its declaration.

Its operations and queries are its own, under its own names, so that each declares the kind's
right, which is checked under the lock, and so that receipts find the operation again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.database.operations import Operation, Query, operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import ACTIONS, declare_actions
from bot.domain.approvals import DECIDERS, STATUS_TABLES
from bot.domain.changes import Changed
from bot.services.approvals.cards import (
    ApproversListed,
    CardFound,
    GetCard,
    ListApprovers,
    read_approvers,
    read_card,
)
from bot.services.approvals.deciding import decide, require_decidable
from bot.services.approvals.kinds import ApprovalKind, Decision, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideProposal:
    """Approve or reject the version of a thing that the actor saw."""

    subject_id: int
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProposal:
    """Ask whether the actor may decide about the version that they saw."""

    subject_id: int
    version: int
    verb: str = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """The operations of a kind, by their verbs, and its queries."""

    kind: ApprovalKind
    decisions: Mapping[str, Operation[DecideProposal, Changed]]
    review: Query[ReviewProposal, Subject]
    get_card: Query[GetCard, CardFound]
    list_approvers: Query[ListApprovers, ApproversListed]


APPROVALS: dict[str, Approvals] = {}


def declare(kind: ApprovalKind) -> Approvals:
    """Declare a kind of thing to decide about."""
    assert kind.noun not in APPROVALS
    known = sorted(ACTIONS.keys() & kind.actions)
    assert not known, f"{', '.join(known)}: actions of the noun; leave these steps out of its table"
    STATUS_TABLES[kind.noun] = kind.table
    DECIDERS.add(kind.permissions.approve)
    for action in kind.actions:
        past = action.partition(".")[2]
        declare_actions(action, reversal=kind.reversal_of(past), way_back=kind.ways_back.get(past))
    review, get_card, list_approvers = _declare_queries(kind)
    declared = APPROVALS[kind.noun] = Approvals(
        kind=kind,
        decisions={each.verb: _declare_decision(kind, each) for each in kind.decisions},
        review=review,
        get_card=get_card,
        list_approvers=list_approvers,
    )
    return declared


def list_unseen_changes() -> Iterator[str]:
    """Find actions by which what a card showed could change while the card stays valid."""
    for noun, declared in APPROVALS.items():
        known = {*declared.kind.actions, *(f"{noun}.{past}" for past in declared.kind.apart)}
        for action in sorted(ACTIONS):
            if action.startswith(f"{noun}.") and action not in known:
                yield f"{action} is no step of what is decided about, nor said to be apart from it"


def _declare_decision(kind: ApprovalKind, decision: Decision) -> Operation[DecideProposal, Changed]:
    @operation(f"{kind.noun}.{decision.verb}", permission=kind.permissions.approve)
    async def take_decision(uow: UnitOfWork, request: DecideProposal) -> Changed:
        subject = await kind.describe(uow, request.subject_id)
        return await decide(uow, kind, subject, decision, request.version, reason=request.reason)

    return take_decision


def _declare_queries(
    kind: ApprovalKind,
) -> tuple[
    Query[ReviewProposal, Subject],
    Query[GetCard, CardFound],
    Query[ListApprovers, ApproversListed],
]:
    noun, permissions = kind.noun, kind.permissions

    @query(f"review_{noun}", permission=permissions.approve, is_shown=False)
    async def review(books: Books, request: ReviewProposal) -> Subject:
        subject = await kind.describe(books, request.subject_id)
        steps = {each.verb: each.step for each in kind.decisions}
        await require_decidable(books, subject, request.version, steps[request.verb])
        return subject

    @query(f"get_{noun}_card", permission=permissions.view, is_shown=False)
    async def get_card(books: Books, request: GetCard) -> CardFound:
        return await read_card(books, kind, request.subject_id)

    @query(f"list_{noun}_approvers", permission=permissions.to_open, is_shown=False)
    async def list_approvers(books: Books, request: ListApprovers) -> ApproversListed:
        return await read_approvers(books, kind, request.subject_id)

    return review, get_card, list_approvers
