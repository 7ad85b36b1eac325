"""Starting and submitting a count."""

from dataclasses import dataclass
from typing import Any

from bot.database.models import Item, Location
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change, Changed, join_first
from bot.domain.counts import (
    COUNT_STATUSES,
    COUNTED,
    COUNTING,
    MAX_LINES,
    OPEN,
    SUBMIT,
    CountUnderWay,
    LinesOpen,
    LotUnnamed,
    NothingCounted,
    NothingToCount,
    TooMuchToCount,
    read_skus,
)
from bot.domain.documents import COUNT
from bot.domain.stock import NO_LOT, UNTRACKED, Reference
from bot.errors import Archived
from bot.services.approvals.deciding import open_round, revise
from bot.services.counts.deciding import COUNT_KIND
from bot.services.counts.documents import COUNT_TYPE, subject_of
from bot.services.documents.changing import DocumentChange, open_document, require_version

_MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCount:
    """Count a location and what is inside: the items named, or everything that is in stock.

    `is_first` starts none where one is under way at the location.
    """

    location: Reference
    items: str = ""
    is_blind: bool = True
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountStarted:
    """The answer: a count with so many lines to count."""

    record: int
    count_id: int
    version: int
    label: str
    location: str
    lines: int
    has_channel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCount:
    """Ask others to decide about what was counted."""

    count_id: int
    version: int | None = None


@operation("count.start", permission="count.perform")
async def start_count(uow: UnitOfWork, request: StartCount) -> CountStarted:
    """Open a count, with a line for each item (and lot) at each location; raises CountUnderWay."""
    location = await uow.locations.require_reference(request.location)
    if location.archived_at is not None:
        raise Archived("location", location.path, location.id)
    if request.is_first:
        await _require_first(uow, location)
    skus = read_skus(request.items)
    items = {item.id: item for item in [await uow.items.require_reference(sku) for sku in skus]}
    for item in items.values():
        if item.archived_at is not None:
            raise Archived("item", item.sku, item.id)
    lines = await _list_lines(uow, location, items)
    changes = [Change("location", "", location.path), Change("lines", "", str(len(lines)))]
    if items:
        named = [item.sku for item in items.values()]
        changes.append(Change("items", "", join_first(named, _MAX_NAMED)))
    if not request.is_blind:
        changes.append(Change("blind", "", "no"))
    count, changed = await open_document(
        uow,
        COUNT_TYPE,
        COUNT_STATUSES.opened,
        values={"location_id": location.id, "is_blind": request.is_blind},
        lines=lines,
        changes=[*changes, Change("status", "", COUNT_STATUSES.first)],
    )
    await open_round(uow, COUNT_STATUSES, COUNT.noun, count.id, changed.record)
    return CountStarted(
        record=changed.record,
        count_id=count.id,
        version=count.version,
        label=changed.subject,
        location=location.path,
        lines=len(lines),
        has_channel=COUNT_TYPE.purpose in await uow.guild_channels.find_ids(),
    )


@operation("count.submit", permission="count.perform")
async def submit_count(uow: UnitOfWork, request: SubmitCount) -> Changed:
    """Ask for a decision, once every line is counted or skipped."""
    subject = await subject_of(uow, request.count_id)
    count = await uow.stock_counts.require(request.count_id)
    require_version(COUNT_TYPE, count, request.version)
    progress = await uow.count_lines.progress_of(count.id)
    if count.status in SUBMIT.leads:
        if OPEN in progress:
            raise LinesOpen(subject.label, progress[OPEN].lines)
        if COUNTED not in progress:
            raise NothingCounted(subject.label)
    rows = DocumentChange(values={"submitted_by": uow.actor.user_id})
    return await revise(uow, COUNT_KIND, subject, SUBMIT, rows=rows)


async def _require_first(uow: UnitOfWork, location: Location) -> None:
    """Raise CountUnderWay where the location is being counted: the board's button is pressed twice.

    A count that was submitted waits for others and does not stop the next.
    """
    found = await uow.stock_counts.find_all(status=COUNTING, location_id=location.id, limit=1)
    for count in found:
        raise CountUnderWay(count.id, COUNT.label(count.number), location.path)


async def _list_lines(
    uow: UnitOfWork, location: Location, items: dict[int, Item]
) -> list[dict[str, Any]]:
    named = list(items) if items else None
    found = await uow.stock_counts.list_countable(location, MAX_LINES + 1, named)
    lines = [
        {"item_id": each.item_id, "location_id": each.location_id, "lot_id": each.lot_id}
        for each in found
    ]
    there = {each.item_id for each in found}
    for item in items.values():
        if item.id in there:
            continue
        if item.tracking != UNTRACKED:
            raise LotUnnamed(item.sku)
        # None is there by the books: that is counted as well.
        lines.append({"item_id": item.id, "location_id": location.id, "lot_id": NO_LOT})
    if not lines:
        raise NothingToCount(location.path)
    if len(lines) > MAX_LINES:
        raise TooMuchToCount(location.path)
    return lines
