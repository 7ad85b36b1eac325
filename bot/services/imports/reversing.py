"""Taking an import back: its moves are reversed, what it added is archived, the rest restored."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import orjson

from bot.database.models import AuditEvent, Location, Lot
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.imports import IMPORT_APPLIED, ImportNotReversible
from bot.domain.imports.contents import Facts, ImportContents, read_day, write_day
from bot.domain.locations import LocationNotEmpty
from bot.domain.quantities import ZERO
from bot.services.imports.beside import take_beside_back
from bot.services.imports.prices import take_prices_back
from bot.services.imports.reading import RIGHTS
from bot.services.imports.reversing_items import ARCHIVED, take_items_back
from bot.services.imports.suppliers import subjects_of, take_suppliers_back
from bot.services.imports.usable import note_dated, note_kinds
from bot.services.reversing import Restored, restores
from bot.services.withdrawing import post_opposites

IMPORT_REVERSED: Final = "import.reversed"

declare_actions(IMPORT_REVERSED, way_back="import")


@restores(IMPORT_APPLIED)
async def restore_before_import(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Take back all that an import did, or nothing."""
    contents = ImportContents.read(orjson.loads(event.detail).get("contents", {}))
    if contents.items or contents.beside:
        uow.require_permission(RIGHTS["items"])
    if contents.locations:
        uow.require_permission(RIGHTS["locations"])
    restored = ImportContents(file_hash=contents.file_hash)
    dated = await uow.lots.stocked([number for number, (was, _) in contents.lots.items() if was])
    # Before the moves, whose lines say which lots are good.
    await _restore_days(uow, event.record, contents, dated, restored)
    await post_opposites(uow, event)
    await _require_own_days(uow, event.record, dated, restored)
    await take_beside_back(uow, event.record, contents.beside, restored)
    await take_items_back(uow, event.record, contents, restored)
    await _restore_locations(uow, event.record, contents, restored)
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


async def _restore_days(
    uow: UnitOfWork,
    record: int,
    contents: ImportContents,
    rows: Mapping[int, Lot],
    restored: ImportContents,
) -> None:
    """Write on lots the days that were on them; one that the import added stays, without stock."""
    for number, row in rows.items():
        before, after = contents.lots[number]
        if write_day(row.expires_on) != after["expires"]:
            raise ImportNotReversible(record, row.code, "lot")
        restored.lots[number] = after, before
    changes = [
        ((number,), {"expires_on": read_day(before["expires"])})
        for number, (_, before) in restored.lots.items()
    ]
    await note_dated(uow, [row.item_id for row in rows.values()])
    await uow.lots.bulk_update(changes)


async def _require_own_days(
    uow: UnitOfWork, record: int, rows: Mapping[int, Lot], restored: ImportContents
) -> None:
    """Raise ImportNotReversible for stock that has its day by what the import wrote.

    It came with that day since, or the import wrote the day in place of another, which only a lot
    that is nowhere in stock gets: see `open_lot`.
    """
    brought = await uow.file_rows.list_brought_in(record, list(restored.lots))
    own = [
        number
        for number, (_, before) in restored.lots.items()
        if before["expires"] or brought.get(number, ZERO) > 0
    ]
    levels = await uow.file_rows.list_levels_of_lots(own) if own else {}
    left = {
        number: sum((each for _, each in levels.get(number, {}).values()), ZERO) for number in own
    }
    for line in uow.posting.lines:
        if line.lot_id in left:
            left[line.lot_id] += line.quantity * (line.source.is_virtual - line.target.is_virtual)
    for number, quantity in left.items():
        if quantity:
            raise ImportNotReversible(record, rows[number].code, "lot")


async def _restore_locations(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    """Archive locations that the import added, those inside others first."""
    left = await _read_left(uow, list(contents.locations))
    pairs = contents.locations.items()
    await note_kinds(
        uow, [(number, now["kind"], was["kind"]) for number, (was, now) in pairs if "kind" in was]
    )
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
            await _require_unused(uow, record, row, left[number])
        await uow.locations.update_by_id(number, **columns)
        was: Facts = {"archived": ""} if not before else {name: after[name] for name in before}
        restored.locations[number] = was, dict(before or ARCHIVED)


async def _read_left(uow: UnitOfWork, location_ids: list[int]) -> dict[int, dict[int, Decimal]]:
    """Return what is at locations after the moves that are queued, by their ids and the items'."""
    held = await uow.file_rows.list_held_at(location_ids)
    left = {number: held.get(number, {}) for number in location_ids}
    for line in uow.posting.lines:
        for end, by in ((line.source, -line.quantity), (line.target, line.quantity)):
            if end.id in left:
                left[end.id][line.item_id] = left[end.id].get(line.item_id, ZERO) + by
    return left


async def _require_unused(
    uow: UnitOfWork, record: int, row: Location, left: Mapping[int, Decimal]
) -> None:
    child = await uow.locations.find_one(parent_id=row.id, archived_at=None)
    if child is not None:
        raise ImportNotReversible(record, child.path, "location")
    for item_id, quantity in left.items():
        if quantity:
            item = await uow.items.require(item_id)
            raise LocationNotEmpty(row.name, item.sku, quantity, item.unit)
