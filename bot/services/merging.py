"""Merging an item into another: stock, history and all that led to it go over, in one record.

The merged item stays, archived: its SKU leads to the other one, and undoing makes it what it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import orjson

from bot.database.controllers.base import MAX_ROWS
from bot.database.models import AuditEvent, Item, ItemMerge, Lot
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change
from bot.domain.conversions import find_unit
from bot.domain.documents import COUNT
from bot.domain.items import Unlike, barcode_field, unit_field, write_meaning
from bot.domain.lots import LotsDiffer, lot_change
from bot.domain.quantities import format_quantity
from bot.domain.stock import BY_SERIAL, LineReference, NotReversible, Reference
from bot.domain.units import is_same_unit
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, LimitReached
from bot.services.moved import StockMoved, moved_by
from bot.services.reversing import Restored, restores
from bot.services.tracked_items import keep_days, keep_days_no_longer

MERGED: Final = "item.merged"
UNMERGED: Final = "item.unmerged"
# As many ranges of the ledger are one page of history.
MAX_MERGED: Final = 20

declare_actions(MERGED, reversal=Reversal.RESTORED)
declare_actions(UNMERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeItems:
    """Merge an item into another."""

    item: Reference
    into: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreviewed:
    """Two items that can be merged, and what goes from the one to the other."""

    item: Item
    into: Item
    quantity: Decimal
    locations: int
    barcodes: int


@query(permission="item.manage")
async def preview_merge(books: Books, request: MergeItems) -> MergePreviewed:
    """Look at what a merge would do; raises what the merge would."""
    item, into = await _require_alike(books, request)
    levels = await books.stock.levels_to_merge(item.id)
    return MergePreviewed(
        item=item,
        into=into,
        quantity=sum((quantity for *_, quantity in levels), Decimal(0)),
        locations=len({location for location, *_ in levels}),
        barcodes=await books.barcodes.count(item_id=item.id),
    )


@operation("item.merge", permission="item.manage")
async def merge_items(uow: UnitOfWork, request: MergeItems) -> StockMoved:
    """Merge an item into another of the same unit and tracking."""
    item, into = await _require_alike(uow, request)
    every = await uow.lots.find_all(item_id=item.id)
    joined = {lot.id: same.id for lot, same in await _pair(uow, every, into)}
    await _carry_over(uow, item, into, joined)
    lots = [lot for lot in every if lot.id not in joined]
    units, barcodes = await _take_units(uow, item, into), await _take_barcodes(uow, item, into)
    former = await uow.items.redirect_former(item.id, into.id)
    await uow.items.update_by_id(item.id, archived_at=uow.now)
    taken = {
        "former": former,
        "barcodes": [key for key, _ in barcodes],
        "units": [key for key, _ in units],
        "lots": [lot.id for lot in lots],
        "joined": list(joined.items()),
    }
    await uow.item_merges.create(
        item_id=item.id, into_id=into.id, taken=orjson.dumps(taken).decode()
    )
    changes = [Change("merged", "", item.sku), *(each for _, each in (*units, *barcodes))]
    changes += await _lead_lots(uow, lots, into.id)
    changes += await _take_tracking(uow, item, into)
    record = uow.record(
        MERGED,
        subject_type="item",
        subject_id=into.id,
        subject=into.sku,
        changes=changes,
        subjects=[("item", item.id)],
    )
    return _answer(uow, record, MERGED, item, into)


@restores(MERGED)
async def unmerge(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Make a merged item one of its own again, with what of its codes still leads to the other."""
    uow.require_permission("item.manage")
    record = event.record
    into = await uow.items.require(event.subject_id or 0)
    merges = await uow.item_merges.find_all(into_id=into.id)
    merge = next((each for each in merges if each.changed_record == record), None)
    if merge is None or into.archived_at is not None:
        raise NotReversible(record, "merged_on")
    taken = orjson.loads(merge.taken)
    await _require_unchanged(uow, record, taken.get("joined", ()))
    item = await uow.items.update_by_id(merge.item_id, archived_at=None)
    changes = [
        Change("merged", item.sku, ""),
        *await _give_barcodes_back(uow, merge, taken["barcodes"]),
        *await _drop_units(uow, into, taken["units"]),
    ]
    lots = [await uow.lots.require(lot_id) for lot_id in taken["lots"]]
    changes += await _lead_lots(uow, [lot for lot in lots if lot.item_id == into.id], item.id)
    changes += await _drop_tracking(uow, record, into)
    await uow.items.redirect_former(into.id, item.id, only=taken["former"])
    await uow.item_merges.delete_by_id(item.id)
    names = f"{item.sku} / {into.sku}"
    return Restored(UNMERGED, tuple(changes), (("item", item.id),), names, is_renaming=True)


