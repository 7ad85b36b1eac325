"""Reorder points: which items a change let fall to theirs, and what people answer to the alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.database.models import Item
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.availability import Availability, read_let_fall
from bot.domain.changes import Change
from bot.domain.items import AlertAnswered, write_alert, write_snooze
from bot.domain.lanes import ALERTS_LANE, LOW_STOCK
from bot.domain.quantities import ZERO
from bot.domain.requests import reserved_by
from bot.domain.stock import LowStock
from bot.services.availability import read_availability, read_today

SNOOZED: Final = "item.snoozed"
NOT_NEEDED: Final = "item.not_needed"
# Who may answer an alert, and is mentioned in it while on shift.
MAY_ANSWER: Final = ("item.manage",)
_SNOOZE: Final = timedelta(days=7)
_NOT_RELEASED: Final[Mapping[int, Decimal]] = MappingProxyType({})

declare_actions(SNOOZED, NOT_NEEDED, way_back=NO_WAY_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAlert:
    """Say that an item need not be reordered now; `record` let it fall to its reorder point."""

    item_id: int
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClosed:
    """What was answered to an alert; `until` is when a snoozed item is looked at again."""

    record: int
    item_id: int
    sku: str
    name: str
    answered_by: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLowStock:
    """Ask what an alert about a record has to show."""

    record: int


async def note_low_stock(
    uow: UnitOfWork, released: Mapping[int, Decimal] = _NOT_RELEASED
) -> tuple[LowStock, ...]:
    """Return the items that the posted moves let fall to their reorder point, and alert once.

    An item that was there before is left out: not again until it rose above. `released` is what
    this unit used up of reservations, which was not available before either.
    """
    watched = uow.posting.watched
    is_tracked = any(item.is_tracked for item in watched.values())
    # The day matters to lots alone.
    today = await read_today(uow) if is_tracked else uow.now.date()
    changes = uow.posting.usable_change(watched, today)
    falling = [item_id for item_id, change in changes.items() if change < 0]
    if not falling:
        return ()
    low = []
    for item_id, (_, total) in (await uow.stock.usable_totals(falling, today)).items():
        item, point = watched[item_id], watched[item_id].reorder_point
        before = total - item.reserved
        after = before + changes[item_id] + released.get(item_id, ZERO)
        if point is not None and before > point >= after:
            low.append(LowStock(item.id, item.sku, item.name, item.unit, after, point))
    fallen = await uow.items.get_many([each.item_id for each in low]) if low else {}
    if any(not _is_snoozed(item, uow.now) for item in fallen.values()):
        uow.notify(ALERTS_LANE, LOW_STOCK)
    return tuple(low)


async def note_reserved(
    uow: UnitOfWork, reserved: Sequence[tuple[Item, Availability, Decimal]]
) -> tuple[LowStock, ...]:
    """Return the items that reserving so much more lets fall to their reorder point, and alert."""
    low = []
    is_alerted = False
    for item, stock, more in reserved:
        before, point = stock.usable - stock.reserved, item.reorder_point
        if point is not None and before > point >= before - more:
            low.append(LowStock(item.id, item.sku, item.name, item.unit, before - more, point))
            is_alerted = is_alerted or not _is_snoozed(item, uow.now)
    if is_alerted:
        uow.notify(ALERTS_LANE, LOW_STOCK)
    return tuple(low)


async def note_set_aside(
    uow: UnitOfWork, items: Iterable[Item], before: Mapping[int, Availability]
) -> tuple[LowStock, ...]:
    """Return the items that fell to their reorder point without a move, and alert.

    `before` is what there was of them when lots or locations were not set aside yet.
    """
    watched = [item for item in items if item.reorder_point is not None and item.id in before]
    after = await read_availability(uow, watched)
    low = []
    for item in watched:
        was, left, point = (
            before[item.id].usable - item.reserved,
            after[item.id].usable - item.reserved,
            item.reorder_point or ZERO,
        )
        if was > point >= left:
            low.append(LowStock(item.id, item.sku, item.name, item.unit, left, point))
    fallen = {each.item_id for each in low}
    if any(item.id in fallen and not _is_snoozed(item, uow.now) for item in watched):
        uow.notify(ALERTS_LANE, LOW_STOCK)
    return tuple(low)


@operation("item.snooze", permission=MAY_ANSWER)
async def snooze_item(uow: UnitOfWork, request: AnswerAlert) -> AlertClosed:
    """Leave an item out of the alerts for a week; what is low then is alerted again."""
    item = await _require_open_alert(uow, request)
    until = uow.now + _SNOOZE
    await uow.items.update_by_id(item.id, alert_record=request.record, snoozed_until=until)
    uow.notify(ALERTS_LANE, LOW_STOCK, not_before=until)
    return _close(uow, SNOOZED, item, request, until)


@operation("item.not_needed", permission=MAY_ANSWER)
async def decline_reorder(uow: UnitOfWork, request: AnswerAlert) -> AlertClosed:
    """Say that an item need not be reordered; it is alerted again once it rose and fell."""
    item = await _require_open_alert(uow, request)
    await uow.items.update_by_id(item.id, alert_record=request.record)
    return _close(uow, NOT_NEEDED, item, request, None)


@query(permission="stock.view", is_shown=False)
async def list_low_stock(books: Books, request: ListLowStock) -> tuple[LowStock, ...]:
    """List the items that a record let fall to their reorder point, and that still are there.

    An item that was snoozed is looked at when its week is over, whatever moved meanwhile.
    """
    event = await books.audit.require(request.record)
    unmoved = read_let_fall(event.detail)
    is_snooze = event.action == SNOOZED and event.subject_id is not None
    if is_snooze:
        ids = {event.subject_id or 0}
    else:
        ids = {move.item_id for move in await books.stock.moves_of_record(request.record)}
    reserved = reserved_by(event.detail)
    ids |= reserved.keys() | unmoved
    items = {
        item.id: item
        for item in (await books.items.get_many(sorted(ids))).values()
        if item.reorder_point is not None and item.archived_at is None
    }
    fallen = set(items)
    if not is_snooze and not unmoved:
        fallen = await _fallen_by(books, request.record, items.values(), reserved)
    low, totals = [], await _usable(books, fallen)
    for item in (items[item_id] for item_id in sorted(fallen)):
        point, left = item.reorder_point or Decimal(0), totals.get(item.id, ZERO) - item.reserved
        if left <= point and not _is_snoozed(item, books.now):
            low.append(LowStock(item.id, item.sku, item.name, item.unit, left, point))
    return tuple(low)


async def _fallen_by(
    books: Books, record: int, items: Iterable[Item], reserved: Mapping[int, Decimal]
) -> set[int]:
    """Return the items that were above their reorder point before a record, and not after it."""
    watched = {item.id: item for item in items}
    totals = await _usable(books, watched)
    after = {item.id: totals.get(item.id, ZERO) - item.reserved for item in watched.values()}
    change = {item_id: -reserved.get(item_id, ZERO) for item_id in watched}
    today = await read_today(books)
    for move in await books.stock.changes_since(sorted(watched), record, today):
        net = move.quantity if move.is_in else -move.quantity
        if move.record == record:
            change[move.item_id] += net
        else:
            after[move.item_id] -= net
    return {
        item_id
        for item_id, item in watched.items()
        if after[item_id] - change[item_id] > (item.reorder_point or 0) >= after[item_id]
    }


async def _usable(books: Books, item_ids: Iterable[int]) -> dict[int, Decimal]:
    found = await books.stock.usable_totals(sorted(item_ids), await read_today(books))
    return {item_id: usable for item_id, (_, usable) in found.items()}


def _is_snoozed(item: Item, now: datetime) -> bool:
    return item.snoozed_until is not None and item.snoozed_until > now


async def _require_open_alert(uow: UnitOfWork, request: AnswerAlert) -> Item:
    item = await uow.items.require(request.item_id)
    if item.alert_record is not None and item.alert_record >= request.record:
        raise AlertAnswered(item.sku)
    return item


def _close(
    uow: UnitOfWork, action: str, item: Item, request: AnswerAlert, until: datetime | None
) -> AlertClosed:
    changes = [Change("alert", write_alert(item.alert_record), write_alert(request.record))]
    if until is not None:
        before = write_snooze(item.snoozed_until)
        changes.append(Change("snoozed until", before, write_snooze(until)))
    record = uow.record(
        action, subject_type="item", subject_id=item.id, subject=item.sku, changes=changes
    )
    return AlertClosed(
        record=record,
        item_id=item.id,
        sku=item.sku,
        name=item.name,
        answered_by=uow.actor.user_id,
        until=until,
    )
