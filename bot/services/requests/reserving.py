"""Reserving: what requests hold back of items, in their lines and summed up in the items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.database.unit import UnitOfWork
from bot.domain.quantities import ZERO
from bot.domain.schedule import LAPSES
from bot.domain.stock import LowStock
from bot.services.availability import read_availability
from bot.services.low_stock import note_reserved


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
    await _change_items(
        uow, {item_id: items[item_id].reserved + by for item_id, by in changes.items() if by}
    )
    low: tuple[LowStock, ...] = ()
    if returned is None:
        more = [(items[each], stock[each], by) for each, by in changes.items() if by > 0]
        low = await note_reserved(uow, more)
    return Kept(kept, low)


async def release(uow: UnitOfWork, held: Mapping[int, Decimal]) -> None:
    """Let a request hold back so much less of items: it was used, or is not needed any more."""
    held = {item_id: quantity for item_id, quantity in held.items() if quantity}
    items = await uow.items.get_many(sorted(held)) if held else {}
    await _change_items(
        uow, {item_id: items[item_id].reserved - by for item_id, by in held.items()}
    )


async def schedule_lapse(uow: UnitOfWork, lapses_at: datetime) -> None:
    """Let the clock look at the guild's requests when this one ends, unless it does before."""
    due = await uow.schedule.get_by_id(LAPSES)
    if due is None:
        await uow.schedule.create(kind=LAPSES, due_at=lapses_at)
    elif due.due_at > lapses_at:
        await uow.schedule.update_by_id(LAPSES, due_at=lapses_at)


async def _change_items(uow: UnitOfWork, reserved: Mapping[int, Decimal]) -> None:
    await uow.items.bulk_update(
        [((item_id,), {"reserved": quantity}) for item_id, quantity in reserved.items()]
    )
