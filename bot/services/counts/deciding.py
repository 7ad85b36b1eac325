"""Deciding about counts: what differs, posting that, having it counted again, discarding."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.database.controllers.base import Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.models import CountLine, StockCount
from bot.database.operations import query
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import Step
from bot.domain.changes import Change, join_first
from bot.domain.counts import (
    CONFIRM,
    COUNT_STATUSES,
    COUNTED,
    DISCARD,
    OPEN,
    POST,
    RECOUNT,
    CountBlocked,
)
from bot.domain.documents import COUNT
from bot.domain.quantities import ZERO
from bot.domain.stock import InsufficientStock, LevelKey, LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import SelfApproval
from bot.services.approvals.declared import declare
from bot.services.approvals.kinds import (
    ApprovalKind,
    ApprovalPermissions,
    CarriedOut,
    CarryOut,
    Decision,
    Subject,
)
from bot.services.counted_since import DatedMove, find_corrections
from bot.services.counts.documents import COUNT_TYPE, subject_of
from bot.services.counts.expecting import counted_at_of, expect_again, expect_by_now
from bot.services.counts.lines import NamedLine, name_lines
from bot.services.dating import (
    Observed,
    observe,
    post_moves,
)
from bot.services.documents.changing import DocumentChange
from bot.services.documents.decided import keeps
from bot.services.lots_moved import require_single_pieces
from bot.services.low_stock import note_low_stock

_MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDifferences:
    """Look at what differs between a count and the books; cursors are the lines' numbers."""

    count_id: int
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDifference:
    """A line that differs, with its value where a unit's cost is known."""

    line: NamedLine
    difference: Decimal
    unit_cost: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesListed:
    """A page of differences, how many there are in all, and whether this user may decide."""

    count: StockCount
    label: str
    page: Page[CountDifference]
    total: int
    counted: int
    skipped: int
    may_decide: bool


async def post_differences(uow: UnitOfWork, subject: Subject, _step: Step) -> CarriedOut:
    """Post what was counted less what the books have of that moment by now, line by line."""
    counted = await _counted(uow, subject.id)
    expected = await expect_again(uow, subject.label, counted)
    await observe_lines(uow, counted)
    lines = [line for line in counted if line.counted != expected[line.line]]
    rows = DocumentChange(
        lines={
            line.line: {"expected": expected[line.line]}
            for line in counted
            if line.expected != expected[line.line]
        }
    )
    if not lines:
        return CarriedOut(step=CONFIRM, rows=rows)
    differences = [(line.counted or ZERO) - expected[line.line] for line in lines]
    found = await uow.stock.lines(
        [_reference(line, by) for line, by in zip(lines, differences, strict=True)]
    )
    moves = [
        DatedMove(stock, abs(by), counted_at_of(line), uow.scope.record)
        for line, stock, by in zip(lines, found, differences, strict=True)
    ]
    try:
        post_moves(uow, moves, await find_corrections(uow, moves))
    except InsufficientStock as cause:
        raise CountBlocked(subject.label, cause.wanted, cause) from cause
    await require_single_pieces(uow)
    await note_low_stock(uow)
    return CarriedOut(step=POST, changes=[Change("differences", "", str(len(lines)))], rows=rows)


async def observe_lines(uow: UnitOfWork, lines: Sequence[CountLine]) -> None:
    """Keep what was seen when it was counted: what happened before and comes late was seen."""
    await observe(
        uow,
        [
            Observed(
                LevelKey(line.item_id, line.location_id, line.lot_id),
                line.counted or ZERO,
                counted_at_of(line),
            )
            for line in lines
        ],
    )


def _recount(*, everything: bool) -> CarryOut:
    async def count_again(uow: UnitOfWork, subject: Subject, step: Step) -> CarriedOut:
        """Open lines again for others than those who counted them."""
        counted = await _counted(uow, subject.id)
        expected, _ = await expect_by_now(uow, counted)
        differing = [line for line in counted if line.counted != expected[line.line]]
        lines = counted if everything else differing or counted
        rows = DocumentChange(lines={line.line: _opened_again(line) for line in lines})
        named = await name_lines(uow, lines[:_MAX_NAMED])
        said = join_first([each.sku for each in named], _MAX_NAMED, count=len(lines))
        return CarriedOut(step=step, changes=[Change("lines", "", said)], rows=rows)

    return count_again


