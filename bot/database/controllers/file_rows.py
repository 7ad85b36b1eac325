"""Many rows at once: what files and pasted lines are compared with, and what is written out.

They are columns, read by statements of their own: a file has ten thousand lines.
"""

from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from typing import Any

from bot.database.controllers.documented_statements import DOCUMENTED, Documented
from bot.database.controllers.export_statements import (
    BARCODES,
    ExportedBarcode,
    ExportedItem,
    ExportedLevel,
    ExportedMove,
)
from bot.database.controllers.export_statements import (
    ITEMS as EXPORT_ITEMS,
)
from bot.database.controllers.export_statements import (
    LEVELS as EXPORT_LEVELS,
)
from bot.database.controllers.export_statements import (
    MOVES as EXPORT_MOVES,
)
from bot.database.controllers.import_statements import (
    CHANGED_SINCE,
    HELD_AT,
    ITEMS,
    ITEMS_NAMED_SO,
    ITEMS_WITH_IDS,
    LED,
    LEVELS_OF_LOTS,
    LOOKS,
    LOTS,
    MOVED,
    MOVED_SINCE,
    UNITS,
    NamedItem,
    NamedLot,
)
from bot.database.controllers.item_leads import (
    BY_CODE,
    BY_FORMER_SKU,
    BY_MERGE,
    BY_NAME,
    LED_TEXTS,
    LedText,
)
from bot.database.controllers.line_list_statements import LOCATIONS_NAMED, LocationRow
from bot.database.controllers.moved_since_statements import BROUGHT_IN, MOVED_AGAIN
from bot.database.controllers.reading import ReadingController
from bot.database.controllers.stock_lines import read_levels
from bot.database.models import Item
from bot.domain.barcodes import all_spellings, spread
from bot.domain.conversions import FurtherUnit
from bot.domain.names import key_of
from bot.domain.stock import LevelKey
from bot.domain.virtual_locations import is_virtual
from bot.threads import in_unit_thread


