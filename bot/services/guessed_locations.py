"""Where a person takes from or puts to when they do not say: a sure guess, or a question."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.database.controllers.stock_pages import LevelRow
from bot.database.unit import UnitOfWork
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import LocationNeeded, NothingInStock, Reference
from bot.errors import Archived
from bot.services.measuring import measure

# One more than are offered: then the question says that there are others.
_MAX_CHOICES: Final = 26


async def guess_location(
    uow: UnitOfWork, verb: str, reference: Reference, typed: TypedQuantity, note: str
) -> int:
    """Return the location that this person surely means; raises LocationNeeded to ask.

    To take: the only one that has it, else where they last took it. To put: where they last put
    it, else where most of it is, else the only location that there is.
    """
    item = await uow.stock.item(reference)
    if item.is_archived:
        raise Archived("item", item.sku, item.id)
    quantity, _ = await measure(uow, item, typed)
    # Where it was does not matter: after the first one the guess may be another, or none is left.
    if uow.missed:
        uow.require_new(lambda done: (done.item, done.quantity) == (item.id, quantity))
    levels = await uow.stock.levels_of_item(item.id)
    held = {level.location_id: level for level in levels}
    if verb == "take" and not held:
        raise NothingInStock(item.sku)
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
        note=note,
        choices=choices,
    )


async def _choices(
    uow: UnitOfWork, levels: Sequence[LevelRow]
) -> tuple[tuple[int, str, Decimal], ...]:
    """Return the locations to choose from: those that hold the item, or all if none does."""
    if levels:
        return tuple((level.location_id, level.location, level.quantity) for level in levels)
    page = await uow.locations.paginate_found("", limit=_MAX_CHOICES)
    return tuple((location.id, location.path, Decimal(0)) for location in page.rows)
