"""Stock on the floor: put, take, move, adjust, and taking a record back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.database.controllers.stock import LevelRow
from bot.database.models import AuditEvent
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions, is_reversible
from bot.domain.changes import Change
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.posting import require_open
from bot.domain.quantities import TypedQuantity, format_quantity
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import (
    InsufficientStock,
    LineReference,
    LocationNeeded,
    MovedEnd,
    MovedLine,
    NothingInStock,
    NothingToUndo,
    NotReversible,
    Reference,
    ReversalBlocked,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation, end_of_move
from bot.errors import Archived, NotFound

REVERSED = "stock.reversed"
COUNTED = "stock.counted"
_NOTHING = Decimal("0.000")

declare_actions(
    "stock.taken", "stock.put", "stock.moved", "stock.adjusted", reversal=Reversal.MOVES
)
declare_actions(REVERSED)
declare_actions(COUNTED, is_observation=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStock:
    """Take a quantity out of the warehouse; without a location, from where this person last did."""

    item: Reference
    quantity: Decimal
    location: Reference | None = None
    note: str = ""
    unit: str = ""  # as it was typed behind the quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class PutStock:
    """Put a quantity into the warehouse; without a location, to where this person last did."""

    item: Reference
    quantity: Decimal
    location: Reference | None = None
    note: str = ""
    unit: str = ""  # as it was typed behind the quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStock:
    """Carry a quantity from one location to another."""

    item: Reference
    quantity: Decimal
    source: Reference
    target: Reference
    note: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustStock:
    """Set a level to what was counted."""

    item: Reference
    location: Reference
    counted: Decimal
    reason: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseRecord:
    """Take a record back; without a number, this person's newest that can be."""

    record: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMoved:
    """What a record did to stock; `reverses` is the number of the record that it reversed.

    It has the first ten lines at most; the ledger has all `line_count` of them.
    """

    record: int
    action: str
    lines: tuple[MovedLine, ...]
    note: str = ""
    reverses: int | None = None
    line_count: int = 0

    @property
    def more_lines(self) -> int:
        """How many lines are in the ledger alone."""
        return max(0, self.line_count - len(self.lines))


@operation("stock.take", permission="stock.move", is_repeatable=True)
async def take_stock(uow: UnitOfWork, request: TakeStock) -> StockMoved:
    """Take stock out of the warehouse."""
    source = request.location
    if source is None:
        source = await _guess_location(uow, "take", request)
    line = await uow.stock.line(request.item, source, VirtualLocation.CUSTOMER)
    return _post(uow, "stock.taken", line, _measure(line, request), request.note)


@operation("stock.put", permission="stock.move", is_repeatable=True)
async def put_stock(uow: UnitOfWork, request: PutStock) -> StockMoved:
    """Put stock into the warehouse."""
    target = request.location
    if target is None:
        target = await _guess_location(uow, "put", request)
    line = await uow.stock.line(request.item, VirtualLocation.SUPPLIER, target)
    return _post(uow, "stock.put", line, _measure(line, request), request.note)


@operation("stock.move", permission="stock.move", is_repeatable=True)
async def move_stock(uow: UnitOfWork, request: MoveStock) -> StockMoved:
    """Carry a quantity from one location to another, or do nothing."""
    line = await uow.stock.line(request.item, request.source, request.target)
    return _post(uow, "stock.moved", line, _measure(line, request), request.note)


@operation("stock.adjust", permission="stock.adjust", is_repeatable=True)
async def adjust_stock(uow: UnitOfWork, request: AdjustStock) -> StockMoved:
    """Make a level what was counted: the difference comes from `gain` or goes to `loss`.

    A count that agrees is recorded as well: when was this last counted, and by whom?
    """
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    gain = await uow.stock.line(request.item, VirtualLocation.GAIN, request.location)
    counted = gain.item.measure(
        TypedQuantity(request.counted, request.unit), field="counted", allow_zero=True
    )
    difference = counted - (gain.target.level or Decimal(0))
    if difference == 0:
        return _agree(uow, gain, counted, reason)
    if difference > 0:
        return _post(uow, "stock.adjusted", gain, difference, reason)
    loss = await uow.stock.line(request.item, request.location, VirtualLocation.LOSS)
    return _post(uow, "stock.adjusted", loss, -difference, reason)


