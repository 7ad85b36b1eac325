"""Pulling: pages of everything at first, then what changed, each row once and none missed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.quantities import read_factor
from bot.domain.sync import RETENTION
from bot.errors import NotAllowed
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import EditItem, edit_item
from bot.services.locations import AddLocation, RenameLocation, add_location, rename_location
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import MoveStock, PutStock, move_stock, put_stock
from bot.services.sync.pulling import PullChanges, pull_changes
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.sync.copies import DeviceCopy, require_ordered, require_same


@pytest.fixture
async def stocked(warehouse: Warehouse) -> Warehouse:
    """Three items in two locations."""
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)
    for sku in ("X-1", "X-2", "X-3"):
        await warehouse.add_item(sku)
        await put(warehouse, sku, 5)
    return warehouse


async def put(warehouse: Warehouse, sku: str, quantity: int, location: str = "A1") -> None:
    request = PutStock(item=sku, quantity=Decimal(quantity), location=location)
    await warehouse.run(put_stock, request, warehouse.manager)


async def edit(warehouse: Warehouse, item: str, **fields: Any) -> None:
    await warehouse.run(edit_item, EditItem(item=item, **fields), warehouse.admin)


@pytest.mark.both_engines
@pytest.mark.parametrize("limit", [1, 5000])
async def test_a_first_copy_in_pages_of_any_size_is_what_the_books_are(
    stocked: Warehouse, limit: int
) -> None:
    copy = DeviceCopy(stocked, limit=limit)
    changes = await copy.follow()
    assert [each.operation for each in changes] == ["INSERT"] * 8
    assert copy.resets == 1
    await require_same(copy)
    assert (await copy.pull()).changes == []


async def test_what_changes_during_a_first_copy_follows_it(stocked: Warehouse) -> None:
    copy = DeviceCopy(stocked, limit=1)
    await copy.pull()
    await put(stocked, "X-1", 2)
    await edit(stocked, "X-1", name="Behind the copy")
    await stocked.add_item("A-0")
    await copy.follow()
    await require_same(copy)


@pytest.mark.both_engines
@pytest.mark.parametrize("limit", [2, 5000])
async def test_each_row_comes_once_at_its_latest_record(stocked: Warehouse, limit: int) -> None:
    copy = DeviceCopy(stocked, limit=limit)
    await copy.follow()
    await put(stocked, "X-1", 1)
    await edit(stocked, "X-2", name="Two")
    await put(stocked, "X-1", 1)
    await put(stocked, "X-3", 1, "B2")
    await edit(stocked, "X-2", name="Second")
    await stocked.run(
        move_stock,
        MoveStock(item="X-1", quantity=Decimal(7), source="A1", target="B2"),
        stocked.manager,
    )
    changes = await copy.follow()
    require_ordered(changes)
    assert [(each.table, each.operation) for each in changes] == [
        ("stock_levels", "UPDATE"),
        ("items", "UPDATE"),
        ("stock_levels", "DELETE"),
        ("stock_levels", "UPDATE"),
    ]
    await require_same(copy)


@pytest.mark.both_engines
async def test_units_merges_and_given_up_skus_are_changes_of_the_item(
    stocked: Warehouse,
) -> None:
    copy = DeviceCopy(stocked, limit=2)
    await copy.follow()
    admin = stocked.admin
    await stocked.run(set_unit, SetUnit(item="X-1", unit="box", factor=read_factor("6")), admin)
    changes = await copy.follow()
    assert [(each.table, each.data and each.data["units"]) for each in changes] == [
        ("items", [{"unit": "box", "factor": "6"}])
    ]
    await stocked.run(set_barcode, SetBarcode(item="X-1", code="400", unit="box"), admin)
    await stocked.run(merge_items, MergeItems(item="X-1", into="X-2"), admin)
    await copy.follow()
    await require_same(copy)
    await stocked.run(merge_items, MergeItems(item="X-2", into="X-3"), admin)
    await copy.follow()
    await require_same(copy)
    await stocked.run(reverse_record, ReverseRecord(), admin)
    await copy.follow()
    await require_same(copy)
    # A SKU that leads to another item by now no longer leads to the first.
    await edit(stocked, "X-2", sku="Y-2")
    await edit(stocked, "X-3", sku="X-2")
    await copy.follow()
    await edit(stocked, "X-2", sku="Y-3")
    changes = await copy.follow()
    assert {each.table for each in changes} == {"items"}
    await require_same(copy)


@pytest.mark.both_engines
async def test_deleted_and_archived_rows_are_deleted_and_come_back(stocked: Warehouse) -> None:
    copy = DeviceCopy(stocked)
    admin = stocked.admin
    await stocked.run(add_location, AddLocation(name="In", parent="B2"), admin)
    await stocked.run(set_barcode, SetBarcode(item="X-1", code="4/0"), admin)
    await copy.follow()
    await stocked.run(set_barcode, SetBarcode(item="X-1", code="4/0"), admin)
    await stocked.run(rename_location, RenameLocation(location="B2", name="B3"), admin)
    changes = await copy.follow()
    gone, *renamed = changes
    assert (gone.operation, gone.id, gone.data) == ("DELETE", "4/0", None)
    assert [each.data and each.data["path"] for each in renamed] == ["B3", "B3 \u203a In"]
    await stocked.run(set_barcode, SetBarcode(item="X-1", code="4/0"), admin)
    assert [each.operation for each in await copy.follow()] == ["UPDATE"]
    await require_same(copy)


@pytest.mark.both_engines
async def test_a_record_is_never_cut_in_two(stocked: Warehouse) -> None:
    copy = DeviceCopy(stocked, limit=2)
    await copy.follow()
    for n in range(4):
        await stocked.run(add_location, AddLocation(name=f"In {n}", parent="B2"), stocked.admin)
    await copy.follow()
    request = RenameLocation(location="B2", name="B3")
    await stocked.run(rename_location, request, stocked.admin)
    page = await copy.pull()
    assert len(page.changes) == 5
    assert not page.has_more


async def test_a_cursor_of_other_books_or_of_none_begins_from_the_start(
    stocked: Warehouse,
) -> None:
    zeros, copy = "0" * 16, DeviceCopy(stocked)
    last = (await copy.pull()).cursor.split(".")[1]
    for cursor in (
        f"r.{last}.{zeros}",
        f"r.3.{zeros}",
        f"r.999.{zeros}",
        f"r.{'9' * 40}.{zeros}",
        f"s.3.{zeros}.items.",
        "r.-1.x",
        "\x00",
        "s",
        "\ud800",
        "x" * 100_000,
    ):
        copy.cursor = cursor
        assert (await copy.pull()).reset, cursor
    await require_same(copy)


async def test_a_cursor_with_the_key_of_no_row_begins_from_the_start(stocked: Warehouse) -> None:
    copy = DeviceCopy(stocked, limit=1)
    begun = (await copy.pull()).cursor
    start = begun.rpartition(".items.")[0]
    for rest in ("items.eA", "barcodes.AA", "stock_levels.MQ", "lots.!", "people.MQ", "items"):
        copy.cursor = f"{start}.{rest}"
        assert (await copy.pull()).reset, rest


async def test_a_cursor_is_good_for_ninety_days_of_changes(
    stocked: Warehouse, clock: Clock
) -> None:
    copy = DeviceCopy(stocked)
    await copy.follow()
    clock.advance(days=RETENTION.days + 1)
    assert not (await copy.pull()).reset  # nothing changed
    await put(stocked, "X-1", 1)
    assert (await copy.pull()).reset
    clock.advance(days=RETENTION.days - 1)
    await put(stocked, "X-1", 1)
    assert not (await copy.pull()).reset
    await require_same(copy)


async def test_a_time_instead_of_a_cursor_overlaps_and_misses_nothing(
    stocked: Warehouse, clock: Clock
) -> None:
    copy = DeviceCopy(stocked)
    page = await copy.pull()
    clock.advance(hours=1)
    await put(stocked, "X-1", 1)
    copy.cursor, copy.since = None, page.last_sync_timestamp
    page = await copy.pull()
    assert not page.reset
    await require_same(copy)
    last = await copy.pull()
    assert last.last_sync_timestamp == page.last_sync_timestamp == page.changes[-1].timestamp
    copy.cursor, copy.since = None, clock() - RETENTION - timedelta(seconds=1)
    assert (await copy.pull()).reset
    copy.cursor, copy.since = None, clock() + timedelta(days=400)
    assert not (await copy.pull()).reset
    copy.limit, copy.cursor, copy.since = 1, None, None
    copy.since = (await copy.pull()).last_sync_timestamp
    copy.cursor = None
    assert (await copy.pull()).reset  # a copy that was not complete


async def test_pulling_takes_the_rights_to_see(stocked: Warehouse) -> None:
    with pytest.raises(NotAllowed):
        await stocked.db.query(pull_changes, PullChanges(), stocked.stranger)
