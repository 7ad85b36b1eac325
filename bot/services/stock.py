"""Stock on the floor: put, take, move and adjust."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.conversions import Measured
from bot.domain.lots import require_one
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.posting import require_open
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import BY_SERIAL, LevelKey, Reference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.agreeing import record_agreement
from bot.services.availability import read_today
from bot.services.dating import Observed, level_when_it_happened, observe
from bot.services.guessed_locations import LocationLeftOut, guess_location
from bot.services.inside import require_single_source
from bot.services.lots_moved import (
    Share,
    counted_lot,
    put_lot,
    require_single_serials,
    share_out,
)
from bot.services.measuring import measure
from bot.services.moved import StockMoved
from bot.services.moving import move_shares, refuse_missed

if TYPE_CHECKING:
    from bot.domain.changes import Change

ADJUSTED = "stock.adjusted"
# What set a level is not offered again: by then another level may be right.
SET_LEVELS = frozenset({"stock.adjust"})

declare_actions(
    "stock.taken", "stock.put", "stock.moved", reversal=Reversal.MOVES, is_offered_again=True
)
declare_actions(ADJUSTED, reversal=Reversal.MOVES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStock:
    """Take a quantity out of the warehouse; without a location, from where this person last did."""

    item: Reference
    quantity: Decimal
    location: Reference | None = None
    note: str = ""
    unit: str = ""  # as it was typed behind the quantity
    lot: Reference | None = None  # else those that expire first


@dataclass(frozen=True, slots=True, kw_only=True)
class PutStock:
    """Put a quantity into the warehouse; without a location, to where this person last did."""

    item: Reference
    quantity: Decimal
    location: Reference | None = None
    note: str = ""
    unit: str = ""  # as it was typed behind the quantity
    lot: Reference | None = None
    expires_on: date | None = None
    # So many days after the one that it is in the guild's time zone.
    expires_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStock:
    """Carry a quantity from one location to another."""

    item: Reference
    quantity: Decimal
    source: Reference
    target: Reference
    note: str = ""
    unit: str = ""
    lot: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustStock:
    """Set a level to what was counted."""

    item: Reference
    location: Reference
    counted: Decimal
    reason: str
    unit: str = ""
    lot: Reference | None = None


@operation("stock.take", permission="stock.move", is_repeatable=True)
async def take_stock(uow: UnitOfWork, request: TakeStock) -> StockMoved:
    """Take stock out of the warehouse."""
    source = request.location
    if source is None:
        source = await guess_location(uow, _left_out("take", request))
    line = await uow.stock.line(request.item, source, VirtualLocation.CUSTOMER)
    await require_single_source(uow, line, source)
    measured = await measure(uow, line.item, _typed(request))
    item, quantity = line.item, measured.quantity
    shares, lot_id = [Share(line, quantity)], None
    if item.is_tracked or request.lot is not None:
        shares = await share_out(uow, line, quantity, request.lot)
        lot_id = None if request.lot is None else shares[0].line.lot_id
    uow.resolved = TakeStock(
        item=item.id, quantity=quantity, location=line.source.id, note=request.note, lot=lot_id
    )
    return await move_shares(uow, "stock.taken", shares, request.note, given=measured.given)


@operation("stock.put", permission="stock.move", is_repeatable=True)
async def put_stock(uow: UnitOfWork, request: PutStock) -> StockMoved:
    """Put stock into the warehouse."""
    target = request.location
    if target is None:
        target = await guess_location(uow, _left_out("put", request))
    line = await uow.stock.line(request.item, VirtualLocation.SUPPLIER, target)
    measured = await measure(uow, line.item, _typed(request))
    item, quantity = line.item, measured.quantity
    changes: tuple[Change, ...] = ()
    expires_on = request.expires_on
    if request.expires_in is not None:
        expires_on = await read_today(uow) + timedelta(days=request.expires_in)
    if item.is_tracked or request.lot is not None or expires_on is not None:
        require_open(line)
        line, changes = await put_lot(uow, line, quantity, request.lot, expires_on)
    uow.resolved = PutStock(
        item=item.id,
        quantity=quantity,
        location=line.target.id,
        note=request.note,
        lot=line.lot_id or None,
    )
    shares = [Share(line, quantity)]
    return await move_shares(
        uow, "stock.put", shares, request.note, given=measured.given, changes=changes
    )


@operation("stock.move", permission="stock.move", is_repeatable=True)
async def move_stock(uow: UnitOfWork, request: MoveStock) -> StockMoved:
    """Carry a quantity from one location to another, or do nothing."""
    line = await uow.stock.line(request.item, request.source, request.target)
    await require_single_source(uow, line, request.source)
    measured = await measure(uow, line.item, _typed(request))
    quantity = measured.quantity
    shares, lot_id = [Share(line, quantity)], None
    if line.item.is_tracked or request.lot is not None:
        require_open(line)
        shares = await share_out(uow, line, quantity, request.lot)
        lot_id = None if request.lot is None else shares[0].line.lot_id
    uow.resolved = MoveStock(
        item=line.item.id,
        quantity=measured.quantity,
        source=line.source.id,
        target=line.target.id,
        note=request.note,
        lot=lot_id,
    )
    return await move_shares(uow, "stock.moved", shares, request.note, given=measured.given)


@operation("stock.adjust", permission="stock.adjust", is_repeatable=True)
async def adjust_stock(uow: UnitOfWork, request: AdjustStock) -> StockMoved:
    """Make a level what was counted: the difference comes from `gain` or goes to `loss`.

    A count that agrees is recorded as well: when was this last counted, and by whom?
    """
    reason = clean_text(request.reason, field="reason", limit=MAX_NOTE, required=True)
    gain = await uow.stock.line(request.item, VirtualLocation.GAIN, request.location)
    typed = TypedQuantity(request.counted, request.unit)
    counted, given = await measure(uow, gain.item, typed, field="counted", allow_zero=True)
    if gain.item.is_tracked or request.lot is not None:
        gain = await counted_lot(uow, gain, request.lot)
    if gain.lot is not None and gain.item.tracking == BY_SERIAL and counted:
        require_one(gain.item.sku, gain.lot.code, counted)
    uow.resolved = AdjustStock(
        item=gain.item.id,
        location=gain.target.id,
        counted=counted,
        reason=reason,
        lot=gain.lot_id or None,
    )
    refuse_missed(uow)
    difference = counted - await level_when_it_happened(uow, gain)
    key = LevelKey(gain.item.id, gain.target.id, gain.lot_id)
    await observe(uow, [Observed(key, counted)])
    if difference == 0:
        return record_agreement(uow, gain, Measured(counted, given), reason)
    if difference > 0:
        await require_single_serials(uow, [gain])
        return await move_shares(uow, ADJUSTED, [Share(gain, difference)], reason, given=given)
    ends = gain.target.id, VirtualLocation.LOSS
    loss = await uow.stock.line(gain.item.id, *ends, gain.lot_id)
    return await move_shares(uow, ADJUSTED, [Share(loss, -difference)], reason, given=given)


def _left_out(verb: str, request: TakeStock | PutStock) -> LocationLeftOut:
    return LocationLeftOut(verb, request.item, _typed(request), request.note, request.lot)


def _typed(request: TakeStock | PutStock | MoveStock) -> TypedQuantity:
    return TypedQuantity(request.quantity, request.unit)
