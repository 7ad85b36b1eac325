"""Reversing a record: who may, and the opposite of its moves."""

from datetime import timedelta

from bot.database.models import AuditEvent
from bot.database.unit import UnitOfWork
from bot.domain.actions import is_reversible
from bot.domain.stock import InsufficientStock, LineReference, NotReversible, ReversalBlocked
from bot.domain.virtual_locations import end_of_move
from bot.errors import NotFound


async def post_opposites(uow: UnitOfWork, record: int) -> None:
    """Queue the opposite of a record's moves; raises ReversalBlocked if stock does not allow it."""
    moves = await uow.stock.moves_of_record(record)
    opposites = [
        LineReference(
            move.item_id, end_of_move(move.target_id), end_of_move(move.source_id), move.lot_id
        )
        for move in reversed(moves)
    ]
    lines = await uow.stock.lines(opposites)
    for line, move in zip(lines, reversed(moves), strict=True):
        try:
            uow.stock.post(line, move.quantity)
        except InsufficientStock as cause:
            taken_by = await uow.stock.last_out(line.item.id, line.source.id, after=record)
            raise ReversalBlocked(record, cause, taken_by) from cause


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
