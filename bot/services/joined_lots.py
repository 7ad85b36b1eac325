"""The lots of items that are merged: each is joined with one of the same code.

The merged item keeps its lots, empty: what left under them is found by a recall, and what comes
back when the merge is undone is in them again. No lot ever is another item's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.base import MAX_ROWS
from bot.database.models import Item, ItemMerge, Lot
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change
from bot.domain.imports.contents import lot_pair, write_day
from bot.domain.items import Unlike
from bot.domain.lot_contents import LotContents
from bot.domain.lots import OPEN, LotsDiffer, lot_change
from bot.domain.quantities import ZERO
from bot.domain.stock import BY_SERIAL, NotReversible
from bot.errors import LimitReached


class LotsJoined(NamedTuple):
    """Which lot of an item is which of the other, and what the record says of them.

    `days_kept` are the days of lots that one without a day was joined with.
    """

    same: dict[int, int]
    contents: LotContents
    days_kept: dict[str, str]


async def join_lots(uow: UnitOfWork, item: Item, into: Item) -> LotsJoined:
    """Join each lot of an item with the other's of its code, made if there is none.

    One of the other that has another day is nowhere in stock, and gets the day, if there is one.
    """
    lots = await uow.lots.find_all(item_id=item.id)
    pairs = await _pair(uow, lots, into)
    joined = {lot.id: same.id for lot, same in pairs}
    dated = [(lot, same) for lot, same in pairs if lot.expires_on not in {None, same.expires_on}]
    await uow.lots.bulk_update(
        [((same.id,), {"expires_on": lot.expires_on}) for lot, same in dated]
    )
    new = [lot for lot in lots if lot.id not in joined]
    columns = [
        {
            "item_id": into.id,
            "code": lot.code,
            "code_key": lot.code_key,
            "expires_on": lot.expires_on,
            "state": lot.state,
        }
        for lot in new
    ]
    made = await uow.lots.bulk_create(columns) if columns else []
    contents = LotContents(
        {
            same.id: (
                {"expires": write_day(same.expires_on)},
                {"expires": write_day(lot.expires_on)},
            )
            for lot, same in dated
        }
    )
    for lot, same in zip(new, made, strict=True):
        joined[lot.id] = same.id
        before, after = lot_pair(into.id, same.code, same.expires_on)
        contents.lots[same.id] = (
            before,
            after | ({} if same.state == OPEN else {"state": same.state}),
        )
    kept = {
        str(same.id): write_day(same.expires_on)
        for lot, same in pairs
        if lot.expires_on is None and same.expires_on is not None
    }
    return LotsJoined(joined, contents, kept)


async def require_unchanged(
    uow: UnitOfWork,
    record: int,
    joined: Iterable[tuple[int, int]],
    kept: Mapping[str, str],
) -> None:
    """Raise NotReversible if a joined lot was held since: what goes back to the other would not be.

    The same goes for a day that was written on it.
    """
    for lot_id, same_id in joined:
        lot, same = await uow.lots.require(lot_id), await uow.lots.require(same_id)
        day = kept.get(str(same_id), write_day(lot.expires_on))
        if (day, lot.state) != (write_day(same.expires_on), same.state):
            raise NotReversible(record, "lot_changed")


async def lead_lots_back(
    uow: UnitOfWork, record: int, merge: ItemMerge, lot_ids: Sequence[int]
) -> list[Change]:
    """Make lots again those of an item that an earlier version merged with its lots.

    Raises NotReversible if there is more of one than went over: that would be in a lot of another
    item.
    """
    if not lot_ids:
        return []
    went: dict[int, Decimal] = defaultdict(Decimal)
    for move in await uow.stock.moves_of_record(record):
        if move.item_id == merge.item_id:
            went[move.lot_id] += move.quantity
    levels = await uow.file_rows.list_levels_of_lots(lot_ids)
    for lot_id, places in levels.items():
        if sum((quantity for _, quantity in places.values()), ZERO) > went[lot_id]:
            raise NotReversible(record, "lot_put")
    every = [await uow.lots.require(lot_id) for lot_id in lot_ids]
    lots = [lot for lot in every if lot.item_id == merge.into_id]
    await uow.lots.bulk_update([((lot.id,), {"item_id": merge.item_id}) for lot in lots])
    return [lot_change(merge.item_id, lot.id, lot.code, lot.expires_on) for lot in lots]


async def require_same_lots(books: Books, item: Item, into: Item) -> None:
    """Raise LotsDiffer for a lot of both that is not the same, and Unlike for one piece twice."""
    lots = await books.lots.find_all(item_id=item.id)
    if len(lots) >= MAX_ROWS:
        raise LimitReached("merged lot", MAX_ROWS - 1)
    for lot, same in await _pair(books, lots, into):
        both = await books.stock.where_stocked([item.id, into.id], [lot.id, same.id])
        is_dated = lot.expires_on != same.expires_on and same.id in both
        if is_dated or lot.state != same.state:
            raise LotsDiffer(item.sku, into.sku, lot.code, lot.expires_on, same.expires_on)
        if item.tracking == BY_SERIAL and len(both) > 1:
            raise Unlike("lots", item.sku, into.sku, lot.code)


async def _pair(books: Books, lots: Sequence[Lot], into: Item) -> list[tuple[Lot, Lot]]:
    """Return those of some lots that another item has as well, with its own."""
    found = [
        (lot, await books.lots.find_one(item_id=into.id, code_key=lot.code_key)) for lot in lots
    ]
    return [(lot, same) for lot, same in found if same is not None]