async def _require_unchanged(
    uow: UnitOfWork, record: int, joined: Iterable[tuple[int, int]]
) -> None:
    """Raise NotReversible if a joined lot was held since: what goes back to the other would not be.

    The same goes for a day that was written on it.
    """
    for lot_id, same_id in joined:
        lot, same = await uow.lots.require(lot_id), await uow.lots.require(same_id)
        if (lot.expires_on, lot.state) != (same.expires_on, same.state):
            raise NotReversible(record, "lot_changed")


async def _require_alike(books: Books, request: MergeItems) -> tuple[Item, Item]:
    """Return both items; raises Archived or Unlike for those that cannot be merged."""
    item = await books.items.require_reference(request.item)
    into = await books.items.require_reference(request.into)
    for each in (item, into):
        if each.archived_at is not None:
            raise Archived("item", each.sku, each.id)
    if item.id == into.id:
        raise Unlike("same", item.sku, into.sku)
    if not is_same_unit(item.unit, into.unit):
        raise Unlike("unit", item.sku, into.sku, item.unit, into.unit)
    if item.tracking != into.tracking:
        raise Unlike("tracking", item.sku, into.sku)
    if item.reserved:
        raise Unlike(
            "reserved", item.sku, into.sku, f"{format_quantity(item.reserved)} {item.unit}"
        )
    await _require_in_no_document(books, item, into)
    await _require_same_lots(books, item, into)
    await _require_same_units(books, item, into)
    merged = [await books.item_merges.list_all(each.id) for each in (item, into)]
    if sum(map(len, merged)) >= MAX_MERGED:
        raise LimitReached("merged item", MAX_MERGED)
    return item, into


async def _require_in_no_document(books: Books, item: Item, into: Item) -> None:
    """Raise Unlike for an item that a request waits for, or that is being counted."""
    if await books.request_lines.list_short([item.id]):
        raise Unlike("wanted", item.sku, into.sku)
    number = await books.stock_counts.find_counted_in(item.id)
    if number is not None:
        raise Unlike("counted", item.sku, into.sku, COUNT.label(number))


async def _require_same_units(books: Books, item: Item, into: Item) -> None:
    """Raise Unlike for a unit of both that is not the same: a code would mean another quantity."""
    others = await books.item_units.list_of(into.id)
    for unit in await books.item_units.list_of(item.id):
        same = find_unit(others, unit.unit)
        if same is not None and same.factor != unit.factor:
            raise Unlike("factor", item.sku, into.sku, unit.unit)


async def _require_same_lots(books: Books, item: Item, into: Item) -> None:
    """Raise LotsDiffer for a lot of both that is not the same, and Unlike for one piece twice."""
    lots = await books.lots.find_all(item_id=item.id)
    if len(lots) >= MAX_ROWS:
        raise LimitReached("merged lot", MAX_ROWS - 1)
    for lot, same in await _pair(books, lots, into):
        if (lot.expires_on, lot.state) != (same.expires_on, same.state):
            raise LotsDiffer(item.sku, into.sku, lot.code, lot.expires_on, same.expires_on)
        both = await books.stock.where_stocked([item.id, into.id], [lot.id, same.id])
        if item.tracking == BY_SERIAL and len(both) > 1:
            raise Unlike("lots", item.sku, into.sku, lot.code)


async def _pair(books: Books, lots: Sequence[Lot], into: Item) -> list[tuple[Lot, Lot]]:
    """Return those of some lots that another item has as well, with its own."""
    found = [
        (lot, await books.lots.find_one(item_id=into.id, code_key=lot.code_key)) for lot in lots
    ]
    return [(lot, same) for lot, same in found if same is not None]


