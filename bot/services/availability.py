"""The one rule of what is available: on hand, less quarantine, unusable lots and reservations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.database.models import Item
from bot.database.unit import Books, UnitOfWork
from bot.domain.availability import Availability, InQuarantine, InsufficientAvailable
from bot.domain.days import parse_day
from bot.domain.lots import StockedLot
from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.domain.stock import QUARANTINE, StockedItem, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import InvalidValue
from bot.services.reserved_for import list_reserved_for

_MAX_TYPED: Final = 40
_NONE: Final[Mapping[int, Decimal]] = MappingProxyType({})


async def read_today(books: Books) -> date:
    """Return the day that it is in the guild's time zone: a lot is good to its end."""
    return day_of(books.now, (await books.guilds.require()).timezone)


async def read_past_day(books: Books, typed: str, *, field: str = "date") -> date:
    """Read the day of what has happened: today at the latest. Raises InvalidValue, AmbiguousDay."""
    today = await read_today(books)
    day = parse_day(typed, field=field, today=today)
    if day > today:
        raise InvalidValue(field=field, reason="future", value=typed.strip()[:_MAX_TYPED])
    return day


async def read_availability(
    books: Books, items: Sequence[Item | StockedItem], today: date | None = None
) -> dict[int, Availability]:
    """Return what is on hand, usable and reserved of some items, by id.

    The moves that a unit has queued are not in it yet.
    """
    if not items:
        return {}
    if today is None:
        today = await read_today(books)
    found = await books.stock.usable_totals([item.id for item in items], today)
    return {
        item.id: Availability(*found.get(item.id, (ZERO, ZERO)), item.reserved) for item in items
    }


async def require_available(
    uow: UnitOfWork, lines: Iterable[StockLine], own: Mapping[int, Decimal] = _NONE
) -> None:
    """Raise InQuarantine or InsufficientAvailable if these posted lines take too much out.

    To be called once behind the posting of all lines. `own` is what of each item's reservations
    the actor is fulfilling. Nothing is read unless an item is reserved.
    """
    reserved, lots = {}, {}
    for line in lines:
        if line.target.id != VirtualLocation.CUSTOMER:
            continue
        if line.source.kind == QUARANTINE:
            raise InQuarantine(line.item.sku, line.source.name)
        if line.item.reserved:
            reserved[line.item.id] = line.item
            if line.lot is not None:
                lots[line.lot_id] = line.lot
    if reserved:
        await _require_unreserved(uow, reserved, lots, own)


async def _require_unreserved(
    uow: UnitOfWork,
    items: Mapping[int, StockedItem],
    lots: Mapping[int, StockedLot],
    own: Mapping[int, Decimal],
) -> None:
    """Refuse what is more than available; lots that are set aside were not available anyway."""
    today = await read_today(uow)
    stock = await read_availability(uow, list(items.values()), today)
    set_aside = {lot_id for lot_id, lot in lots.items() if not lot.is_usable(today)}
    for item_id, item in items.items():
        wanted = sum(
            (
                moved.quantity
                for moved in uow.posting.lines
                if moved.item_id == item_id
                and moved.target.id == VirtualLocation.CUSTOMER
                and moved.lot_id not in set_aside
            ),
            ZERO,
        )
        if wanted > stock[item_id].available + own.get(item_id, ZERO):
            holders = await list_reserved_for(uow, item_id)
            raise InsufficientAvailable(item.sku, item.unit, wanted, stock[item_id], holders)
