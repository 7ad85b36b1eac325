"""Reading many lines at once: three statements, whatever their number, for items given by ids."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import orjson

from bot.database.columns import Quantity
from bot.database.controllers.items import ItemController
from bot.database.controllers.line_list_statements import (
    ITEMS_OF_LINES,
    LEVELS_OF_KEYS,
    LOCATIONS_NAMED,
    ItemRow,
    LocationRow,
)
from bot.database.controllers.line_statements import LineRow
from bot.database.controllers.locations import LocationController
from bot.database.controllers.lots import LotController
from bot.database.raw_rows import read_exact
from bot.database.scope import Scope
from bot.domain.locations import SEPARATOR
from bot.domain.lots import StockedLot
from bot.domain.names import reference_key
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import (
    LevelKey,
    LineEnd,
    LineReference,
    Reference,
    StockedItem,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation, is_virtual

# No row has this id.
_NOWHERE = 0
_Split = tuple[int | None, str]


def split_reference(name: str, reference: Reference) -> _Split:
    """Return a reference as an id, or as None and the key of what was typed."""
    if isinstance(reference, int):
        # A plain id may come from a forged button: it never means the outside world.
        is_open = isinstance(reference, VirtualLocation) or not is_virtual(reference)
        return (reference if is_open else _NOWHERE), ""
    return None, reference_key(reference, field=name)


async def read_lines(scope: Scope, references: Sequence[LineReference]) -> list[StockLine]:
    """Read many lines in their order; raises NotFound for the first unknown name."""
    named = [
        (
            split_reference("item", reference.item),
            split_reference("source", reference.source),
            split_reference("target", reference.target),
        )
        for reference in references
    ]
    items = await _find_items(scope, {line[0] for line in named})
    ends = await _find_locations(scope, {end for line in named for end in line[1:]})
    found = []
    for reference, (item, *both) in zip(references, named, strict=True):
        if item not in items or items[item].is_archived:
            # What was typed, or what an archived one was merged into.
            items[item] = await _resolve_item(scope, reference.item)
        for end, wanted in zip(both, (reference.source, reference.target), strict=True):
            if end not in ends:
                ends[end] = await _resolve_location(scope, wanted)
        found.append((items[item], ends[both[0]], ends[both[1]], reference.lot_id))
    keys = {LevelKey(item.id, end.location_id, lot) for item, *both, lot in found for end in both}
    levels = await read_levels(scope, list(keys))
    lots = await read_lots(scope, [lot for *_, lot in found if lot])
    return [
        StockLine(
            item,
            _end(source, levels.get(LevelKey(item.id, source.location_id, lot))),
            _end(target, levels.get(LevelKey(item.id, target.location_id, lot))),
            lot,
            lots.get(lot),
        )
        for item, source, target, lot in found
    ]


async def read_ends(scope: Scope, location_ids: Iterable[int]) -> dict[int, LineEnd]:
    """Return locations as ends of lines of what never was there, by id."""
    ends = await _find_locations(scope, {(number, "") for number in location_ids})
    return {row.location_id: _end(row, None) for row in ends.values()}


async def read_lots(scope: Scope, lot_ids: Sequence[int]) -> dict[int, StockedLot]:
    """Return lots by id; nothing is read if there are none."""
    if not lot_ids:
        return {}
    rows = await LotController(scope).get_many(list(dict.fromkeys(lot_ids)))
    return {
        lot.id: StockedLot(lot.id, lot.code, lot.expires_on, lot.state) for lot in rows.values()
    }


async def _find_items(scope: Scope, wanted: set[_Split]) -> dict[_Split, StockedItem]:
    """Return the items that are given by their ids."""
    ids = [number for number, _ in wanted if number is not None]
    rows = await ITEMS_OF_LINES.fetch(scope.connection, {"guild_id": scope.guild_id, "ids": ids})
    return {(row.item_id, ""): stocked(row) for row in (ItemRow(*each) for each in rows)}


async def _find_locations(scope: Scope, wanted: set[_Split]) -> dict[_Split, LocationRow]:
    rows = await LOCATIONS_NAMED.fetch(scope.connection, _named(scope, wanted))
    locations = {row[0]: LocationRow(*row) for row in rows}
    found: dict[_Split, LocationRow] = {(number, ""): row for number, row in locations.items()}
    # A location of the outside world is never named.
    physical = [row for row in locations.values() if not is_virtual(row.location_id)]
    found |= {(None, row.path_key): row for row in physical if SEPARATOR in row.path_key}
    return found | {(None, name_key): row for name_key, row in _only(physical)}


def _only(rows: Iterable[LocationRow]) -> Iterator[tuple[str, LocationRow]]:
    """Yield the rows in use that alone have their name, by its key."""
    in_use = [row for row in rows if row.archived_at is None]
    count = Counter(row.name_key for row in in_use)
    yield from ((row.name_key, row) for row in in_use if count[row.name_key] == 1)


def _named(scope: Scope, wanted: set[_Split]) -> dict[str, object]:
    return {
        "guild_id": scope.guild_id,
        "ids": [number for number, _ in wanted if number is not None],
        "keys": [key for number, key in wanted if number is None],
    }


async def read_levels(scope: Scope, keys: list[LevelKey]) -> dict[LevelKey, Decimal]:
    """Return the levels that exist of some keys."""
    dialect = scope.connection.dialect.name
    values: dict[str, object] = {"guild_id": scope.guild_id}
    if dialect == "sqlite":
        values["keys"] = orjson.dumps(list(map(tuple, keys))).decode()
    else:
        values |= {
            "items": [key.item_id for key in keys],
            "locations": [key.location_id for key in keys],
            "lots": [key.lot_id for key in keys],
        }
    rows = await LEVELS_OF_KEYS[dialect].fetch(scope.connection, values)
    return {LevelKey(*key): quantity for *key, quantity in rows}


async def _resolve_item(scope: Scope, reference: Reference) -> StockedItem:
    row, pack = await ItemController(scope).require_named(reference)
    read = (row.id, row.sku, row.name, row.unit, row.archived_at, row.reserved, row.whole)
    return stocked(ItemRow(*read, row.reorder_point, row.tracking), pack)


async def _resolve_location(scope: Scope, reference: Reference) -> LocationRow:
    row = await LocationController(scope).require_reference(reference)
    return LocationRow(row.id, row.path, row.archived_at, row.kind, row.name_key, row.path_key)


def stocked(row: LineRow | ItemRow, pack: TypedQuantity | None = None) -> StockedItem:
    """Return the item of a row that was read for a move, perhaps by the code of a pack."""
    point = row.reorder_point
    return StockedItem(
        row.item_id,
        row.sku,
        row.name,
        row.unit,
        row.archived_at is not None,
        row.reserved,
        row.whole,
        None if point is None else read_exact(Quantity.places, point),
        row.tracking,
        pack,
    )


def _end(row: LocationRow, level: Decimal | None) -> LineEnd:
    return LineEnd(row.location_id, row.path, level, row.archived_at is not None, row.kind)