async def _carry_over(uow: UnitOfWork, item: Item, into: Item, joined: Mapping[int, int]) -> None:
    """Post two moves for each level: what is lost of the one is gained of the other.

    A lot that both have is joined with the other's; the rest go over as they are.
    """
    levels = await uow.stock.levels_to_merge(item.id)
    references = []
    for location, lot, _ in levels:
        references.append(LineReference(item.id, location, VirtualLocation.LOSS, lot))
        gain = VirtualLocation.GAIN
        references.append(LineReference(into.id, gain, location, joined.get(lot, lot)))
    lines = iter(await uow.stock.lines(references) if references else ())
    for *_, quantity in levels:
        uow.stock.post(next(lines), quantity)
        uow.stock.post(next(lines), quantity)


async def _take_units(uow: UnitOfWork, item: Item, into: Item) -> list[tuple[str, Change]]:
    """Give the item the units that it lacks; the merged one keeps its own."""
    known = await uow.item_units.list_of(into.id)
    taken = []
    for each in await uow.item_units.find_all(item_id=item.id):
        if find_unit(known, each.unit) is None:
            await uow.item_units.create(
                item_id=into.id, unit_key=each.unit_key, unit=each.unit, factor=each.factor
            )
            change = Change(unit_field(each.unit), "", format_quantity(each.factor))
            taken.append((each.unit_key, change))
    return taken


async def _take_barcodes(uow: UnitOfWork, item: Item, into: Item) -> list[tuple[str, Change]]:
    taken = []
    for each in await uow.barcodes.find_all(item_id=item.id):
        await uow.barcodes.update_by_id(each.code_key, item_id=into.id)
        meaning = write_meaning(each.quantity, each.unit)
        taken.append((each.code_key, Change(barcode_field(each.code), "", meaning)))
    return taken


async def _lead_lots(uow: UnitOfWork, lots: Sequence[Lot], item_id: int) -> list[Change]:
    """Make lots those of another item; they stay the same lots, wherever the ledger names them."""
    await uow.lots.bulk_update([((lot.id,), {"item_id": item_id}) for lot in lots])
    return [lot_change(item_id, lot.id, lot.code, lot.expires_on) for lot in lots]


async def _take_tracking(uow: UnitOfWork, item: Item, into: Item) -> list[Change]:
    """Keep the days of the item that stays, if those of the merged one were kept.

    The merged one's are kept as well: they are what its own moves made of it.
    """
    tracked = [await uow.tracked_items.get_by_id(each.id) for each in (item, into)]
    return [await keep_days(uow, into)] if tracked[0] and not tracked[1] else []


async def _drop_tracking(uow: UnitOfWork, record: int, into: Item) -> list[Change]:
    """Keep the days of an item no longer if it was for a merge that they were kept."""
    tracked = await uow.tracked_items.get_by_id(into.id)
    if tracked is None or tracked.changed_record != record:
        return []
    return [await keep_days_no_longer(uow, into)]


async def _give_barcodes_back(
    uow: UnitOfWork, merge: ItemMerge, keys: Sequence[str]
) -> list[Change]:
    """Give back the codes that still lead to the other item and mean a unit that both know."""
    units = await uow.item_units.list_of(merge.item_id)
    given = []
    for key in keys:
        code = await uow.barcodes.get_by_id(key)
        if code is None or code.item_id != merge.into_id:
            continue
        if code.unit and find_unit(units, code.unit) is None:
            continue
        await uow.barcodes.update_by_id(key, item_id=merge.item_id)
        meaning = write_meaning(code.quantity, code.unit)
        given.append(Change(barcode_field(code.code), meaning, ""))
    return given


async def _drop_units(uow: UnitOfWork, into: Item, keys: Sequence[str]) -> list[Change]:
    """Remove the units that came with a merge, but for those that other codes mean by now."""
    dropped = []
    for key in keys:
        unit = await uow.item_units.get_by_id(into.id, key)
        if unit is None or await uow.barcodes.exists(item_id=into.id, unit=unit.unit):
            continue
        await uow.item_units.delete_by_id(into.id, key)
        dropped.append(Change(unit_field(unit.unit), format_quantity(unit.factor), ""))
    return dropped


def _answer(uow: UnitOfWork, record: int, action: str, item: Item, into: Item) -> StockMoved:
    moved = moved_by(uow, record, action)
    return replace(moved, subject=f"{item.sku} / {into.sku}")
