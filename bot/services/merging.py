"""Merging an item into another: stock, history and all that led to it go over, in one record.

The merged item stays, archived: its SKU leads to the other one, and undoing makes it what it was.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import orjson

from bot.database.models import AuditEvent, Item
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change
from bot.domain.conversions import find_unit
from bot.domain.documents import COUNT
from bot.domain.items import Unlike
from bot.domain.quantities import format_quantity
from bot.domain.stock import NotReversible, Reference
from bot.domain.units import is_same_unit
from bot.errors import Archived, LimitReached
from bot.services.carrying_over import (
    carry_stock,
    drop_tracking,
    drop_units,
    give_barcodes_back,
    take_barcodes,
    take_tracking,
    take_units,
)
from bot.services.joined_lots import (
    join_lots,
    lead_lots_back,
    require_same_lots,
    require_unchanged,
)
from bot.services.moved import StockMoved, moved_by
from bot.services.reversing import Restored, restores

MERGED: Final = "item.merged"
UNMERGED: Final = "item.unmerged"
# As many ranges of the ledger are one page of history.
MAX_MERGED: Final = 20

declare_actions(MERGED, reversal=Reversal.RESTORED)
declare_actions(UNMERGED, way_back="item merge")


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
    joined = await join_lots(uow, item, into)
    lots = joined.contents
    await carry_stock(uow, item, into, joined.same)
    units, barcodes = await take_units(uow, item, into), await take_barcodes(uow, item, into)
    former = await uow.items.redirect_former(item.id, into.id)
    await uow.items.update_by_id(item.id, archived_at=uow.now)
    taken = {
        "former": former,
        "barcodes": [key for key, _ in barcodes],
        "units": [key for key, _ in units],
        "joined": list(joined.same.items()),
        "days kept": joined.days_kept,
    }
    await uow.item_merges.create(
        item_id=item.id, into_id=into.id, taken=orjson.dumps(taken).decode()
    )
    changes = [Change("merged", "", item.sku), *(each for _, each in (*units, *barcodes))]
    changes += await take_tracking(uow, item, into)
    if lots.lots:
        changes.append(Change("lots", "", str(len(lots.lots))))
    record = uow.record(
        MERGED,
        subject_type="item",
        subject_id=into.id,
        subject=into.sku,
        changes=changes,
        subjects=[("item", item.id)],
        contents=lots if lots.lots else None,
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
    await require_unchanged(uow, record, taken.get("joined", ()), taken.get("days kept", {}))
    item = await uow.items.update_by_id(merge.item_id, archived_at=None)
    changes = [
        Change("merged", item.sku, ""),
        *await give_barcodes_back(uow, merge, taken["barcodes"]),
        *await drop_units(uow, into, taken["units"]),
    ]
    changes += await lead_lots_back(uow, record, merge, taken.get("lots", ()))
    changes += await drop_tracking(uow, record, into)
    await uow.items.redirect_former(into.id, item.id, only=taken["former"])
    await uow.item_merges.delete_by_id(item.id)
    names = f"{item.sku} / {into.sku}"
    return Restored(UNMERGED, tuple(changes), (("item", item.id),), names, is_renaming=True)


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
    await require_same_lots(books, item, into)
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


def _answer(uow: UnitOfWork, record: int, action: str, item: Item, into: Item) -> StockMoved:
    moved = moved_by(uow, record, action)
    return replace(moved, subject=f"{item.sku} / {into.sku}")
