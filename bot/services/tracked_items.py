"""Tracked items: those whose days are kept, which `bot/jobs/item_days.py` makes from the ledger."""

from dataclasses import dataclass
from typing import Final

from bot.database.models import Item
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.item_days import KEPT_SINCE, MAX_TRACKED, NO_ZONE, DaysUnchanged
from bot.domain.periods import day_of
from bot.domain.schedule import ITEM_DAYS
from bot.domain.stock import Reference
from bot.errors import Archived, LimitReached

TRACKED: Final = "item.tracked"
UNTRACKED: Final = "item.untracked"

declare_actions(TRACKED, UNTRACKED, way_back="track")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackItem:
    """Keep the days of an item, or keep them no longer."""

    item: Reference
    is_on: bool = True


@operation("item.track", permission="item.manage")
async def track_item(uow: UnitOfWork, request: TrackItem) -> Changed:
    """Keep an item's days, those of its past included, or delete them.

    Raises NotFound, Archived, LimitReached and DaysUnchanged.
    """
    item = await uow.items.require_reference(request.item)
    kept = await uow.tracked_items.get_by_id(item.id)
    if (kept is not None) == request.is_on:
        raise DaysUnchanged(item.sku, request.is_on)
    if kept is None:
        if item.archived_at is not None:
            raise Archived("item", item.sku, item.id)
        if await uow.tracked_items.count() >= MAX_TRACKED:
            raise LimitReached("tracked item", MAX_TRACKED)
        change = await keep_days(uow, item)
        return uow.record_changes(TRACKED, "item", item.id, item.sku, [change])
    change = await keep_days_no_longer(uow, item)
    return uow.record_changes(UNTRACKED, "item", item.id, item.sku, [change])


async def keep_days(uow: UnitOfWork, item: Item) -> Change:
    """Begin to keep the days of an item from its first move on; the job makes them at once."""
    zone = (await uow.guilds.require()).timezone
    began = await uow.tracked_items.find_first_time(item.id)
    since = day_of(began or uow.now, zone)
    await uow.tracked_items.create(item_id=item.id, since=since)
    await _make_days_again(uow, item.id)
    return Change(KEPT_SINCE, "", since.isoformat())


async def keep_days_no_longer(uow: UnitOfWork, item: Item) -> Change:
    """Keep the days of an item no longer; the job deletes them."""
    kept = await uow.tracked_items.require(item.id)
    await uow.tracked_items.delete_by_id(item.id)
    await _make_days_again(uow, item.id)
    return Change(KEPT_SINCE, kept.since.isoformat(), "")


async def look_at_days(uow: UnitOfWork) -> None:
    """Let the job look at the guild's tracked items now, if there are any."""
    if await uow.schedule.get_by_id(ITEM_DAYS) is not None:
        await uow.schedule.update_by_id(ITEM_DAYS, due_at=uow.now)


async def _make_days_again(uow: UnitOfWork, item_id: int) -> None:
    """Trust no day that is kept of an item: tracked again, it has those that the ledger makes."""
    if await uow.item_day_marks.get_by_id(item_id) is not None:
        await uow.item_day_marks.update_by_id(item_id, timezone=NO_ZONE)
    if await uow.schedule.get_by_id(ITEM_DAYS) is None:
        await uow.schedule.create(kind=ITEM_DAYS, due_at=uow.now)
    await look_at_days(uow)
