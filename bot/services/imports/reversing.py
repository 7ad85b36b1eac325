"""Taking an import back: its moves are reversed, what it added is archived, the rest restored."""

from decimal import Decimal
from typing import Any, Final

import orjson

from bot.database.models import AuditEvent, Item, Location
from bot.database.unit import UnitOfWork
from bot.database.writer.rows import chunks
from bot.domain.actions import declare_actions
from bot.domain.imports import IMPORT_APPLIED, ImportNotReversible
from bot.domain.imports.contents import Facts, ImportContents, read_day, write_day
from bot.domain.items import READ_WHOLE, ItemInStock, write_facts
from bot.domain.locations import LocationNotEmpty
from bot.domain.lookalikes import skeleton_of
from bot.domain.names import key_of
from bot.domain.stock import UNTRACKED
from bot.services.imports.beside import take_beside_back
from bot.services.imports.prices import take_prices_back
from bot.services.imports.reading import RIGHTS
from bot.services.imports.suppliers import subjects_of, take_suppliers_back
from bot.services.lookalikes import keep_looks
from bot.services.reversing import Restored, restores
from bot.services.withdrawing import post_opposites

IMPORT_REVERSED: Final = "import.reversed"
_ARCHIVED: Final = {"archived": "yes"}
_POINTS: Final = {"reorder point": "reorder_point", "reorder target": "reorder_target"}

declare_actions(IMPORT_REVERSED, way_back="import")


@restores(IMPORT_APPLIED)
async def restore_before_import(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Take back all that an import did, or nothing."""
    contents = ImportContents.read(orjson.loads(event.detail).get("contents", {}))
    if contents.items or contents.beside:
        uow.require_permission(RIGHTS["items"])
    if contents.locations:
        uow.require_permission(RIGHTS["locations"])
    await post_opposites(uow, event)
    restored = ImportContents(file_hash=contents.file_hash)
    await take_beside_back(uow, event.record, contents.beside, restored)
    await _restore_items(uow, event.record, contents, restored)
    await _restore_locations(uow, event.record, contents, restored)
    await _restore_days(uow, event.record, contents, restored)
    if contents.suppliers:
        uow.require_permission(RIGHTS["suppliers"])
        await take_suppliers_back(uow, event.record, contents, restored)
    if contents.prices:
        uow.require_permission(RIGHTS["prices"])
        await take_prices_back(uow, event.record, contents.prices, restored)
    return Restored(
        IMPORT_REVERSED,
        subject=event.subject,
        subjects=subjects_of(restored.suppliers),
        contents=restored,
        has_moved=True,
    )


async def _restore_items(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    rows = await uow.items.get_many(list(contents.items))
    added = [number for number, (before, _) in contents.items.items() if not before]
    await _require_empty(uow, [rows[number] for number in added])
    for number, (before, after) in contents.items.items():
        row = rows[number]
        facts = write_facts(row, is_archived=row.archived_at is not None)
        if any(facts[name] != value for name, value in after.items()):
            raise ImportNotReversible(record, row.sku)
        wanted = before or _ARCHIVED
        restored.items[number] = {name: facts[name] for name in wanted}, dict(wanted)
    changes = [((number,), _columns(uow, wanted)) for number, (_, wanted) in restored.items.items()]
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


async def _restore_days(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    """Write on lots the days that were on them; one that the import added stays, without stock."""
    dated = {number: pair for number, pair in contents.lots.items() if pair[0]}
    rows = await uow.lots.stocked(list(dated))
    for number, (before, after) in dated.items():
        if write_day(rows[number].expires_on) != after["expires"]:
            raise ImportNotReversible(record, rows[number].code, "lot")
        restored.lots[number] = after, before
    changes = [
        ((number,), {"expires_on": read_day(before["expires"])})
        for number, (before, _) in dated.items()
    ]
    await uow.lots.bulk_update(changes)


async def _require_empty(uow: UnitOfWork, added: list[Item]) -> None:
    """Raise ItemInStock if an item that the import added has other stock by now."""
    totals = await uow.stock.totals([item.id for item in added])
    left = {item.id: totals.get(item.id, 0) for item in added}
    for line in uow.posting.lines:
        if line.item_id in left:
            # What was counted since stays, by a line that comes in.
            left[line.item_id] += line.quantity * (line.source.is_virtual - line.target.is_virtual)
    for item in added:
        if left[item.id]:
            there = (await uow.stock.levels_of_item(item.id))[0]
            raise ItemInStock(item.sku, there.location, there.quantity, item.unit)


async def _restore_locations(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    """Archive locations that the import added, those inside others first."""
    for number, (before, after) in reversed(contents.locations.items()):
        row = await uow.locations.require(number)
        if before:
            is_as_left = row.kind == after.get("kind", row.kind) and row.archived_at is None
            columns: dict[str, Any] = {}
            if "kind" in before:
                columns["kind"] = before["kind"]
            if "archived" in before:
                columns["archived_at"] = uow.now
        else:
            is_as_left = row.name == after["name"] and row.archived_at is None
            columns = {"archived_at": uow.now}
        if not is_as_left:
            raise ImportNotReversible(record, row.path, "location")
        if "archived_at" in columns:
            await _require_unused(uow, record, row)
        await uow.locations.update_by_id(number, **columns)
        was: Facts = {"archived": ""} if not before else {name: after[name] for name in before}
        restored.locations[number] = was, dict(before or _ARCHIVED)


async def _require_unused(uow: UnitOfWork, record: int, row: Location) -> None:
    child = await uow.locations.find_one(parent_id=row.id, archived_at=None)
    if child is not None:
        raise ImportNotReversible(record, child.path, "location")
    after = {
        (line.item_id, end.id): end.after
        for line in uow.posting.lines
        for end in (line.source, line.target)
    }
    for level in await uow.stock.levels_at_location(row.id):
        if after.get((level.item_id, row.id), level.quantity):
            raise LocationNotEmpty(row.name, level.sku, level.quantity, level.unit)


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
