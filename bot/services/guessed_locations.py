"""Where a person takes from or puts to when they do not say: a sure guess, or a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.database.controllers.lot_levels import SpotRow
from bot.database.controllers.stock_pages import LevelRow
from bot.database.unit import UnitOfWork
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import (
    QUARANTINE,
    LocationNeeded,
    NothingInStock,
    Reference,
    StockedItem,
    StockLine,
)
from bot.errors import Archived
from bot.services.availability import read_today
from bot.services.measuring import measure

# One more than are offered: then the question says that there are others.
_MAX_CHOICES: Final = 26

Spots = Sequence[LevelRow | SpotRow]


@dataclass(frozen=True, slots=True)
class LocationLeftOut:
    """What a person takes or puts without saying where."""

    verb: str
    item: Reference
    typed: TypedQuantity
    note: str = ""
    lot: Reference | None = None


async def guess_location(uow: UnitOfWork, request: LocationLeftOut) -> int:
    """Return the location that this person surely means; raises LocationNeeded to ask.

    To take: the only one that has it, else where they last took it. To put: where they last put
    it, else where most of it is, else the only location that there is.
    """
    verb, item = request.verb, await uow.stock.item(request.item)
    if item.is_archived:
        raise Archived("item", item.sku, item.id)
    quantity, given = await measure(uow, item, request.typed)
    # Where it was does not matter: after the first one the guess may be another, or none is left.
    if uow.missed:
        lot_id = await _find_lot(uow, item, request.lot)
        wanted = (item.id, quantity, lot_id)
        uow.require_new(lambda done: (done.item, done.quantity, done.lot) == wanted)
    levels = await _list_spots(uow, verb, item, request.lot)
    held = {level.location_id for level in levels}
    if verb == "take" and not held:
        is_set_aside = item.is_tracked and bool(await uow.stock.levels_of_item(item.id))
        raise NothingInStock(item.sku, is_set_aside)
    if verb == "take" and len(held) == 1:
        return levels[0].location_id
    last_id = await uow.stock.last_location(item.id, uow.actor.user_id, verb)
    if last_id in held:
        return last_id
    if verb == "put":
        if last_id is not None and (await uow.locations.require(last_id)).archived_at is None:
            return last_id
        if held:
            return levels[0].location_id
    choices = await _choices(uow, levels)
    if verb == "put" and len(choices) == 1:
        return choices[0][0]
    raise LocationNeeded(
        verb=verb,
        item_id=item.id,
        item=item.sku,
        unit=item.unit,
        quantity=quantity,
        given=given,
        note=request.note,
        choices=choices,
        has_lot=request.lot is not None,
    )


async def find_elsewhere(uow: UnitOfWork, line: StockLine) -> tuple[tuple[int, str, Decimal], ...]:
    """Return where else an item (the lot of the line, or usable lots) is, and how much of it."""
    levels: Spots
    if line.item.is_tracked:
        today = None if line.lot_id else await read_today(uow)
        levels = await uow.stock.spots(line.item.id, today=today, lot_id=line.lot_id)
    else:
        levels = await uow.stock.levels_of_item(line.item.id)
    is_out = line.target.is_virtual
    return tuple(
        (level.location_id, level.location, level.quantity)
        for level in levels
        if level.location_id not in {line.source.id, line.target.id}
        and not (is_out and level.kind == QUARANTINE)
    )


async def _list_spots(
    uow: UnitOfWork, verb: str, item: StockedItem, named: Reference | None
) -> Spots:
    """Return where to take an item from or put it to, the most first.

    To take, what may be used comes first: quarantine only if there is nothing else.
    """
    levels: Spots
    if verb == "put" or not item.is_tracked:
        levels = await uow.stock.levels_of_item(item.id)
        if verb == "put":
            return levels
    else:
        lot = None if named is None else await uow.lots.require_of(item.id, named)
        today = None if lot else await read_today(uow)
        levels = await uow.stock.spots(item.id, today=today, lot_id=lot.id if lot else 0)
    return [level for level in levels if level.kind != QUARANTINE] or levels


async def _find_lot(uow: UnitOfWork, item: StockedItem, named: Reference | None) -> int | None:
    """Return the id of a lot as receipts keep it; 0 for one that is new."""
    if named is None or not item.is_tracked:
        return None
    lot = await uow.lots.find_of(item.id, named)
    return lot.id if lot else 0


async def _choices(uow: UnitOfWork, levels: Spots) -> tuple[tuple[int, str, Decimal], ...]:
    """Return the locations to choose from: those that hold the item, or all if none does."""
    if levels:
        return tuple((level.location_id, level.location, level.quantity) for level in levels)
    page = await uow.locations.paginate_found("", limit=_MAX_CHOICES)
    return tuple((location.id, location.path, Decimal(0)) for location in page.rows)