@operation("record.reverse", permission=("stock.move", "stock.reverse"), is_repeatable=True)
async def reverse_record(uow: UnitOfWork, request: ReverseRecord) -> StockMoved:
    """Post the opposite of a record's moves, once, if stock allows it.

    One's own takes stock.move within the guild's `undo_minutes`; any other needs stock.reverse.
    """
    number = request.record
    if number is None:
        number = await uow.audit.newest_reversible(uow.actor.user_id)
        if number is None:
            raise NothingToUndo
    event = await _require_reversible(uow, number)
    moves = await uow.stock.moves_of_record(number)
    opposites = [
        LineReference(
            move.item_id, end_of_move(move.target_id), end_of_move(move.source_id), move.lot_id
        )
        for move in reversed(moves)
    ]
    lines = await uow.stock.lines(opposites)
    try:
        for line, move in zip(lines, reversed(moves), strict=True):
            uow.stock.post(line, move.quantity)
    except InsufficientStock as cause:
        raise ReversalBlocked(number, cause) from cause
    record = uow.record(
        REVERSED,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        subject=event.subject,
        reverses=number,
    )
    return moved_by(uow, record, REVERSED, reverses=number)


def _agree(uow: UnitOfWork, line: StockLine, counted: Decimal, reason: str) -> StockMoved:
    """Record a count that found what the books say; nothing moves."""
    item, location = line.item, line.target
    require_open(line)
    record = uow.record(
        COUNTED,
        subject_type="item",
        subject_id=item.id,
        subject=item.sku,
        changes=[
            Change("counted", "", f"{format_quantity(counted)} {item.unit}"),
            Change("location", "", location.name),
        ],
        note=reason,
        subjects=[("location", location.id)],
    )
    outside = MovedEnd(line.source.id, line.source.name, _NOTHING, _NOTHING)
    there = MovedEnd(location.id, location.name, counted, counted)
    seen = MovedLine(item.id, item.sku, item.name, item.unit, _NOTHING, outside, there)
    return StockMoved(record=record, action=COUNTED, lines=(seen,), note=reason, line_count=1)


def moved_by(
    uow: UnitOfWork, record: int, action: str, *, note: str = "", reverses: int | None = None
) -> StockMoved:
    """Return the answer of a unit that posted moves: the first lines, and how many there are."""
    lines = uow.posting.lines
    return StockMoved(
        record=record,
        action=action,
        lines=tuple(lines[:MAX_KEPT_LINES]),
        note=note,
        reverses=reverses,
        line_count=len(lines),
    )


async def _require_reversible(uow: UnitOfWork, number: int) -> AuditEvent:
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


async def _guess_location(uow: UnitOfWork, verb: str, request: TakeStock | PutStock) -> int:
    """Return the location that this person surely means; raises LocationNeeded to ask.

    To take: the only one that has it, else where they last took it. To put: where they last put
    it, else where most of it is.
    """
    item = await uow.stock.item(request.item)
    if item.is_archived:
        raise Archived("item", item.sku)
    quantity = item.measure(TypedQuantity(request.quantity, request.unit))
    levels = await uow.stock.levels_of_item(item.id)
    held = {level.location_id: level for level in levels}
    if verb == "take" and not held:
        raise NothingInStock(item.sku)
    if verb == "take" and len(held) == 1:
        return levels[0].location_id
    last_id = await uow.stock.last_location(item.id, uow.actor.user_id, verb)
    if last_id in held:
        return last_id
    if verb == "put":
        if last_id is not None and (await uow.locations.require(last_id)).archived_at is None:
            return last_id
        if held:
            return levels[0].location_id
    raise LocationNeeded(
        verb=verb,
        item_id=item.id,
        item=item.sku,
        unit=item.unit,
        quantity=quantity,
        note=request.note,
        choices=await _choices(uow, levels),
    )


async def _choices(
    uow: UnitOfWork, levels: Sequence[LevelRow]
) -> tuple[tuple[int, str, Decimal], ...]:
    """Return the locations to choose from: those that hold the item, or all if none does."""
    if levels:
        return tuple((level.location_id, level.location, level.quantity) for level in levels)
    return tuple(
        (location.id, location.name, Decimal(0)) for location in await uow.locations.search("")
    )


def _measure(line: StockLine, request: TakeStock | PutStock | MoveStock) -> Decimal:
    return line.item.measure(TypedQuantity(request.quantity, request.unit))


def _post(
    uow: UnitOfWork, action: str, line: StockLine, quantity: Decimal, note: str
) -> StockMoved:
    note = clean_text(note, field="note", limit=MAX_NOTE)
    moved = uow.stock.post(line, quantity)
    record = uow.record(
        action, subject_type="item", subject_id=moved.item_id, subject=moved.sku, note=note
    )
    return moved_by(uow, record, action, note=note)
