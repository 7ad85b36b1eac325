"""Stock on the floor: put, take, move and adjust."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change
from bot.domain.conversions import Measured
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.posting import require_open
from bot.domain.quantities import TypedQuantity, format_quantity
from bot.domain.stock import (
    InsufficientStock,
    MovedEnd,
    MovedLine,
    Reference,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation
from bot.services.availability import require_available
from bot.services.guessed_locations import guess_location
from bot.services.inside import require_single_source
from bot.services.measuring import measure
from bot.services.moved import StockMoved, moved_by, with_low_stock

ADJUSTED = "stock.adjusted"
COUNTED = "stock.counted"
# What set a level is not offered again: by then another level may be right.
SET_LEVELS = frozenset({"stock.adjust"})
_NOTHING = Decimal("0.000")

declare_actions("stock.taken", "stock.put", "stock.moved", ADJUSTED, reversal=Reversal.MOVES)
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


@operation("stock.take", permission="stock.move", is_repeatable=True)
async def take_stock(uow: UnitOfWork, request: TakeStock) -> StockMoved:
    """Take stock out of the warehouse."""
    source = request.location
    if source is None:
        source = await guess_location(uow, "take", request.item, _typed(request), request.note)
    line = await uow.stock.line(request.item, source, VirtualLocation.CUSTOMER)
    await require_single_source(uow, line, source)
    measured = await measure(uow, line.item, _typed(request))
    uow.resolved = TakeStock(
        item=line.item.id,
        quantity=measured.quantity,
        location=line.source.id,
        note=request.note,
    )
    return await _carry_out(uow, "stock.taken", line, measured, request.note)


@operation("stock.put", permission="stock.move", is_repeatable=True)
async def put_stock(uow: UnitOfWork, request: PutStock) -> StockMoved:
    """Put stock into the warehouse."""
    target = request.location
    if target is None:
        target = await guess_location(uow, "put", request.item, _typed(request), request.note)
    line = await uow.stock.line(request.item, VirtualLocation.SUPPLIER, target)
    measured = await measure(uow, line.item, _typed(request))
    uow.resolved = PutStock(
        item=line.item.id,
        quantity=measured.quantity,
        location=line.target.id,
        note=request.note,
    )
    return await _carry_out(uow, "stock.put", line, measured, request.note)


@operation("stock.move", permission="stock.move", is_repeatable=True)
async def move_stock(uow: UnitOfWork, request: MoveStock) -> StockMoved:
    """Carry a quantity from one location to another, or do nothing."""
    line = await uow.stock.line(request.item, request.source, request.target)
    await require_single_source(uow, line, request.source)
    measured = await measure(uow, line.item, _typed(request))
    uow.resolved = MoveStock(
        item=line.item.id,
        quantity=measured.quantity,
        source=line.source.id,
        target=line.target.id,
        note=request.note,
    )
    return await _carry_out(uow, "stock.moved", line, measured, request.note)


@operation("stock.adjust", permission="stock.adjust", is_repeatable=True)
async def adjust_stock(uow: UnitOfWork, request: AdjustStock) -> StockMoved:
    """Make a level what was counted: the difference comes from `gain` or goes to `loss`.

    A count that agrees is recorded as well: when was this last counted, and by whom?
    """
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    gain = await uow.stock.line(request.item, VirtualLocation.GAIN, request.location)
    typed = TypedQuantity(request.counted, request.unit)
    counted, given = await measure(uow, gain.item, typed, field="counted", allow_zero=True)
    uow.resolved = AdjustStock(
        item=gain.item.id, location=gain.target.id, counted=counted, reason=reason
    )
    _refuse_missed(uow)
    difference = counted - (gain.target.level or Decimal(0))
    if difference == 0:
        return _agree(uow, gain, Measured(counted, given), reason)
    if difference > 0:
        moved = await _carry_out(uow, ADJUSTED, gain, Measured(difference, given), reason)
    else:
        loss = await uow.stock.line(request.item, request.location, VirtualLocation.LOSS)
        moved = await _carry_out(uow, ADJUSTED, loss, Measured(-difference, given), reason)
    return replace(moved, is_offered_again=False)


def _agree(uow: UnitOfWork, line: StockLine, measured: Measured, reason: str) -> StockMoved:
    """Record a count that found what the books say; nothing moves."""
    item, location, counted = line.item, line.target, measured.quantity
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
    return StockMoved(
        record=record,
        action=COUNTED,
        lines=(seen,),
        note=reason,
        line_count=1,
        is_offered_again=False,
        given=measured.given,
    )


def _typed(request: TakeStock | PutStock | MoveStock) -> TypedQuantity:
    return TypedQuantity(request.quantity, request.unit)


def _refuse_missed(uow: UnitOfWork) -> None:
    """Raise DoneBefore if the actor may have missed that they did this; notes do not matter."""
    wanted = _what_moves(uow.resolved)
    uow.require_new(lambda done: _what_moves(done) == wanted)


def _what_moves(request: TakeStock | PutStock | MoveStock | AdjustStock) -> tuple[object, ...]:
    match request:
        case MoveStock():
            return request.item, request.quantity, request.source, request.target
        case AdjustStock():
            return request.item, request.counted, request.location
        case _:
            return request.item, request.quantity, request.location


async def _carry_out(
    uow: UnitOfWork, action: str, line: StockLine, measured: Measured, note: str
) -> StockMoved:
    if uow.missed:
        _refuse_missed(uow)
    note = clean_text(note, field="note", limit=MAX_NOTE)
    try:
        moved = uow.stock.post(line, measured.quantity)
    except InsufficientStock as error:
        error.note = note
        error.elsewhere = tuple(
            (level.location_id, level.location, level.quantity)
            for level in await uow.stock.levels_of_item(line.item.id)
            if level.location_id not in {line.source.id, line.target.id}
        )
        raise
    await require_available(uow, (line,))
    record = uow.record(
        action, subject_type="item", subject_id=moved.item_id, subject=moved.sku, note=note
    )
    done = moved_by(uow, record, action, note=note, given=measured.given)
    return done if line.item.reorder_point is None else await with_low_stock(uow, done)
