"""What a card shows, and whether anybody could decide about it."""

from dataclasses import dataclass

from bot.database.models import Approval, ApprovalCard
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.approvals import Status
from bot.domain.lanes import APPROVALS
from bot.services.approvals.deciding import Subject, describe, require_decidable


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard:
    """Look at a thing as its card shows it."""

    noun: str
    subject_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """A thing, how it stands, and the message that has shown it so far."""

    subject: Subject
    approval: Approval
    card: ApprovalCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubject:
    """Ask whether this person may decide about the version that they saw."""

    noun: str
    subject_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApprovers:
    """Ask whether a thing waits for a decision, where it is asked for, and who could decide."""

    noun: str
    subject_id: int
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproversListed:
    """Discord roles that bring the right to decide, and people who were given it by name."""

    is_pending: bool
    approvals_channel_id: int | None
    discord_role_ids: frozenset[int]
    user_ids: frozenset[int]


@query(permission="supplier.view")
async def show_card(books: Books, request: ShowCard) -> CardShown:
    """Look at a thing as its card shows it; raises NotFound."""
    return CardShown(
        subject=await describe(books, request.noun, request.subject_id),
        approval=await books.approvals.require(request.noun, request.subject_id),
        card=await books.approval_cards.get_by_id(request.noun, request.subject_id),
    )


@query(permission="supplier.approve")
async def review_supplier(books: Books, request: ReviewSubject) -> Subject:
    """Return what is to be decided about; raises what speaks against deciding."""
    subject = await describe(books, request.noun, request.subject_id)
    await require_decidable(books, subject, request.version)
    return subject


@query(permission=("supplier.propose", "supplier.suspend"))
async def list_approvers(books: Books, request: ListApprovers) -> ApproversListed:
    """List who could decide, as far as the books know: bindings, and people by name."""
    able = {
        role.id for role in await books.roles.find_all() if request.permission in role.permissions
    }
    bindings = [b for b in await books.role_bindings.find_all() if b.role_id in able]
    given = [
        each for role_id in able for each in await books.role_assignments.find_all(role_id=role_id)
    ]
    members = await books.members.get_many([each.user_id for each in given])
    approval = await books.approvals.require(request.noun, request.subject_id)
    return ApproversListed(
        is_pending=approval.status == Status.PENDING,
        approvals_channel_id=(await books.guild_channels.find_ids()).get(APPROVALS),
        discord_role_ids=frozenset(binding.discord_role_id for binding in bindings),
        user_ids=frozenset(
            each.user_id
            for each in given
            if each.user_id not in members or members[each.user_id].deactivated_at is None
        ),
    )
