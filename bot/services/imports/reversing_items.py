"""Taking items back: what an import added is archived, what it changed is as it was.

Nothing is given back that a command could not set, or stock would be out of reach: with other
stock nothing is archived, and units and tracking stay once something else moved or counts on them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.database.models import Item
from bot.database.unit import UnitOfWork
from bot.database.writer.rows import chunks
from bot.domain.documents import COUNT, label_of
from bot.domain.imports import ImportNotReversible
from bot.domain.imports.contents import Facts, ImportContents
from bot.domain.items import (
    READ_WHOLE,
    ItemInStock,
    TrackingFixed,
    UnitFixed,
    UnitIsOwn,
    write_facts,
)
from bot.domain.lookalikes import skeleton_of
from bot.domain.names import key_of
from bot.domain.quantities import ZERO
from bot.domain.stock import UNTRACKED
from bot.domain.units import is_same_unit
from bot.services.lookalikes import keep_looks

ARCHIVED: Final = {"archived": "yes"}
_POINTS: Final = {"reorder point": "reorder_point", "reorder target": "reorder_target"}

Rows = Mapping[int, Item]


async def take_items_back(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    """Restore items, once the opposites of the import's moves are queued.

    Raises ImportNotReversible, ItemInStock, and UnitFixed, TrackingFixed or UnitIsOwn.
    """
    rows = await uow.items.get_many(list(contents.items))
    for number, (before, after) in contents.items.items():
        row = rows[number]
        facts = write_facts(row, is_archived=row.archived_at is not None)
        if any(facts[name] != value for name, value in after.items()):
            raise ImportNotReversible(record, row.sku)
        wanted = before or ARCHIVED
        restored.items[number] = {name: facts[name] for name in wanted}, dict(wanted)
    wanted_facts = {number: wanted for number, (_, wanted) in restored.items.items()}
    await _require_empty(
        uow, [rows[number] for number, wanted in wanted_facts.items() if wanted.get("archived")]
    )
    await _require_changeable(uow, record, rows, wanted_facts)
    changes = [((number,), _columns(uow, wanted)) for number, wanted in wanted_facts.items()]
    for (number,), columns in changes:
        if _is_target_too_low(rows[number], columns):
            raise ImportNotReversible(record, rows[number].sku)
    # A statement sets the same columns in all of its rows.
    by_columns: dict[tuple[str, ...], list[Any]] = {}
    for change in changes:
        by_columns.setdefault(tuple(sorted(change[1])), []).append(change)
    for alike in by_columns.values():
        for part in chunks(alike):
            await uow.items.bulk_update(part)
    for (number,), columns in changes:
        keys = [key_of(rows[number].name), columns.get("name_key", "")]
        if "name" in columns and any(skeleton_of(key) != key for key in keys):
            sku_key = rows[number].sku_key
            await keep_looks(uow, "item", number, (sku_key, columns["name_key"]), code=sku_key)


async def _require_empty(uow: UnitOfWork, items: list[Item]) -> None:
    """Raise ItemInStock if an item that is to be archived has other stock by now."""
    left = await _read_left(uow, [item.id for item in items])
    for item in items:
        if left[item.id]:
            there = (await uow.stock.levels_of_item(item.id))[0]
            raise ItemInStock(item.sku, there.location, there.quantity, item.unit)


async def _read_left(uow: UnitOfWork, item_ids: list[int]) -> dict[int, Decimal]:
    """Return what is in stock of items after the moves that are queued."""
    totals = await uow.stock.totals(item_ids) if item_ids else {}
    left = {item_id: totals.get(item_id, ZERO) for item_id in item_ids}
    for line in uow.posting.lines:
        if line.item_id in left:
            # What was counted since stays, by a line that comes in.
            left[line.item_id] += line.quantity * (line.source.is_virtual - line.target.is_virtual)
    return left


async def _require_changeable(
    uow: UnitOfWork, record: int, rows: Rows, wanted: Mapping[int, Facts]
) -> None:
    """Refuse a unit or tracking that `/item edit` could not set any longer.

    The import's own moves are taken back with it, and do not count.
    """
    fixed = sorted(number for number, facts in wanted.items() if {"unit", "tracking"} & set(facts))
    if not fixed:
        return
    moved = set(await uow.file_rows.list_moved_since(record, fixed))
    moved |= {number for number, left in (await _read_left(uow, fixed)).items() if left}
    merges = await uow.item_merges.list_into(fixed)
    moved |= {each.into_id for each in merges if each.changed_record > record}
    if moved:
        raise ImportNotReversible(record, rows[min(moved)].sku)
    for each in await uow.file_rows.list_documented(fixed):
        row, facts = rows[each.item_id], wanted[each.item_id]
        label = label_of(each.noun, each.number)
        if "unit" in facts:
            raise UnitFixed(row.sku, row.unit, label)
        if each.noun == COUNT.noun:
            raise TrackingFixed(row.sku, row.tracking, label)
    for number, units in (await uow.file_rows.list_units(fixed)).items():
        for further in units:
            if is_same_unit(further.unit, wanted[number].get("unit", "")):
                raise UnitIsOwn(rows[number].sku, further.unit, is_further=True)


def _is_target_too_low(row: Item, columns: Mapping[str, Any]) -> bool:
    """Whether a reorder point or target does not go with the other, which was set since."""
    point, target = (columns.get(name, getattr(row, name)) for name in _POINTS.values())
    is_given_back = not columns.keys().isdisjoint(_POINTS.values())
    return is_given_back and point is not None and target is not None and target < point


def _columns(uow: UnitOfWork, wanted: Facts) -> dict[str, Any]:
    """Return the columns that make an item what it was."""
    columns: dict[str, Any] = {}
    for name, value in wanted.items():
        if name in _POINTS:
            columns[_POINTS[name]] = Decimal(value) if value else None
        elif name == "tracking":
            columns[name] = value or UNTRACKED
        elif name == "whole":
            columns[name] = READ_WHOLE[value]
        elif name == "archived":
            columns["archived_at"] = uow.now if value else None
        else:
            columns[name] = value
            if name == "name":
                columns["name_key"] = key_of(value)
    return columns
