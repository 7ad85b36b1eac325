"""Writing the rows of an import: locations first, then items, then what was counted of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.database.unit import UnitOfWork
from bot.database.writer.rows import chunks
from bot.domain.imports.contents import ImportContents, pair_of
from bot.domain.imports.plan import PlannedLocation, PlannedRow
from bot.domain.locations import SEPARATOR
from bot.domain.lookalikes import skeleton_of
from bot.domain.names import key_of
from bot.domain.stock import STORAGE
from bot.services.imports.ahead import changed_items
from bot.services.imports.beside import write_units_and_codes
from bot.services.imports.counting import post_counts
from bot.services.imports.former import FormerSupplier
from bot.services.imports.lots import write_lots
from bot.services.imports.making import MadeItems, MadeRows, columns_of, make_items
from bot.services.imports.prices import write_prices
from bot.services.imports.suppliers import write_suppliers
from bot.services.imports.usable import note_kinds
from bot.services.lookalikes import keep_looks

# With their words these take a second where the machine is busy, of three that one may.
_ADDED_AT_ONCE = 1000


@dataclass
class Written:
    """What was written, as the record keeps it."""

    contents: ImportContents
    added: int = 0
    changed: int = 0
    location_ids: dict[str, int] = field(default_factory=dict)
    # What suppliers were: no record has it.
    former: dict[int, FormerSupplier] = field(default_factory=dict)


async def write_rows(
    uow: UnitOfWork,
    rows: Sequence[PlannedRow],
    missing: Sequence[str],
    kept: Mapping[str, int],
    file_hash: str,
    made: MadeRows | None,
) -> Written:
    """Write rows that the books still agree with.

    `kept` are ids of new items that have their words, by key; `made` is what was made ahead.
    """
    written = Written(ImportContents(file_hash=file_hash))
    planned = [row.location for row in rows if row.location is not None]
    await _add_locations(uow, written, missing, {key_of(each.path): each for each in planned})
    await _change_locations(uow, written, [each for each in planned if each.before is not None])
    items = changed_items(rows) if made is None else made.changed
    new = [row for row in items if row.before is None]
    added = await _add_items(uow, written, new, kept, None if made is None else made.items)
    await _change_items(uow, written, [row for row in items if row.before is not None])
    written.changed += await write_units_and_codes(uow, rows, added, written.contents)
    lots = await write_lots(uow, rows, added, written.contents)
    posting = None if made is None else made.posting
    await post_counts(uow, rows, added, written.location_ids, lots, posting)
    written.former = await write_suppliers(uow, rows, written.contents)
    await write_prices(uow, rows, written.contents)
    return written


async def _add_locations(
    uow: UnitOfWork, written: Written, paths: Sequence[str], planned: dict[str, PlannedLocation]
) -> None:
    """Add locations or restore archived ones, each behind the one that it is in."""
    for path in paths:
        archived = await uow.locations.find_one(path_key=key_of(path))
        if archived is not None:
            await uow.locations.update_by_id(archived.id, archived_at=None)
            written.location_ids[key_of(path)] = archived.id
            written.contents.locations[archived.id] = ({"archived": "yes"}, {"archived": ""})
            continue
        above, _, name = path.rpartition(SEPARATOR)
        parent_id = None
        if above:
            parent_id = written.location_ids.get(key_of(above))
            if parent_id is None:
                parent = await uow.locations.find_one(path_key=key_of(above))
                assert parent is not None
                parent_id = parent.id
        own = planned.get(key_of(path))
        kind = STORAGE if own is None else own.kind
        made = await uow.locations.create(
            name=name, name_key=key_of(name), parent_id=parent_id, kind=kind
        )
        await keep_looks(uow, "location", made.id, (made.name_key,))
        written.location_ids[key_of(path)] = made.id
        facts = {"name": name}
        if above:
            facts["inside"] = above
        if kind != STORAGE:
            facts["kind"] = kind
        written.contents.locations[made.id] = ({}, facts)


async def _change_locations(
    uow: UnitOfWork, written: Written, planned: Sequence[PlannedLocation]
) -> None:
    kinds = [(each.before.id, each.before.kind, each.kind) for each in planned if each.before]
    await note_kinds(uow, kinds)
    for each in planned:
        before = each.before
        assert before is not None
        await uow.locations.update_by_id(before.id, kind=each.kind, archived_at=None)
        was, now = {}, {}
        if before.kind != each.kind:
            was["kind"], now["kind"] = before.kind, each.kind
        if before.is_archived:
            was["archived"], now["archived"] = "yes", ""
        written.contents.locations[before.id] = (was, now)


async def _add_items(
    uow: UnitOfWork,
    written: Written,
    rows: Sequence[PlannedRow],
    kept: Mapping[str, int],
    made: MadeItems | None,
) -> dict[str, int]:
    """Add items in slices: the time of a statement is limited."""
    if kept:
        made = made or make_items(rows, [kept[row.key] for row in rows])
        await uow.items.insert_worded(made.columns)
    else:
        numbers: list[int] = []
        for start in range(0, len(rows), _ADDED_AT_ONCE):
            part = rows[start : start + _ADDED_AT_ONCE]
            created = await uow.items.bulk_create([columns_of(row) for row in part])
            numbers += [item.id for item in created]
        made = make_items(rows, numbers)
    await uow.lookalikes.bulk_create(
        [
            {"noun": "item", "skeleton": text, "row_id": number}
            for text, number in sorted(made.looks)
        ]
    )
    written.contents.items.update(made.pairs)
    written.added = len(rows)
    return made.ids


async def _change_items(uow: UnitOfWork, written: Written, rows: Sequence[PlannedRow]) -> None:
    """Change items; those that are found by other words now are a statement of their own."""
    renamed = [row for row in rows if _is_found_otherwise(row)]
    others = [row for row in rows if not _is_found_otherwise(row)]
    for wanted, is_found in ((renamed, True), (others, False)):
        for part in chunks(wanted):
            await uow.items.bulk_update(
                [((row.item_id or 0,), _changed_columns(row, is_found=is_found)) for row in part]
            )
    for row in renamed:
        await _keep_looks(uow, row)
    for row in rows:
        written.contents.items[row.item_id or 0] = pair_of(row.before, row.after)
    written.changed = len(rows)


async def _keep_looks(uow: UnitOfWork, row: PlannedRow) -> None:
    """Keep what a renamed item looks like; plain names have no rows."""
    assert row.before is not None
    assert row.after is not None
    keys = [key_of(name) for name in (row.after.sku, row.after.name, row.before.name)]
    if any(skeleton_of(key) != key for key in keys):
        await keep_looks(uow, "item", row.item_id or 0, keys[:2], code=keys[0])


def _is_found_otherwise(row: PlannedRow) -> bool:
    before, after = row.before, row.after
    assert before is not None
    assert after is not None
    return before.name != after.name or before.is_archived


def _changed_columns(row: PlannedRow, *, is_found: bool) -> dict[str, Any]:
    columns = columns_of(row)
    del columns["sku"], columns["sku_key"]
    if is_found:
        return columns | {"archived_at": None}
    del columns["name"], columns["name_key"]
    return columns
