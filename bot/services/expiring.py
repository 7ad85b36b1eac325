"""Lots whose last day is over: what fell to its reorder point by that is alerted."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.availability import LetFall
from bot.domain.changes import Change, Changed, join_first
from bot.domain.periods import day_of
from bot.domain.schedule import DIGEST
from bot.errors import NothingToDo
from bot.services.availability import read_availability, read_today
from bot.services.low_stock import note_set_aside

EXPIRED: Final = "lot.expired"
_MAX_NAMED: Final = 10

declare_actions(EXPIRED, is_observation=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireLots:
    """Look at what expired since the digest was due last."""


@operation("lot.expire", permission="lot.control")
async def expire_lots(uow: UnitOfWork, request: ExpireLots) -> Changed:
    """Alert of items that fell to their reorder point because lots of them expired.

    Raises NothingToDo if none did: then there is nothing to record.
    """
    del request
    today, zone = await read_today(uow), (await uow.guilds.require()).timezone
    due = await uow.schedule.get_by_id(DIGEST)
    # The day that was over when the digest was due: the program may not have run for days.
    last = min(day_of(due.due_at, zone) if due else today, today) - timedelta(days=1)
    item_ids = await uow.lots.list_expired_items(last, today)
    items = [
        item
        for item in (await uow.items.get_many(item_ids)).values()
        if item.reorder_point is not None and item.archived_at is None
    ]
    low = await note_set_aside(uow, items, await read_availability(uow, items, last))
    if not low:
        raise NothingToDo("lot", today.isoformat())
    changes = [Change("items", "", join_first([each.sku for each in low], _MAX_NAMED))]
    day = today.isoformat()
    guild_id = uow.actor.guild_id
    return uow.record_changes(EXPIRED, "day", guild_id, day, changes, LetFall.of(low))
