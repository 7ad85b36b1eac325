"""Reorder points: which items a change let fall to theirs, and what people answer to the alert."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.database.models import Item
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.changes import Change
from bot.domain.falls import read_let_fall
from bot.domain.items import AlertAnswered, write_alert, write_snooze
from bot.domain.lanes import ALERTS_LANE, LOW_STOCK
from bot.domain.quantities import ZERO
from bot.domain.stock import LowStock, StockedItem
from bot.services.availability import read_availability, read_today
from bot.services.falls_by_moves import list_fallen_by_moves

SNOOZED: Final = "item.snoozed"
NOT_NEEDED: Final = "item.not_needed"
# Who may answer an alert, and is mentioned in it while on shift.
MAY_ANSWER: Final = ("item.manage",)
_SNOOZE: Final = timedelta(days=7)

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


async def watch_usable(uow: UnitOfWork, items: Iterable[Item], day: date | None = None) -> None:
    """Keep what there is of items, before lots or locations of theirs change: they may fall by it.

    To be called before the rows are changed. `day` is the last on which what expired was good.
    """
    watched = [each for each in items if each.reorder_point is not None and not each.archived_at]
    stock = await read_availability(uow, watched, day)
    for item in watched:
        _watch(uow, item)
        uow.posting.usable_before.setdefault(item.id, stock[item.id].usable)


async def watch_usable_of(uow: UnitOfWork, item_ids: Iterable[int]) -> None:
    """Do the same for items of which the ids are known."""
    await watch_usable(uow, (await uow.items.get_many(sorted(set(item_ids)))).values())


def watch_reserved(uow: UnitOfWork, item: Item, reserved: Decimal) -> None:
    """Keep how much of an item is reserved from now on."""
    uow.posting.note_reserved(item.id, item.reserved, reserved)
    if item.reorder_point is not None:
        _watch(uow, item)


async def note_low_stock(uow: UnitOfWork) -> tuple[LowStock, ...]:
    """Return the items that the unit let fall to their reorder points, and alert of them once.

    To be called when all is posted, reserved and set aside. An item that was there before is left
    out: not again until it rose above. The record keeps which items fell, as only the unit knows
    it: when the alert is posted, other moves and reservations may be in between.
    """
    posting = uow.posting
    if not posting.watched:
        return ()
    is_tracked = any(item.is_tracked for item in posting.watched.values())
    # The day matters to lots alone.
    today = await read_today(uow) if is_tracked else uow.now.date()
    changes = posting.usable_change(posting.watched, today)
    falling = sorted(
        item.id
        for item in posting.watched.values()
        if changes[item.id] < 0 or item.id in posting.usable_before or _is_rising(uow, item)
    )
    totals = await uow.stock.usable_totals(falling, today) if falling else {}
    low: dict[int, LowStock] = {}
    for item in (posting.watched[item_id] for item_id in falling):
        (_, usable), point = totals.get(item.id, (ZERO, ZERO)), item.reorder_point
        reserved_before, reserved = posting.reserved_of(item)
        before = posting.usable_before.get(item.id, usable) - reserved_before
        after = usable + changes[item.id] - reserved
        if point is not None and before > point >= after:
            left = max(ZERO, after)
            low[item.id] = LowStock(item.id, item.sku, item.name, item.unit, left, point)
    rows = (await uow.items.get_many(list(low)) if low else {}).values()
    # One that is merged into another has none left, and is not reordered.
    fallen = [item for item in rows if item.archived_at is None]
    alerted = sorted(item.id for item in fallen if not _is_snoozed(item, uow.now))
    if alerted:
        uow.note_let_fall(alerted)
        uow.notify(ALERTS_LANE, LOW_STOCK)
    return tuple(low[item_id] for item_id in sorted(item.id for item in fallen))


def _watch(uow: UnitOfWork, item: Item) -> None:
    watched = StockedItem(
        item.id,
        item.sku,
        item.name,
        item.unit,
        reserved=item.reserved,
        reorder_point=item.reorder_point,
        tracking=item.tracking,
    )
    uow.posting.watched.setdefault(item.id, watched)


def _is_rising(uow: UnitOfWork, item: StockedItem) -> bool:
    """Whether more of an item is reserved than when the unit began."""
    before, after = uow.posting.reserved_of(item)
    return after > before


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
    """List the items that a record let fall to their reorder points, and that still are there.

    One that rose and fell again meanwhile is in the alert of the later record alone. An item that
    was snoozed is looked at when its week is over, whatever moved meanwhile.
    """
    event = await books.audit.require(request.record)
    is_reminder = event.action == SNOOZED
    if is_reminder:
        ids = frozenset({event.subject_id or 0})
    else:
        kept = read_let_fall(event.detail)
        ids = await list_fallen_by_moves(books, event) if kept is None else kept
    newest = await books.audit.find_newest_falls(sorted(ids))
    items = [
        item
        for item in (await books.items.get_many(sorted(ids))).values()
        if item.archived_at is None
        and not _is_snoozed(item, books.now)
        # One that fell before it was snoozed has its reminder.
        and (is_reminder or not _is_snoozed(item, event.at + _SNOOZE))
        and not _is_answered(item, request.record)
        and newest.get(item.id, 0) <= request.record
    ]
    stock = await read_availability(books, items)
    low = []
    for item in sorted(items, key=lambda each: each.id):
        point, left = item.reorder_point, stock[item.id].usable - item.reserved
        if point is not None and left <= point:
            low.append(LowStock(item.id, item.sku, item.name, item.unit, max(ZERO, left), point))
    return tuple(low)


def _is_snoozed(item: Item, now: datetime) -> bool:
    return item.snoozed_until is not None and item.snoozed_until > now


def _is_answered(item: Item, record: int) -> bool:
    """Whether the alert of a record was answered, or one of a later record."""
    return item.alert_record is not None and item.alert_record >= record


async def _require_open_alert(uow: UnitOfWork, request: AnswerAlert) -> Item:
    item = await uow.items.require(request.item_id)
    if _is_answered(item, request.record):
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
