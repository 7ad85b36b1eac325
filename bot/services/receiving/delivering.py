"""Delivering: what came in of an order, posted at what it cost, in one record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.models import PurchaseOrder
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.orders import COMPLETE, DELIVER
from bot.domain.quantities import ZERO
from bot.domain.receiving import (
    DeliveredMeanwhile,
    Excess,
    NothingDelivered,
    TooMuchDelivered,
    is_complete,
    received_field,
    share_among,
    unit_cost_of,
    write_received,
)
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import LineReference, MovedLine, Reference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.approvals.deciding import revise
from bot.services.approvals.kinds import Subject
from bot.services.availability import read_today
from bot.services.documents.changing import DocumentChange
from bot.services.lots_moved import require_single_serials
from bot.services.low_stock import note_low_stock
from bot.services.orders.approving import ORDER_KIND
from bot.services.receiving.lines import AwaitedLine, read_awaited, require_awaited
from bot.services.receiving.preparing import MAY_RECEIVE, require_location
from bot.services.receiving.reading import ArrivedLine, Parcel, read_parcels

_MAX_OPEN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverOrder:
    """What came in, as it was typed or as a device says it, and where; of a form's version."""

    order_id: int
    version: int
    lines: str | tuple[ArrivedLine, ...]
    location: Reference
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered:
    """What came in, the first ten moves of it, and what is still to come."""

    record: int
    order_id: int
    label: str
    status: str
    moved: tuple[MovedLine, ...]
    move_count: int
    left: tuple[AwaitedLine, ...]
    beyond: tuple[AwaitedLine, ...] = ()
    note: str = ""
    today: date | None = None
    warning_days: int = 0


class _Arrival(NamedTuple):
    """A part of a parcel, for a line of the order."""

    line: AwaitedLine
    parcel: Parcel
    quantity: Decimal


class _Cost(NamedTuple):
    unit_cost: Decimal
    currency: str


@operation("order.deliver", permission=MAY_RECEIVE)
async def deliver_order(uow: UnitOfWork, request: DeliverOrder) -> OrderDelivered:
    """Book what came in of an order; raises what its lines, its limits and stock refuse.

    A form of an older version is refused: what it said is left may have come in meanwhile.
    """
    order = await uow.orders.require(request.order_id)
    label = uow.orders.label_of(order)
    require_awaited(uow, order)
    if order.version != request.version:
        raise DeliveredMeanwhile(label, order.id)
    location = await require_location(uow, request.location)
    note = clean_text(request.note, field="note", limit=MAX_NOTE)
    lines = await read_awaited(uow, order.id)
    parcels = await read_parcels(uow, label, lines, request.lines)
    if not parcels:
        raise NothingDelivered(label, order.id)
    shares = _share_out(label, order.id, lines, parcels)
    await _post(uow, order, location.id, _match(lines, parcels, shares))
    after = {number: by + _line(lines, number).received for number, by in shares.items()}
    changed = await revise(
        uow,
        ORDER_KIND,
        Subject(noun=ORDER_KIND.noun, id=order.id, label=label),
        COMPLETE if is_complete(lines, shares) else DELIVER,
        [
            *(_change(_line(lines, number), quantity) for number, quantity in after.items()),
            *(Change("note", "", note) for _ in range(bool(note))),
            *(change for parcel in parcels for change in parcel.changes),
        ],
        rows=DocumentChange(
            lines={number: {"received": quantity} for number, quantity in after.items()}
        ),
    )
    # The day that was written on a lot may be over.
    await note_low_stock(uow)
    return await _answer(uow, order.id, changed.record, note)


def _share_out(
    label: str, order_id: int, lines: Sequence[AwaitedLine], parcels: Sequence[Parcel]
) -> dict[int, Decimal]:
    """Return how much each line gets; raises TooMuchDelivered with the figures of each item.

    First those lines that were ordered under the SKU that was typed.
    """
    delivered: dict[int, Decimal] = defaultdict(lambda: ZERO)
    shares: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for parcel in parcels:
        delivered[parcel.item_id] += parcel.quantity
        left = parcel.quantity
        for line in (each for each in lines if _is_named(each, parcel)):
            part = min(left, max(ZERO, line.left - shares[line.number]))
            shares[line.number] += part
            left -= part
    excess = []
    for item_id, quantity in delivered.items():
        own = [line for line in lines if line.item_id == item_id]
        named = {line.number: shares[line.number] for line in own}
        after = [replace(line, received=line.received + named[line.number]) for line in own]
        found = share_among(after, quantity - sum(named.values(), ZERO))
        if found is None:
            excess.append(_excess(own, quantity))
        else:
            for number, share in found.items():
                shares[number] += share
    if excess:
        raise TooMuchDelivered(label, order_id, tuple(excess))
    return {number: share for number, share in sorted(shares.items()) if share}


