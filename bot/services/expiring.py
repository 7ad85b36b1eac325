"""Lots whose last day is over: what fell by that is alerted, and reserved no longer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.changes import Change, Changed, join_first
from bot.domain.periods import day_of, start_of
from bot.domain.schedule import DIGEST
from bot.errors import NothingToDo
from bot.services.availability import read_availability, read_today
from bot.services.low_stock import note_low_stock, watch_usable

EXPIRED: Final = "lot.expired"
_MAX_NAMED: Final = 10

declare_actions(EXPIRED, way_back=NO_WAY_BACK, is_observation=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireLots:
    """Look at what expired since the digest was due last."""


@operation("lot.expire", permission="lot.control")
async def expire_lots(uow: UnitOfWork, request: ExpireLots) -> Changed:
    """Alert of items that fell to their reorder point because lots of them expired.

    What expired is reserved no longer. Raises NothingToDo if neither is so of any item: then there
    is nothing to record.
    """
    del request
    today, zone = await read_today(uow), (await uow.guilds.require()).timezone
    due = await uow.schedule.get_by_id(DIGEST)
    # The day that was over when the digest was due: the program may not have run for days.
    last = min(day_of(due.due_at, zone) if due else today, today) - timedelta(days=1)
    item_ids = await uow.lots.list_expired_items(last, today)
    found = (await uow.items.get_many(item_ids)).values()
    items = [item for item in found if item.archived_at is None]
    if not items:
        raise NothingToDo("lot", today.isoformat())
    since = await uow.audit.first_since(start_of(last + timedelta(days=1), zone))
    newest = await uow.audit.find_newest_falls(item_ids)
    # What fell since it expired was above its point without that, and is alerted already.
    await watch_usable(uow, [item for item in items if newest.get(item.id, 0) < since], last)
    low = await note_low_stock(uow)
    reserved = [item for item in items if item.reserved]
    stock = await read_availability(uow, reserved, today)
    lacking = [item for item in reserved if stock[item.id].usable < item.reserved]
    uow.posting.set_aside.update(item.id for item in lacking)
    skus = dict.fromkeys([*(each.sku for each in low), *(item.sku for item in lacking)])
    if not skus:
        raise NothingToDo("lot", today.isoformat())
    changes = [Change("items", "", join_first(list(skus), _MAX_NAMED))]
    day = today.isoformat()
    return uow.record_changes(EXPIRED, "day", uow.actor.guild_id, day, changes)
