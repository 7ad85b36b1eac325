"""Lots as people type them behind a quantity: `SKU 5 box LOT-1 2027-03-01`."""

from datetime import date
from typing import Final, NamedTuple

from bot.database.models import Item
from bot.database.unit import UnitOfWork
from bot.domain.conversions import find_unit
from bot.domain.counts import LotUnnamed
from bot.domain.days import looks_like_day
from bot.domain.lots import parse_expiry
from bot.domain.stock import UNTRACKED, Reference, StockedItem
from bot.domain.units import is_known_unit

# As many words as a lot's code is looked for in.
_MAX_WORDS: Final = 4


class TypedLot(NamedTuple):
    """The unit behind a quantity, and the lot behind that: a known one by its id."""

    unit: str
    lot: Reference | None = None
    expires_on: date | None = None


async def split_lot(uow: UnitOfWork, item: Item | StockedItem, behind: list[str]) -> TypedLot:
    """Return the unit and the lot that are behind a quantity; only tracked items have a lot.

    What the books know as a lot is one, however it reads; else the last word is the code of a new
    one, or the one before a day. A unit alone is none, nor is a day. Raises LotUnnamed,
    AmbiguousDay, InvalidValue.
    """
    if item.tracking == UNTRACKED:
        return TypedLot(" ".join(behind))
    if not behind:
        raise LotUnnamed(item.sku)
    for start in range(len(behind) - 1, max(-1, len(behind) - _MAX_WORDS), -1):
        known = await uow.lots.find_of(item.id, " ".join(behind[start:]))
        if known is not None:
            return TypedLot(" ".join(behind[:start]), known.id)
    words, day = behind, ""
    if looks_like_day(behind[-1]):
        *words, day = behind
    if not words or (len(words) == 1 and await _is_unit(uow, item.id, words[0])):
        raise LotUnnamed(item.sku)
    *unit, code = words
    return TypedLot(" ".join(unit), code, parse_expiry(day) if day else None)


async def _is_unit(uow: UnitOfWork, item_id: int, word: str) -> bool:
    if is_known_unit(word):
        return True
    return find_unit(await uow.item_units.list_of(item_id), word) is not None
