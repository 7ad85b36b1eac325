"""Moves that a device sends: takes, puts, moves, and what came in of an order."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.lines import LinesRefused, write_name
from bot.domain.names import MAX_NOTE, MAX_UNIT
from bot.domain.quantities import TypedQuantity, format_quantity
from bot.domain.stock import Reference
from bot.domain.sync import SyncOperation
from bot.errors import InvalidValue
from bot.services.dating import list_corrections, post_corrections
from bot.services.lots_moved import Share
from bot.services.receiving.delivering import DeliverOrder, OrderDelivered, deliver_order
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
# It would end the line of a delivery.
_SEPARATOR: Final = ";"


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
    item = await uow.stock.item(request.item)
    wanted = DeliverOrder(
        order_id=order.id,
        version=order.version,
        lines=await _write_line(uow, item.id, item.sku, request),
        location=request.location,
        note=request.note,
    )
    try:
        delivered = await deliver_order(uow, wanted)
    except LinesRefused as error:
        # There is one line: what is wrong with it is what is wrong.
        raise error.faults[0].cause from error
    shares = [Share(*moved) for moved in uow.posting.moves]
    post_corrections(uow, await list_corrections(uow, shares))
    return delivered


async def _write_line(uow: UnitOfWork, item_id: int, sku: str, request: ReceiveLine) -> str:
    """Write the line of a delivery as people type it."""
    typed, lot = request.quantity, request.lot
    if isinstance(lot, int):
        lot = (await uow.lots.require_of(item_id, lot)).code
    if lot is not None and _SEPARATOR in lot:
        raise InvalidValue(field="lot", reason="ends_line", value=_SEPARATOR)
    expiry = "" if request.expires_on is None else request.expires_on.isoformat()
    quantity = format_quantity(typed.value)
    return " ".join(
        part
        for part in (write_name(sku), quantity, typed.unit[:MAX_UNIT], lot or "", expiry)
        if part
    )
