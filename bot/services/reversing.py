"""Reversing a record: who may, and what it restores besides stock."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.database.models import AuditEvent
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import (
    ACTIONS,
    NO_WAY_BACK,
    declare_actions,
    is_offered_again,
    is_restored,
    is_reversible,
)
from bot.domain.changes import Change
from bot.domain.document_contents import RecordContents
from bot.domain.stock import NothingToUndo, NotReversible
from bot.errors import NotFound
from bot.services.lot_days import DayRestored, restore_days, say_days
from bot.services.moved import StockMoved, moved_by, with_low_stock
from bot.services.record_links import locate_records
from bot.services.withdrawing import post_opposites

REVERSED = "stock.reversed"

# A count that agreed is reversed without a move.
declare_actions(REVERSED, way_back=NO_WAY_BACK, is_observation=True)


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
    # It moved nothing but names: what was counted since is of what had the name.
    is_renaming: bool = False


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
        # Before the moves: what is usable of a lot follows from its day.
        restored = _with_days(restored, await restore_days(uow, event))
        await post_opposites(uow, event, is_renaming=restored.is_renaming)
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


def _with_days(restored: Restored, days: Sequence[DayRestored]) -> Restored:
    if not days:
        return restored
    changes, contents = say_days(days, restored.contents)
    lots = (("lot", each.lot.id) for each in days)
    return replace(
        restored,
        changes=(*restored.changes, *changes),
        subjects=(*restored.subjects, *lots),
        contents=contents,
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


async def require_reversible(uow: UnitOfWork, number: int) -> AuditEvent:
    """Return a record that the actor may reverse; raises NotFound or NotReversible."""
    event = await uow.audit.get_by_id(number)
    if event is None:
        raise NotFound("record", wanted=str(number))
    if event.reverses is not None:
        raise NotReversible(number, "is_reversal", other_record=event.reverses)
    if not is_reversible(event.action):
        raise NotReversible(number, "not_stock", action=event.action)
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
