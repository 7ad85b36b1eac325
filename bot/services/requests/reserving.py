"""Reserving: what requests hold back of items, in their lines and summed up in the items.

What becomes available later goes to the lines that are short of it, whatever operation brought it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.database.controllers.requests import LineUnderWay
from bot.database.models import Item
from bot.database.operations import finishes
from bot.database.unit import UnitOfWork
from bot.domain.lanes import DOCUMENT, channel_lane
from bot.domain.quantities import ZERO
from bot.domain.requests import SuppliedLine
from bot.domain.schedule import LAPSES
from bot.domain.stock import LowStock
from bot.services.availability import read_availability, read_today
from bot.services.low_stock import note_low_stock, watch_reserved
from bot.services.requests.documents import REQUEST_TYPE


@dataclass(frozen=True, slots=True)
class Kept:
    """What a request holds back now, by item, and what fell to its reorder point by that."""

    by_item: Mapping[int, Decimal]
    low: tuple[LowStock, ...] = ()


async def reserve(
    uow: UnitOfWork,
    wanted: Mapping[int, Decimal],
    held: Mapping[int, Decimal],
    returned: Mapping[int, Decimal] | None = None,
) -> Kept:
    """Let a request hold back what is wanted of items, as far as it is available.

    `held` is what it has held back of them so far, `returned` what usable stock the moves of this
    unit add.
    """
    item_ids = sorted(wanted.keys() | held.keys())
    items = await uow.items.get_many(item_ids)
    asked = [items[item_id] for item_id in item_ids if wanted.get(item_id)]
    stock = await read_availability(uow, asked)
    kept = {}
    for item_id in item_ids:
        free = stock[item_id].available if item_id in stock else ZERO
        reach = held.get(item_id, ZERO) + free + (returned or {}).get(item_id, ZERO)
        kept[item_id] = min(wanted.get(item_id, ZERO), reach)
    changes = {item_id: kept[item_id] - held.get(item_id, ZERO) for item_id in item_ids}
    await _change_items(uow, items, changes)
    uow.posting.freed.update(item_id for item_id, by in changes.items() if by < 0)
    # What is returned is posted later.
    return Kept(kept, await note_low_stock(uow) if returned is None else ())


async def release(uow: UnitOfWork, held: Mapping[int, Decimal]) -> None:
    """Let a request hold back so much less of items: it was used, or is not needed any more."""
    held = {item_id: quantity for item_id, quantity in held.items() if quantity}
    items = await uow.items.get_many(sorted(held)) if held else {}
    await _change_items(uow, items, {item_id: -by for item_id, by in held.items()})


async def schedule_lapse(uow: UnitOfWork, lapses_at: datetime) -> None:
    """Let the clock look at the guild's requests when this one ends, unless it does before."""
    due = await uow.schedule.get_by_id(LAPSES)
    if due is None:
        await uow.schedule.create(kind=LAPSES, due_at=lapses_at)
    elif due.due_at > lapses_at:
        await uow.schedule.update_by_id(LAPSES, due_at=lapses_at)


@finishes
async def supply_requests(uow: UnitOfWork) -> None:
    """Let requests hold back what they lack and what this unit made available: by need, in order.

    What is there no more, those hold back no longer that need it last. Nothing is read unless more
    of an item may be available while a request is under way, or less of one that is reserved.
    """
    rising, falling = sorted(uow.posting.rising), sorted(uow.posting.falling)
    short = await uow.request_lines.list_short(rising) if rising else []
    holding = await uow.request_lines.list_holding(falling) if falling else []
    concerned = sorted({each.item_id for each in (*short, *holding)})
    if not concerned:
        return
    free = await _read_free(uow, concerned)
    shares = [*_withdraw(holding, free), *_share_out(short, free)]
    if not shares:
        return
    changes: dict[int, Decimal] = {}
    for line, by in shares:
        changes[line.item_id] = changes.get(line.item_id, ZERO) + by
    items = await uow.items.get_many(sorted(changes))
    await _change_items(uow, items, changes)
    supplied = [
        SuppliedLine(line.request_id, line.line, line.reserved, line.reserved + by)
        for line, by in shares
    ]
    await uow.request_lines.bulk_update(
        [((each.request_id, each.line), {"reserved": each.after}) for each in supplied]
    )
    uow.supply(supplied)
    await note_low_stock(uow)
    uow.notify(channel_lane(REQUEST_TYPE.purpose), DOCUMENT)


async def _read_free(uow: UnitOfWork, item_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return what is available of items after the moves that are queued."""
    today = await read_today(uow)
    items = await uow.items.get_many(item_ids)
    stock = await read_availability(uow, list(items.values()), today)
    changes = uow.posting.usable_change(item_ids, today)
    # Not `available`, which is never below zero: more may be reserved than there is.
    return {
        item_id: stock[item_id].usable - stock[item_id].reserved + change
        for item_id, change in changes.items()
    }


def _withdraw(
    holding: Sequence[LineUnderWay], free: dict[int, Decimal]
) -> list[tuple[LineUnderWay, Decimal]]:
    shares = []
    for line in reversed(holding):
        quantity = min(line.reserved, -free[line.item_id])
        if quantity > 0:
            free[line.item_id] += quantity
            shares.append((line, -quantity))
    return shares


def _share_out(
    short: Sequence[LineUnderWay], free: dict[int, Decimal]
) -> list[tuple[LineUnderWay, Decimal]]:
    shares = []
    for line in short:
        quantity = min(line.short, free[line.item_id])
        if quantity > 0:
            free[line.item_id] -= quantity
            shares.append((line, quantity))
    return shares


async def _change_items(
    uow: UnitOfWork, items: Mapping[int, Item], changes: Mapping[int, Decimal]
) -> None:
    reserved = {item_id: items[item_id].reserved + by for item_id, by in changes.items() if by}
    for item_id, quantity in reserved.items():
        watch_reserved(uow, items[item_id], quantity)
    await uow.items.bulk_update(
        [((item_id,), {"reserved": quantity}) for item_id, quantity in reserved.items()]
    )
