"""Lots as people type them behind a quantity: `SKU 5 box LOT-1 2027-03-01`."""

from typing import Final

from bot.database.models import Item
from bot.database.unit import UnitOfWork
from bot.domain.conversions import find_unit
from bot.domain.counts import LotUnnamed
from bot.domain.days import looks_like_day
from bot.domain.lots import parse_expiry
from bot.domain.stock import UNTRACKED, StockedItem
from bot.domain.units import is_known_unit
from bot.services.lots_moved import OpenedLot, open_lot

# As many words as a lot's code is looked for in.
_MAX_WORDS: Final = 4


async def split_lot(
    uow: UnitOfWork, item: Item | StockedItem, behind: list[str]
) -> tuple[str, OpenedLot | None]:
    """Return the unit and the lot that are behind a quantity; only tracked items have a lot.

    What the books know as a lot is one, however it reads; else the last word is the code of a new
    one, or the one before a day. A unit alone is none. Raises LotUnnamed, AmbiguousDay,
    ExpiryDiffers.
    """
    if item.tracking == UNTRACKED:
        return " ".join(behind), None
    if not behind:
        raise LotUnnamed(item.sku)
    for start in range(len(behind) - 1, max(-1, len(behind) - _MAX_WORDS), -1):
        known = await uow.lots.find_of(item.id, " ".join(behind[start:]))
        if known is not None:
            return " ".join(behind[:start]), await open_lot(uow, item.id, item.sku, known.id, None)
    words, expires_on = behind, None
    if len(behind) > 1 and looks_like_day(behind[-1]):
        words, expires_on = behind[:-1], parse_expiry(behind[-1])
    if len(words) == 1 and await _is_unit(uow, item.id, words[0]):
        raise LotUnnamed(item.sku)
    *unit, code = words
    return " ".join(unit), await open_lot(uow, item.id, item.sku, code, expires_on)


async def _is_unit(uow: UnitOfWork, item_id: int, word: str) -> bool:
    if is_known_unit(word):
        return True
    return find_unit(await uow.item_units.list_of(item_id), word) is not None
