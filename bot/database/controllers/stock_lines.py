"""Reading many lines at once: three statements, whatever the number of lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NoReturn

import orjson

from bot.database.controllers.items import ItemController
from bot.database.controllers.line_statements import (
    ITEMS_NAMED,
    LEVELS_OF_KEYS,
    LOCATIONS_NAMED,
    ItemRow,
    LocationRow,
)
from bot.database.controllers.locations import LocationController
from bot.database.scope import Scope
from bot.domain.names import reference_key
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
    for reference, (item, source, target) in zip(references, named, strict=True):
        if item not in items:
            await ItemController(scope).refuse_unknown(reference.item)
        if source not in ends:
            await _refuse_location(scope, reference.source)
        if target not in ends:
            await _refuse_location(scope, reference.target)
        found.append((items[item], ends[source], ends[target], reference.lot_id))
    keys = {LevelKey(item.id, end.location_id, lot) for item, *both, lot in found for end in both}
    levels = await _find_levels(scope, list(keys))
    return [
        StockLine(
            item,
            _end(source, levels.get(LevelKey(item.id, source.location_id, lot))),
            _end(target, levels.get(LevelKey(item.id, target.location_id, lot))),
            lot,
        )
        for item, source, target, lot in found
    ]


async def _find_items(scope: Scope, wanted: set[_Split]) -> dict[_Split, StockedItem]:
    rows = [
        ItemRow(*row) for row in await ITEMS_NAMED.fetch(scope.connection, _named(scope, wanted))
    ]
    found: dict[_Split, StockedItem] = {}
    # One item's SKU may be another's name: the SKU is what people type, so it is entered last.
    for column in ("name_key", "sku_key"):
        for row in rows:
            item = StockedItem(
                row.item_id, row.sku, row.name, row.unit, row.archived_at is not None, row.reserved
            )
            found[None, getattr(row, column)] = found[row.item_id, ""] = item
    return found


async def _find_locations(scope: Scope, wanted: set[_Split]) -> dict[_Split, LocationRow]:
    found: dict[_Split, LocationRow] = {}
    for row in await LOCATIONS_NAMED.fetch(scope.connection, _named(scope, wanted)):
        location = LocationRow(*row)
        found[location.location_id, ""] = location
        # A location of the outside world is never named.
        if not is_virtual(location.location_id):
            found[None, location.name_key] = location
    return found


def _named(scope: Scope, wanted: set[_Split]) -> dict[str, object]:
    return {
        "guild_id": scope.guild_id,
        "ids": [number for number, _ in wanted if number is not None],
        "keys": [key for number, key in wanted if number is None],
    }


async def _find_levels(scope: Scope, keys: list[LevelKey]) -> dict[LevelKey, Decimal]:
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


async def _refuse_location(scope: Scope, reference: Reference) -> NoReturn:
    await LocationController(scope).refuse_unknown(reference)


def _end(row: LocationRow, level: Decimal | None) -> LineEnd:
    return LineEnd(row.location_id, row.name, level, row.archived_at is not None)
