"""Counts that a device sends: what was seen at a location, at a time."""

from dataclasses import dataclass
from typing import Final

from bot.database.controllers.stock_counts import Countable
from bot.database.models import CountLine, StockCount
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.counts import (
    ADD,
    COUNTED,
    ENTER,
    MAX_LINES,
    AskedAgain,
    NothingEntered,
    TooMuchToCount,
)
from bot.domain.documents import COUNT
from bot.domain.lots import require_one
from bot.domain.names import MAX_NOTE
from bot.domain.posting import require_open
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import BY_SERIAL, Reference, StockLine
from bot.domain.sync import SyncOperation
from bot.domain.virtual_locations import VirtualLocation
from bot.services.approvals.deciding import revise
from bot.services.counts.adding import require_inside
from bot.services.counts.deciding import COUNT_KIND
from bot.services.counts.documents import subject_of
from bot.services.counts.entering import counted_now, require_counting, say_counted
from bot.services.dating import level_when_it_happened
from bot.services.documents.changing import DocumentChange
from bot.services.lots_moved import counted_lot
from bot.services.measuring import measure
from bot.services.stock import AdjustStock
from bot.services.sync.fields import Fields

_KNOWN: Final = ("item", "location", "counted", "unit", "lot", "note", "count")
# The ledger wants to know why a level was set.
_REASON: Final = "Counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOf:
    """What was counted for a count that is under way."""

    count: Reference
    item: Reference
    location: Reference
    counted: TypedQuantity
    lot: Reference | None = None


def read_count(sent: SyncOperation) -> AdjustStock | CountOf:
    """Return what a count asks for; raises InvalidValue."""
    fields = Fields.of(sent.data, _KNOWN)
    item, location = fields.require_reference("item"), fields.require_reference("location")
    counted, lot = fields.require_quantity("counted"), fields.reference("lot")
    note = fields.text("note", limit=MAX_NOTE)
    count = fields.reference("count")
    if count is not None:
        return CountOf(count=count, item=item, location=location, counted=counted, lot=lot)
    return AdjustStock(
        item=item,
        location=location,
        counted=counted.value,
        unit=counted.unit,
        lot=lot,
        reason=note or _REASON,
    )


async def enter_seen(uow: UnitOfWork, request: CountOf) -> Changed:
    """Keep what was counted beside what the books have of that moment, for a count under way.

    What was counted later, by another device or a form, stays.
    """
    assert uow.happened_at is not None
    wanted = await uow.stock_counts.require_reference(request.count)
    count = await require_counting(uow, wanted.id)
    stock = await uow.stock.line(request.item, VirtualLocation.GAIN, request.location)
    require_open(stock)
    measured = await measure(uow, stock.item, request.counted, field="counted", allow_zero=True)
    if stock.item.is_tracked or request.lot is not None:
        stock = await counted_lot(uow, stock, request.lot)
    if stock.lot is not None and stock.item.tracking == BY_SERIAL and measured.quantity:
        require_one(stock.item.sku, stock.lot.code, measured.quantity)
    key = Countable(stock.item.id, stock.target.id, stock.lot_id)
    line = await uow.count_lines.find_at(count.id, key)
    columns = {
        **counted_now(uow, stock, measured.quantity),
        "expected": await level_when_it_happened(uow, stock),
        "counted_at": uow.happened_at,
    }
    if line is None:
        await require_inside(uow, count, key.location_id)
        if await uow.count_lines.find_last(count.id) >= MAX_LINES:
            raise TooMuchToCount(stock.target.name)
        rows, step = (
            DocumentChange(
                added=[
                    {
                        "item_id": key.item_id,
                        "location_id": key.location_id,
                        "lot_id": key.lot_id,
                        **columns,
                    }
                ]
            ),
            ADD,
        )
    else:
        _require_takable(uow, count, line, stock)
        rows, step = DocumentChange(lines={line.line: columns}), ENTER
    said = say_counted([(stock.item.sku, measured.quantity, stock.item.unit)])
    changes = [Change("counted", "", said), Change("location", "", stock.target.name)]
    subject = await subject_of(uow, count.id)
    return await revise(uow, COUNT_KIND, subject, step, changes, rows=rows)


def _require_takable(uow: UnitOfWork, count: StockCount, line: CountLine, stock: StockLine) -> None:
    """Raise NothingEntered for a line that the actor must not count, or that was counted later."""
    assert uow.happened_at is not None
    reason = "barred" if uow.actor.user_id in line.barred_ids else ""
    if line.state == COUNTED and line.counted_at is not None and line.counted_at > uow.happened_at:
        reason = "later"
    if reason:
        sku, location = stock.item.sku, stock.target.name
        again = AskedAgain(
            line=line.line, sku=sku, location=location, reason=reason, by=line.counted_by
        )
        raise NothingEntered(COUNT.label(count.number), count.id, (again,))