class FileRowController(ReadingController[Item]):
    """Items, and what is around them, for `/import`, `/bulk` and `/export`; it writes nothing."""

    model = Item
    noun = "item"
    permission = "stock.bulk"

    async def list_items(self, sku_keys: Sequence[str]) -> list[NamedItem]:
        """List the items with these SKUs, archived ones included."""
        values = self._in_guild({"keys": sku_keys})
        rows = await ITEMS.fetch_in_parts(self._scope.connection, values, "keys")
        return [NamedItem(*row) for row in rows]

    async def list_led(self, keys: Sequence[str], own: Container[str] = ()) -> dict[str, str]:
        """Return the SKUs of items that texts lead to that are no SKU of an item of their own.

        Those among `own` are SKUs: no other spelling of them leads anywhere.
        """
        # Thousands of texts would hold the loop up, first here and then while they are encoded.
        values = self._in_guild({"keys": await in_unit_thread(all_spellings, keys)})
        rows = await LED.fetch_in_parts(self._scope.connection, values, "keys")
        found = {row[0]: row[1] for row in rows}
        return await in_unit_thread(spread, found, (key for key in keys if key not in own))

    async def list_leads(self, texts: Sequence[str], own: Container[str]) -> dict[str, LedText]:
        """Return the item in use that each text leads to; `own` are keys that are SKUs of items.

        Left out are texts that lead nowhere, to an archived item, or to several by their name.
        """
        if not texts:
            return {}
        values = self._in_guild({"keys": await in_unit_thread(all_spellings, texts)})
        rows = await LED_TEXTS.fetch_in_parts(self._scope.connection, values, "keys")
        return await in_unit_thread(_choose, texts, rows, own)

    async def list_locations(self, keys: Sequence[str]) -> list[LocationRow]:
        """List the locations with these names or paths, archived ones included."""
        found = await self._fetch(LocationRow, LOCATIONS_NAMED, {"ids": [], "keys": keys})
        each = {row.location_id: row for row in found if not is_virtual(row.location_id)}
        return list(each.values())

    async def read_levels(self, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
        """Return what is in stock of items at locations, by the ids of both."""
        levels = await read_levels(self._scope, [LevelKey(*key) for key in keys])
        return {(key.item_id, key.location_id): quantity for key, quantity in levels.items()}

    async def list_moved(self, item_ids: Sequence[int]) -> frozenset[int]:
        """Return which of these items have ever moved."""
        # For none of them PostgreSQL would walk the guild.
        return frozenset(await self._scalars(MOVED, {"ids": item_ids}) if item_ids else ())

    async def list_moved_since(self, record: int, item_ids: Sequence[int]) -> frozenset[int]:
        """Return which of these items have moved after a record."""
        values = {"ids": item_ids, "since": record}
        return frozenset(await self._scalars(MOVED_AGAIN, values) if item_ids else ())

    async def list_held_at(self, location_ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
        """Return how much of which items is at locations, by location and item."""
        held: dict[int, dict[int, Decimal]] = {}
        if location_ids:
            values = self._in_guild({"ids": location_ids})
            for row in await HELD_AT.fetch(self._scope.connection, values):
                held.setdefault(row[0], {})[row[1]] = row[2]
        return held

    async def list_documented(self, item_ids: Sequence[int]) -> list[Documented]:
        """List the documents under way that have lines of these items."""
        return await self._fetch(Documented, DOCUMENTED, {"ids": item_ids}) if item_ids else []

    async def has_changed_since(self, record: int, item_ids: Iterable[int]) -> bool:
        """Whether the catalogue was changed, or one of these items moved, since a record."""
        values = {"since": record}
        if any(found is not None for found in await self._scalars(CHANGED_SINCE, values)):
            return True
        return not set(item_ids).isdisjoint(await self._scalars(MOVED_SINCE, values))

    async def list_lots(self, keys: Sequence[str]) -> list[NamedLot]:
        """List the lots of any items with these codes."""
        return await self._fetch(NamedLot, LOTS, {"keys": keys})

    async def list_brought_in(self, record: int, lot_ids: Sequence[int]) -> dict[int, Decimal]:
        """Return how much came in of lots after a record, less what was reversed of that."""
        if not lot_ids:
            return {}
        values = self._in_guild({"ids": lot_ids, "since": record})
        rows = await BROUGHT_IN.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

    async def list_levels_of_lots(
        self, lot_ids: Sequence[int]
    ) -> dict[int, dict[int, tuple[str, Decimal]]]:
        """Return where lots are in stock and how much of each, by lot and location."""
        levels: dict[int, dict[int, tuple[str, Decimal]]] = {}
        values = self._in_guild({"ids": lot_ids})
        for row in await LEVELS_OF_LOTS.fetch(self._scope.connection, values):
            levels.setdefault(row[0], {})[row[1]] = row[2], row[3]
        return levels

    async def list_units(self, item_ids: Sequence[int]) -> dict[int, list[FurtherUnit]]:
        """Return the further units of items, by the item's id."""
        units: dict[int, list[FurtherUnit]] = {}
        rows = await UNITS.fetch(self._scope.connection, self._in_guild({"ids": item_ids}))
        for item_id, unit, factor in rows:
            units.setdefault(item_id, []).append(FurtherUnit(unit, factor))
        return units

    async def list_names_like(
        self, skeletons: Sequence[str], plain: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Return the SKUs and names, with their keys, that look like one of these.

        `skeletons` are looked for among names in other letters, `plain` among all.
        """
        connection = self._scope.connection
        looks = self._in_guild({"noun": "item", "keys": skeletons})
        ids = [row[0] for row in await LOOKS.fetch_in_parts(connection, looks, "keys")]
        rows = await ITEMS_WITH_IDS.fetch(connection, self._in_guild({"ids": ids})) if ids else []
        if plain:
            named = self._in_guild({"keys": plain})
            rows = [*rows, *await ITEMS_NAMED_SO.fetch_in_parts(connection, named, "keys")]
            rows += [
                (row.sku_key, row.sku, row.sku_key, row.sku) for row in await self.list_items(plain)
            ]
        pairs = [(row[0], row[1]) for row in rows] + [(row[2], row[3]) for row in rows]
        return list(dict.fromkeys(pairs))

    async def page_items(self, after: str, limit: int) -> list[ExportedItem]:
        """List items in use by SKU, behind the key of one."""
        return await self._fetch(ExportedItem, EXPORT_ITEMS, {"after": after, "limit": limit})

    async def list_barcodes(self, item_ids: Sequence[int]) -> list[ExportedBarcode]:
        """List the codes of items."""
        return await self._fetch(ExportedBarcode, BARCODES, {"ids": item_ids})

    async def list_levels(self, item_ids: Sequence[int]) -> list[ExportedLevel]:
        """List what is in stock of items, where, and of which lot."""
        return await self._fetch(ExportedLevel, EXPORT_LEVELS, {"ids": item_ids})

    async def page_moves(self, after: tuple[int, int], limit: int) -> list[ExportedMove]:
        """List the moves of the ledger in their order, behind a record and its line."""
        values = {"record": after[0], "line": after[1], "limit": limit}
        return await self._fetch(ExportedMove, EXPORT_MOVES, values)


def _choose(
    texts: Iterable[str], rows: Iterable[Sequence[Any]], own: Container[str]
) -> dict[str, LedText]:
    """Return where each text leads: by a barcode in another spelling, else by its own key."""
    ways: dict[int, dict[str, list[LedText]]] = {way: {} for way in range(BY_MERGE + 1)}
    for row in (LedText(*each) for each in rows):
        ways[row.way].setdefault(row.key, []).append(row)
    free = [text for text in texts if key_of(text) not in own]
    codes = spread(ways[BY_CODE], free)
    chosen = {}
    for text in texts:
        key = key_of(text)
        led = ways[BY_MERGE].get(key)
        if key not in own:
            led = ways[BY_FORMER_SKU].get(key) or codes.get(key) or ways[BY_NAME].get(key)
        in_use = [row for row in led or () if row.archived_at is None]
        if len(in_use) == 1:
            chosen[text] = in_use[0]
    return chosen
