"""Doing what a device did: the same operations as in Discord, each in a unit of its own.

The unit knows when it happened, and keeps for ever that the operation was done: its receipt goes
after a week, and a device may send it again after months.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.database.operations import Operation, operation
from bot.database.unit import UnitOfWork
from bot.domain.chain import canonical_json
from bot.domain.dated import Dated
from bot.domain.rights import Need
from bot.domain.sync_refusals import AlreadyApplied, AlreadyCorrected
from bot.services.items import AddItem, add_item, edit_item
from bot.services.locations import AddLocation, add_location, edit_location
from bot.services.receiving.preparing import MAY_RECEIVE
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from bot.services.sync.counts import CountOf, enter_seen
from bot.services.sync.last_writes import FieldsLeft
from bot.services.sync.metadata import (
    ChangeBarcode,
    ChangeItem,
    ChangeLocation,
    change_barcode,
    change_item,
    change_location,
)
from bot.services.sync.moves import ReceiveLine, receive_line


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformOperation:
    """What a device did, as it was read: `intent` is the request of what does it."""

    id: str
    intent: Any
    timestamp: datetime
    supersedes: str | None = None

    def fingerprint(self) -> bytes:
        """Return what is the same whenever the operation is sent."""
        return canonical_json((type(self.intent).__name__, self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is known of an operation beside what it asks for, and differs each time it is sent."""

    attempt: str
    device_id: int
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The record that an operation made, in which attempt, and what of it was overtaken."""

    record: int
    attempt: str
    overtaken: FieldsLeft | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What carries an intent out, and the right that it takes."""

    need: Need
    function: Callable[[UnitOfWork, Any], Awaitable[Any]]


def _as(done_by: Operation[Any, Any]) -> _Way:
    return _Way(done_by.need, done_by)


_WAYS: Final[dict[type, _Way]] = {
    TakeStock: _as(take_stock),
    PutStock: _as(put_stock),
    MoveStock: _as(move_stock),
    AdjustStock: _as(adjust_stock),
    CountOf: _Way(Need(("count.perform",)), enter_seen),
    ReceiveLine: _Way(Need((MAY_RECEIVE,)), receive_line),
    AddItem: _as(add_item),
    ChangeItem: _Way(edit_item.need, change_item),
    AddLocation: _as(add_location),
    ChangeLocation: _Way(edit_location.need, change_location),
    ChangeBarcode: _Way(edit_item.need, change_barcode),
}


@operation("sync.perform", permission="device.use", is_shown=False)
async def perform_operation(uow: UnitOfWork, request: PerformOperation) -> Performed:
    """Do what a device did at the time when it did it; raises what doing it now would."""
    delivery = uow.ahead
    assert isinstance(delivery, Delivery)
    way = _WAYS[type(request.intent)]
    way.need.check(uow.rights)
    if request.supersedes is not None:
        await _require_undone(uow, request.supersedes)
    uow.happened_at = min(delivery.happened_at, uow.now)
    done = await way.function(uow, request.intent)
    # What it asked for is in its receipt: /again is for what people typed.
    uow.resolved = None
    for number in range(1, len(uow.posting.lines) + 1):
        uow.posting.dated.setdefault(number, Dated(uow.happened_at))
    await _keep(uow, request, delivery)
    return Performed(
        record=uow.scope.record,
        attempt=delivery.attempt,
        overtaken=done if isinstance(done, FieldsLeft) else None,
    )


async def _require_undone(uow: UnitOfWork, superseded: str) -> None:
    """Raise AlreadyApplied or AlreadyCorrected for what it is too late to take the place of."""
    known = await uow.sync_operations.get_by_id(superseded)
    if known is None:
        return
    if known.superseded_by is None:
        raise AlreadyApplied(known.record)
    raise AlreadyCorrected(known.record)


async def _keep(uow: UnitOfWork, request: PerformOperation, delivery: Delivery) -> None:
    """Keep that the operation was done, and that what it took the place of never will be."""
    assert uow.happened_at is not None
    common = {
        "device_id": delivery.device_id,
        "record": uow.scope.record,
        "happened_at": uow.happened_at,
    }
    done = {
        **common,
        "operation_id": request.id,
        "superseded_by": None,
        "fingerprint": uow.scope.encryption.fingerprints.make(request.fingerprint()),
    }
    rows = [done]
    if request.supersedes is not None:
        replaced = {"operation_id": request.supersedes, "superseded_by": request.id}
        rows.append({**common, **replaced, "fingerprint": ""})
    await uow.sync_operations.bulk_create(rows)
