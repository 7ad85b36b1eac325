"""What the books say of the items and locations that a file names."""

from collections.abc import Iterable

from bot.database.controllers.import_statements import NamedItem
from bot.database.controllers.line_list_statements import LocationRow
from bot.database.unit import Books
from bot.domain.documents import label_of
from bot.domain.imports import Catalogue, ItemFacts, KnownBarcode, LocationFacts, LotFacts
from bot.domain.imports.content import Content
from bot.domain.imports.places import location_keys, names_within
from bot.domain.imports.planning import place_keys, sku_keys
from bot.domain.lookalikes import skeleton_of
from bot.domain.lots import MAX_CODE
from bot.domain.names import key_of
from bot.domain.sheets.headings import (
    BARCODE,
    FURTHER_UNITS,
    LOCATION,
    LOT,
    NAME,
    QUANTITY,
    SKU,
    TRACKING,
    UNIT,
)
from bot.domain.units import is_same_unit
from bot.services.imports.prices import read_led, read_prices
from bot.services.imports.suppliers import read_suppliers
from bot.threads import in_unit_thread


async def read_catalogue(books: Books, content: Content) -> Catalogue:
    """Read what planning a file takes: a handful of statements, however many rows it has."""
    if content.kind == "suppliers":
        suppliers, looks = await read_suppliers(books, content)
        return Catalogue(suppliers=suppliers, looks_of_suppliers=dict(looks))
    if content.kind == "prices":
        return await _read_price_list(books, content)
    rows = books.file_rows
    # What walks all rows of a file takes a thread: on the loop others would wait for it.
    keys = await in_unit_thread(sku_keys, content)
    named = await rows.list_items(keys)
    items = {row.sku_key: (row.id, _facts(row)) for row in named}
    locations = facts_of_locations(
        await rows.list_locations(await in_unit_thread(place_keys, content))
    )
    found = Catalogue(items=items, locations=locations)
    if content.kind == "locations":
        return found
    ids = [row.id for row in named]
    counted_otherwise = await in_unit_thread(_to_be_counted_otherwise, content, found)
    # What went into an item is its own.
    members = await books.item_merges.find_members(counted_otherwise)
    documents: dict[int, list[tuple[str, str]]] = {}
    for each in await rows.list_documented(sorted(members)):
        label = label_of(each.noun, each.number)
        documents.setdefault(members[each.item_id], []).append((each.noun, label))
    return Catalogue(
        items=items,
        led=await rows.list_led(keys, items),
        locations=locations,
        levels=await rows.read_levels(await in_unit_thread(_pairs, content, found)),
        moved=frozenset(members[each] for each in await rows.list_moved(sorted(members))),
        documents=documents,
        units=await rows.list_units(ids) if _takes_units(content) else {},
        codes=await _read_codes(books, ids) if BARCODE in content.columns else {},
        looks=await _read_looks(books, content, found),
        lots=await _read_lots(books, content, set(ids)),
    )


async def _read_price_list(books: Books, content: Content) -> Catalogue:
    named, led = await read_led(books, content)
    ids = [row.id for row in named]
    return Catalogue(
        items={row.sku_key: (row.id, _facts(row)) for row in named},
        led=led,
        units=await books.file_rows.list_units(ids) if ids else {},
        pricing=await read_prices(books, content, ids),
    )


def _takes_units(content: Content) -> bool:
    return not {QUANTITY, FURTHER_UNITS, BARCODE}.isdisjoint(content.columns)


async def _read_codes(books: Books, item_ids: list[int]) -> dict[int, dict[str, KnownBarcode]]:
    """Read the barcodes of items, by the keys of their codes."""
    codes = dict[int, dict[str, KnownBarcode]]()
    for row in await books.file_rows.list_barcodes(item_ids) if item_ids else ():
        known = KnownBarcode(row.code, row.unit, row.quantity)
        codes.setdefault(row.item_id, {})[key_of(row.code)] = known
    return codes


