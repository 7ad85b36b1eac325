"""Moves that a device sends: takes, puts, moves, and what came in of an order."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.names import MAX_NOTE
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import Reference
from bot.domain.sync import SyncOperation
from bot.errors import InvalidValue
from bot.services.dating import list_corrections, post_corrections
from bot.services.lots_moved import Share
from bot.services.receiving.delivering import DeliverOrder, OrderDelivered, deliver_order
from bot.services.receiving.reading import ArrivedLine
from bot.services.stock import MoveStock, PutStock, TakeStock
from bot.services.sync.fields import Fields

_KNOWN: Final = (
    "item",
    "quantity",
    "from",
    "to",
    "unit",
    "lot",
    "expiry",
    "note",
    "order",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLine:
    """What came in of one line of an order."""

    order: Reference
    item: Reference
    quantity: TypedQuantity
    location: Reference
    lot: Reference | None = None
    expires_on: date | None = None
    note: str = ""


def read_move(sent: SyncOperation) -> TakeStock | PutStock | MoveStock | ReceiveLine:
    """Return what a move asks for: only `from` takes, only `to` puts; raises InvalidValue."""
    fields = Fields.of(sent.data, _KNOWN)
    item, typed = fields.require_reference("item"), fields.require_quantity("quantity")
    source, target = fields.reference("from"), fields.reference("to")
    lot, expires_on = fields.reference("lot"), fields.day("expiry")
    note = fields.text("note", limit=MAX_NOTE) or ""
    order = fields.reference("order")
    if expires_on is not None and source is not None:
        raise InvalidValue(field="expiry", reason="unknown_field", value="expiry")
    if order is not None:
        if source is not None:
            raise InvalidValue(field="from", reason="unknown_field", value="from")
        return ReceiveLine(
            order=order,
            item=item,
            quantity=typed,
            location=fields.require_reference("to"),
            lot=lot,
            expires_on=expires_on,
            note=note,
        )
    quantity, unit = typed.value, typed.unit
    if source is not None and target is not None:
        return MoveStock(
            item=item,
            quantity=quantity,
            source=source,
            target=target,
            note=note,
            unit=unit,
            lot=lot,
        )
    if source is not None:
        return TakeStock(
            item=item, quantity=quantity, location=source, note=note, unit=unit, lot=lot
        )
    return PutStock(
        item=item,
        quantity=quantity,
        location=fields.require_reference("to"),
        note=note,
        unit=unit,
        lot=lot,
        expires_on=expires_on,
    )


async def receive_line(uow: UnitOfWork, request: ReceiveLine) -> OrderDelivered:
    """Book what came in, as the form of a delivery does; raises what a delivery refuses."""
    order = await uow.orders.require_reference(request.order)
    arrived = ArrivedLine(
        item=request.item,
        quantity=request.quantity,
        lot=request.lot,
        expires_on=request.expires_on,
    )
    wanted = DeliverOrder(
        order_id=order.id,
        version=order.version,
        lines=(arrived,),
        location=request.location,
        note=request.note,
    )
    delivered = await deliver_order(uow, wanted)
    shares = [Share(*moved) for moved in uow.posting.moves]
    post_corrections(uow, await list_corrections(uow, shares))
    return delivered