COUNT_KIND = ApprovalKind(
    noun=COUNT.noun,
    permissions=ApprovalPermissions(
        view="count.perform", propose="count.perform", approve="count.approve"
    ),
    describe=subject_of,
    table=COUNT_STATUSES,
    decisions=(
        Decision(verb="post", step=POST, carry_out=post_differences),
        Decision(verb="recount", step=RECOUNT, carry_out=_recount(everything=False)),
        Decision(verb="recountall", step=RECOUNT, carry_out=_recount(everything=True)),
        Decision(verb="discard", step=DISCARD),
    ),
    keep=keeps(COUNT_TYPE),
    reversible=frozenset({POST.past, CONFIRM.past}),
    ways_back={
        **dict.fromkeys(("started", "added", "counted", "skipped"), "count show"),
        **dict.fromkeys(("submitted", "recounted"), "count show"),
        "discarded": "count start",
    },
    shows_changes=False,
)
COUNT_APPROVALS = declare(COUNT_KIND)


@query(permission="count.approve")
async def list_differences(books: Books, request: ListDifferences) -> DifferencesListed:
    """List what differs; while it is to be decided about, not to those who counted a line."""
    count = await books.stock_counts.require(request.count_id)
    label = COUNT.label(count.number)
    approval = await books.approvals.require(COUNT.noun, count.id)
    is_pending = approval.status == COUNT_STATUSES.pending
    if approval.status in DISCARD.leads and books.actor.user_id in approval.touched_by:
        raise SelfApproval(COUNT.noun, label)
    counted = await _counted(books, count.id)
    if is_pending:
        # What would be posted now: what devices did before it was counted may have come since.
        expected, _ = await expect_by_now(books, counted)
        for line in counted:
            line.expected = expected[line.line]
    differing = [line for line in counted if _difference(line)]
    page = _page(differing, request)
    return DifferencesListed(
        count=count,
        label=label,
        page=Page(
            await _value(books, page.rows),
            has_next=page.has_next,
            has_previous=page.has_previous,
        ),
        total=len(differing),
        counted=len(counted),
        skipped=await books.count_lines.count(count_id=count.id, state="skipped"),
        may_decide=is_pending,
    )


async def _value(books: Books, lines: Sequence[CountLine]) -> list[CountDifference]:
    found, costs = [], dict[int, tuple[Decimal, str] | None]()
    for named in await name_lines(books, lines):
        if named.item_id not in costs:
            costs[named.item_id] = await books.stock_counts.find_unit_cost(named.item_id)
        unit_cost, currency = costs[named.item_id] or (None, "")
        difference = (named.counted or Decimal(0)) - (named.expected or Decimal(0))
        found.append(
            CountDifference(
                line=named, difference=difference, unit_cost=unit_cost, currency=currency
            )
        )
    return found


def _page(lines: list[CountLine], request: ListDifferences) -> Page[CountLine]:
    if request.before is not None:
        found = [line for line in reversed(lines) if line.line < request.before]
    else:
        found = [line for line in lines if line.line > (request.after or 0)]
    return Page.of(
        found,
        PAGE_ROWS,
        is_backwards=request.before is not None,
        has_cursor=request.after is not None,
    )


async def _counted(books: Books, count_id: int) -> list[CountLine]:
    return await books.count_lines.list_of(count_id, state=COUNTED)


def _difference(line: CountLine) -> Decimal:
    assert line.counted is not None
    assert line.expected is not None
    return line.counted - line.expected


def _reference(line: CountLine, difference: Decimal) -> LineReference:
    ends = (VirtualLocation.GAIN, line.location_id)
    source, target = ends if difference > 0 else (line.location_id, VirtualLocation.LOSS)
    return LineReference(line.item_id, source, target, line.lot_id)


def _opened_again(line: CountLine) -> dict[str, Any]:
    assert line.counted_by is not None
    return {
        "state": OPEN,
        "counted": None,
        "expected": None,
        "counted_by": None,
        "counted_at": None,
        "barred_ids": line.barred_ids | {line.counted_by},
    }
