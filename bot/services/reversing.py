"""Reversing a record: who may, and the opposite of its moves."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.database.models import AuditEvent
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import (
    ACTIONS,
    declare_actions,
    is_offered_again,
    is_restored,
    is_reversible,
)
from bot.domain.changes import Change
from bot.domain.document_contents import RecordContents
from bot.domain.stock import (
    InsufficientStock,
    LineReference,
    NothingToUndo,
    NotReversible,
    ReversalBlocked,
    StockLine,
)
from bot.domain.virtual_locations import end_of_move, is_virtual
from bot.errors import NotFound
from bot.services.lots_moved import require_single_serials
from bot.services.moved import StockMoved, moved_by, with_low_stock
from bot.services.record_links import locate_records

REVERSED = "stock.reversed"

declare_actions(REVERSED)


@dataclass(frozen=True, slots=True)
class Restored:
    """What the reversal of a record is called, what it changed besides stock, and of what.

    `contents` are the columns of a document and its lines that it set.
    """

    action: str
    changes: tuple[Change, ...] = ()
    subjects: tuple[tuple[str, int], ...] = ()
    subject: str = ""
    contents: RecordContents | None = None
    # What it archived could not have been moved back afterwards.
    has_moved: bool = False


Restore = Callable[[UnitOfWork, AuditEvent], Awaitable[Restored]]
_RESTORING: dict[str, Restore] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseRecord:
    """Take a record back; without a number, this person's newest that can be."""

    record: int | None = None


@operation("record.reverse", permission=("stock.move", "stock.reverse"), is_repeatable=True)
async def reverse_record(uow: UnitOfWork, request: ReverseRecord) -> StockMoved:
    """Post the opposite of a record's moves, once, if stock allows it.

    One's own takes stock.move within the guild's `undo_minutes`; any other needs stock.reverse.
    """
    number = request.record
    if number is None:
        uow.require_new(lambda _done: True)
        number = await uow.audit.newest_reversible(uow.actor.user_id)
        if number is None:
            raise NothingToUndo
    event = await require_reversible(uow, number)
    restored = Restored(REVERSED)
    if is_restored(event.action):
        # Before the moves: what is archived takes no part in them.
        restored = await _RESTORING[event.action](uow, event)
    if not restored.has_moved:
        await post_opposites(uow, number)
    record = uow.record(
        restored.action,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        subject=event.subject,
        changes=restored.changes,
        reverses=number,
        subjects=restored.subjects,
        contents=restored.contents,
    )
    moved = await with_low_stock(uow, moved_by(uow, record, restored.action, reverses=number))
    links = await locate_records(uow, [number])
    return replace(
        moved,
        is_offered_again=is_offered_again(event.action),
        subject=restored.subject,
        reversed_at=links.get(number),
    )


def restores(action: str) -> Callable[[Restore], Restore]:
    """Declare what gives back the rows that records of an action changed besides stock."""

    def declare(restore: Restore) -> Restore:
        assert action not in _RESTORING
        _RESTORING[action] = restore
        return restore

    return declare


def list_unrestored() -> Iterator[str]:
    """Say of which actions records cannot be reversed, though it is offered."""
    for action in sorted(ACTIONS):
        if is_restored(action) and action not in _RESTORING:
            yield f"nothing restores what the action {action} changed"


async def post_opposites(uow: UnitOfWork, record: int) -> None:
    """Queue the opposite of a record's moves; raises ReversalBlocked if stock does not allow it.

    With a count go the lines of other records that only kept it true.
    """
    moves = await uow.stock.moves_of_record(record)
    taken_back = await uow.dated_moves.list_taken_back(record)
    moves = [move for line, move in enumerate(moves, start=1) if line not in taken_back]
    correcting = await uow.dated_moves.list_correcting(record)
    if correcting:
        # What gives comes before what takes, which it may make possible.
        moves = sorted([*moves, *correcting], key=lambda move: is_virtual(move.target_id))
    opposites = [
        LineReference(
            move.item_id, end_of_move(move.target_id), end_of_move(move.source_id), move.lot_id
        )
        for move in reversed(moves)
    ]
    lines = await _read_lines(uow, opposites)
    await require_single_serials(uow, lines)
    for line, move in zip(lines, reversed(moves), strict=True):
        try:
            uow.stock.post(line, move.quantity)
        except InsufficientStock as cause:
            taken_by = await uow.stock.last_out(
                line.item.id, line.source.id, after=record, lot_id=line.lot_id
            )
            raise ReversalBlocked(record, cause, taken_by) from cause


async def _read_lines(uow: UnitOfWork, references: list[LineReference]) -> list[StockLine]:
    """Read lines; of an item that was merged since, with the lots that its own were joined with."""
    lines = await uow.stock.lines(references)
    pairs = list(zip(lines, references, strict=True))
    if not any(line.lot_id and line.item.id != wanted.item for line, wanted in pairs):
        return lines
    found = []
    for line, (_item, source, target, lot_id) in pairs:
        lot = await uow.lots.find_of(line.item.id, lot_id) if lot_id else None
        found.append(LineReference(line.item.id, source, target, lot.id if lot else lot_id))
    return await uow.stock.lines(found)


async def require_reversible(uow: UnitOfWork, number: int) -> AuditEvent:
    """Return a record that the actor may reverse; raises NotFound or NotReversible."""
    event = await uow.audit.get_by_id(number)
    if event is None:
        raise NotFound("record", wanted=str(number))
    if event.reverses is not None:
        raise NotReversible(number, "is_reversal", other_record=event.reverses)
    if not is_reversible(event.action):
        raise NotReversible(number, "not_stock")
    later = await uow.audit.find_one(reverses=number)
    if later is not None:
        raise NotReversible(number, "already_reversed", other_record=later.record)
    if uow.rights.holds("stock.reverse"):
        return event
    if event.actor_id != uow.actor.user_id:
        raise NotReversible(number, "not_yours")
    settings = await uow.guilds.require()
    if uow.now - event.at > timedelta(minutes=settings.undo_minutes):
        raise NotReversible(number, "too_old", minutes=settings.undo_minutes)
    return event