def facts_of_locations(rows: Iterable[LocationRow]) -> dict[str, LocationFacts]:
    """Return locations by the keys of their paths."""
    return {
        row.path_key: LocationFacts(
            id=row.location_id,
            path=row.path,
            name_key=row.name_key,
            path_key=row.path_key,
            kind=row.kind,
            is_archived=row.archived_at is not None,
        )
        for row in rows
    }


def _facts(row: NamedItem) -> ItemFacts:
    return ItemFacts(
        sku=row.sku,
        name=row.name,
        unit=row.unit,
        reorder_point=row.reorder_point,
        reorder_target=row.reorder_target,
        whole=row.whole,
        tracking=row.tracking,
        is_archived=row.archived_at is not None,
    )


def _pairs(content: Content, found: Catalogue) -> set[tuple[int, int]]:
    """Return the items and locations whose levels the rows are about.

    Which location a row names is for the plan to say: all that it may be are read.
    """
    if QUANTITY not in content.columns:
        return set()
    by_name: dict[str, list[int]] = {}
    for each in found.locations.values():
        for key in {each.name_key, each.path_key}:
            by_name.setdefault(key, []).append(each.id)
    places: dict[str, list[int]] = {}
    pairs = set[tuple[int, int]]()
    for row in content.sheet.rows:
        item = found.items.get(key_of(content.text(row, SKU)))
        if item is None:
            continue
        typed = content.text(row, LOCATION)
        if typed not in places:
            places[typed] = [
                number
                for key in (*location_keys(typed), *names_within(typed))
                for number in by_name.get(key, ())
            ]
        pairs.update((item[0], place) for place in places[typed])
    return pairs


def _to_be_counted_otherwise(content: Content, found: Catalogue) -> list[int]:
    """Return the items of which the file names another unit or tracking."""
    if not {UNIT, TRACKING} & content.columns.keys() or content.kind == "stock":
        return []
    ids = set[int]()
    for row in content.sheet.rows:
        item = found.items.get(key_of(content.text(row, SKU)))
        if item is None:
            continue
        unit, tracking = content.text(row, UNIT), content.text(row, TRACKING)
        is_other_unit = bool(unit) and not is_same_unit(unit, item[1].unit)
        if is_other_unit or (tracking and key_of(tracking) != item[1].tracking):
            ids.add(item[0])
    return sorted(ids)


async def _read_lots(
    books: Books, content: Content, item_ids: set[int]
) -> dict[tuple[int, str], LotFacts]:
    """Read the lots that a file names of its items, and where they are."""
    typed = {content.text(row, LOT) for row in content.sheet.rows} if LOT in content.columns else ()
    keys = sorted({key_of(each) for each in typed if 0 < len(each) <= 4 * MAX_CODE})
    if not keys:
        return {}
    files = books.file_rows
    rows = [row for row in await files.list_lots(keys) if row.item_id in item_ids]
    levels = await files.list_levels_of_lots([row.id for row in rows]) if rows else {}
    return {
        (row.item_id, row.code_key): LotFacts(
            id=row.id, code=row.code, expires_on=row.expires_on, levels=levels.get(row.id, {})
        )
        for row in rows
    }


async def _read_looks(
    books: Books, content: Content, found: Catalogue
) -> dict[str, list[tuple[str, str]]]:
    """Read the names that look like new ones of the file, by what they look like."""
    skeletons, plain = await in_unit_thread(_skeletons_of_new, content, found)
    names = await books.file_rows.list_names_like(skeletons, plain)
    looks: dict[str, list[tuple[str, str]]] = {}
    for key, name in names:
        looks.setdefault(skeleton_of(key), []).append((key, name))
    return looks


def _skeletons_of_new(content: Content, found: Catalogue) -> tuple[list[str], list[str]]:
    """Return what new names look like, and those looks that are not the very name."""
    keys = set[str]()
    for row in content.sheet.rows:
        keys.update(key_of(content.text(row, name)[:200]) for name in (SKU, NAME))
    looks = {key: skeleton_of(key) for key in keys - found.items.keys() - {""}}
    return sorted(set(looks.values())), sorted({look for key, look in looks.items() if look != key})