def _is_named(line: AwaitedLine, parcel: Parcel) -> bool:
    return (line.item_id, line.ordered_id) == (parcel.item_id, parcel.ordered_id)


def _excess(own: Sequence[AwaitedLine], delivered: Decimal) -> Excess:
    return Excess(
        sku=own[0].sku,
        unit=own[0].unit,
        ordered=sum((line.quantity for line in own), ZERO),
        received=sum((line.received for line in own), ZERO),
        delivered=delivered,
        limit=sum((line.limit for line in own), ZERO),
    )


def _match(
    lines: Sequence[AwaitedLine], parcels: Sequence[Parcel], shares: Mapping[int, Decimal]
) -> list[_Arrival]:
    """Give the lines of each item its parcels, in the order in which they were typed."""
    arrivals = []
    rooms = dict(shares)
    for parcel in parcels:
        left = parcel.quantity
        for line in sorted(lines, key=lambda each: not _is_named(each, parcel)):
            if line.item_id != parcel.item_id:
                continue
            part = min(left, rooms.get(line.number, ZERO))
            if part:
                arrivals.append(_Arrival(line, parcel, part))
                rooms[line.number] -= part
                left -= part
    return arrivals


async def _post(
    uow: UnitOfWork, order: PurchaseOrder, location_id: int, arrivals: Sequence[_Arrival]
) -> None:
    """Queue the moves, each with what a unit of its line cost."""
    supplier = VirtualLocation.SUPPLIER
    references = [
        LineReference(each.parcel.item_id, supplier, location_id, each.parcel.lot_id)
        for each in arrivals
    ]
    found = await uow.stock.lines(references)
    await require_single_serials(uow, found)
    costs = await _read_costs(uow, order)
    for stock, each in zip(found, arrivals, strict=True):
        cost = costs.get(each.line.number)
        if cost is None:
            uow.stock.post(stock, each.quantity)
        else:
            uow.stock.post(stock, each.quantity, cost.unit_cost, cost.currency)


async def _read_costs(uow: UnitOfWork, order: PurchaseOrder) -> dict[int, _Cost]:
    """Return what a unit of each line costs: in the guild's currency where a rate is written."""
    own = (await uow.guilds.require()).currency
    rate = None if order.currency == own else order.rate
    currency = order.currency if rate is None else own
    return {
        row.line: _Cost(unit_cost_of(row.unit_price, row.factor, rate), currency)
        for row in await uow.order_lines.list_of(order.id)
        if row.unit_price is not None
    }


async def _answer(uow: UnitOfWork, order_id: int, record: int, note: str) -> OrderDelivered:
    order = await uow.orders.require(order_id)
    lines = await read_awaited(uow, order_id)
    moved = uow.posting.lines
    has_lots = any(line.lot for line in moved)
    return OrderDelivered(
        record=record,
        order_id=order_id,
        label=uow.orders.label_of(order),
        status=order.status,
        moved=tuple(moved[:MAX_KEPT_LINES]),
        move_count=len(moved),
        left=tuple(line for line in lines if line.left),
        beyond=tuple(line for line in lines if line.received > line.quantity)[:_MAX_OPEN],
        note=note,
        today=await read_today(uow) if has_lots else None,
        warning_days=(await uow.guilds.require()).expiry_warning_days if has_lots else 0,
    )


def _line(lines: Sequence[AwaitedLine], number: int) -> AwaitedLine:
    return next(line for line in lines if line.number == number)


def _change(line: AwaitedLine, after: Decimal) -> Change:
    before = write_received(line.received, line.sku, line.unit) if line.received else ""
    return Change(received_field(line.number), before, write_received(after, line.sku, line.unit))
