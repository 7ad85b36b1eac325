"""A device's copy of the books, as it grows by pulling, and what it must be in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.database.models import (
    Barcode,
    FormerSku,
    Item,
    ItemMerge,
    ItemUnit,
    Location,
    Lot,
    StockLevel,
)
from bot.domain.quantities import format_quantity
from bot.domain.sync import Pulled, RowChange
from bot.domain.virtual_locations import is_virtual
from bot.services.sync.pulling import PullChanges, pull_changes
from tests.database.books import Warehouse, rows_of

State = dict[tuple[str, str], Mapping[str, Any]]


@dataclass(slots=True)
class DeviceCopy:
    """What one device knows; it pulls pages of `limit` and applies them as it gets them."""

    warehouse: Warehouse
    limit: int = 5000
    cursor: str | None = None
    since: datetime | None = None
    state: State = field(default_factory=dict)
    resets: int = 0

    async def pull(self) -> Pulled:
        """Ask for one page and apply it."""
        page = await self.ask()
        self.take_in(page)
        return page

    async def ask(self) -> Pulled:
        """Ask for one page."""
        request = PullChanges(cursor=self.cursor, last_sync_timestamp=self.since, limit=self.limit)
        return await self.warehouse.db.query(pull_changes, request, self.warehouse.manager)

    def take_in(self, page: Pulled) -> None:
        """Apply a page and go on from there."""
        if page.reset:
            self.resets += 1
            self.state.clear()
        for change in page.changes:
            self.apply(change)
        self.cursor = page.cursor

    def apply(self, change: RowChange) -> None:
        """Apply a change as the protocol says."""
        key = (change.table, change.id)
        if change.operation == "DELETE":
            self.state.pop(key, None)
        else:
            assert change.data is not None
            self.state[key] = change.data

    async def follow(self) -> list[RowChange]:
        """Pull to the end, and return what came: in order, no row twice."""
        seen: list[RowChange] = []
        while True:
            page = await self.pull()
            seen += page.changes
            if not page.has_more:
                break
        return seen


def require_ordered(changes: Sequence[RowChange]) -> None:
    """Check that changes are in the order of their records and name each row once."""
    assert [each.seq for each in changes] == sorted(each.seq for each in changes)
    rows = [(each.table, each.id) for each in changes]
    assert len(set(rows)) == len(rows), "a row was told twice"


async def state_of(warehouse: Warehouse) -> State:
    """Read what a copy must be from the tables themselves."""
    db, guild = warehouse.db, warehouse.guild_id
    units, former = await rows_of(db, ItemUnit, guild), await rows_of(db, FormerSku, guild)
    merges = {row.item_id: row.into_id for row in await rows_of(db, ItemMerge, guild)}
    items = {row.id: row for row in await rows_of(db, Item, guild)}
    state: State = {}

    def led_to(item_id: int) -> int:
        return led_to(merges[item_id]) if item_id in merges else item_id

    for item in items.values():
        if item.archived_at is not None:
            continue
        state["items", str(item.id)] = {
            "sku": item.sku,
            "name": item.name,
            "unit": item.unit,
            "tracking": item.tracking,
            "whole": item.whole,
            "units": [
                {"unit": each.unit, "factor": format_quantity(each.factor)}
                for each in units
                if each.item_id == item.id
            ],
            "former_skus": sorted(
                [each.sku for each in former if each.item_id == item.id]
                + [items[each].sku for each in merges if led_to(each) == item.id]
            ),
            "reorder_point": None
            if item.reorder_point is None
            else format_quantity(item.reorder_point),
            "reserved": format_quantity(item.reserved),
            "archived": False,
        }
    for place in await rows_of(db, Location, guild):
        if place.archived_at is None and not is_virtual(place.id):
            state["locations", str(place.id)] = {
                "name": place.name,
                "path": place.path,
                "kind": place.kind,
                "parent_id": place.parent_id,
                "archived": False,
            }
    for code in await rows_of(db, Barcode, guild):
        state["barcodes", code.code_key] = {
            "code": code.code,
            "item_id": code.item_id,
            "unit": code.unit,
            "quantity": format_quantity(code.quantity),
        }
    for lot in await rows_of(db, Lot, guild):
        state["lots", str(lot.id)] = {
            "item_id": lot.item_id,
            "code": lot.code,
            "expires_on": lot.expires_on and lot.expires_on.isoformat(),
            "state": lot.state,
        }
    for level in await rows_of(db, StockLevel, guild):
        if level.quantity and not is_virtual(level.location_id):
            key = f"{level.item_id}/{level.location_id}/{level.lot_id}"
            state["stock_levels", key] = {
                "item_id": level.item_id,
                "location_id": level.location_id,
                "lot_id": level.lot_id,
                "quantity": format_quantity(level.quantity),
            }
    return state


async def require_same(copy: DeviceCopy) -> None:
    """Check that a copy is what the books are."""
    known = {
        key: {**row, "former_skus": sorted(row["former_skus"])} if key[0] == "items" else row
        for key, row in copy.state.items()
    }
    wanted = await state_of(copy.warehouse)
    differing = {key for key in known | wanted if known.get(key) != wanted.get(key)}
    assert not differing, [(key, known.get(key), wanted.get(key)) for key in differing]
