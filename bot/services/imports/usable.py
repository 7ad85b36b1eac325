"""What an import, or its undo, makes usable or unusable without a move.

A location's kind and a lot's last day do so. Requests follow as they do after `/location edit` and
`/put`, and what falls to a reorder point is alerted. To be called before the rows are changed.
"""

from collections.abc import Iterable

from bot.database.unit import UnitOfWork
from bot.domain.stock import QUARANTINE
from bot.services.low_stock import watch_usable_of


async def note_dated(uow: UnitOfWork, item_ids: Iterable[int]) -> None:
    """Let requests follow the days of lots of items, which may be over then or no longer."""
    await _note(uow, item_ids)


async def note_kinds(uow: UnitOfWork, changed: Iterable[tuple[int, str, str]]) -> None:
    """Let requests follow the kinds of locations, each with its id, before and after."""
    penned = [number for number, *kinds in changed if kinds.count(QUARANTINE) == 1]
    levels = (await uow.file_rows.list_held_at(sorted(penned))).values()
    await _note(uow, [item_id for there in levels for item_id in there])


async def _note(uow: UnitOfWork, item_ids: Iterable[int]) -> None:
    wanted = set(item_ids)
    await watch_usable_of(uow, wanted)
    uow.posting.freed |= wanted
    uow.posting.set_aside |= wanted
