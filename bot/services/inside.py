"""Which location is meant when the one named has others inside."""

from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.stock import InsideNeeded, Reference, StockLine
from bot.errors import Candidate

_MAX: Final = 25


async def require_single_source(uow: UnitOfWork, line: StockLine, typed: Reference) -> None:
    """Raise InsideNeeded if locations inside the source hold the item as well.

    What was chosen (an id) is meant as it is.
    """
    if not isinstance(typed, str):
        return
    if not await uow.locations.exists(parent_id=line.source.id, archived_at=None):
        return
    location = await uow.locations.require(line.source.id)
    levels = await uow.stock.levels_inside(line.item.id, location, _MAX + 1)
    if all(level.location_id == location.id for level in levels):
        return
    candidates = tuple(
        Candidate("location", level.location_id, level.location, "", level.quantity, level.unit)
        for level in levels[:_MAX]
    )
    raise InsideNeeded("location", typed, candidates, len(levels) > _MAX, line.item.sku)
