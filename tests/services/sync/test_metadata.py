"""Items, locations and barcodes that devices change: by field, the last write wins."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.items import MergedAway
from bot.domain.quantities import TypedQuantity
from bot.domain.sync_refusals import ChangedSince
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.items import EditItem, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from tests.database.books import Warehouse, require_sound_books
from tests.database.clock import Clock
from tests.services.imports.files import import_file
from tests.services.sync.scanner import Scanner

HOUR = timedelta(hours=1)


@pytest.mark.both_engines
async def test_of_each_field_the_last_write_wins(warehouse: Warehouse, clock: Clock) -> None:
    bolt = await warehouse.add_item()
    early = clock() + HOUR
    clock.advance(hours=2)
    edited = await warehouse.run(
        edit_item, EditItem(item=bolt.id, name="Hex bolt"), warehouse.admin
    )
    clock.advance(hours=1)
    scanner = Scanner(warehouse.db, warehouse.manager)
    wanted = {"id": str(bolt.id), "name": "Old bolt", "reorder_point": "5"}
    pushed = await scanner.send(scanner.did("items", wanted, early, "UPDATE"))
    assert pushed.results[0].status == "applied"
    (conflict,) = pushed.conflicts
    assert isinstance(conflict.error, ChangedSince)
    assert (conflict.error.fields, conflict.error.record) == (("name",), edited.record)
    assert conflict.server_record is not None
    assert conflict.server_record["name"] == "Hex bolt"
    assert conflict.server_record["reorder_point"] == "5"
    # All that it says was changed later.
    lost = await scanner.send(
        scanner.did("items", {"id": bolt.id, "name": "Old bolt"}, early, "UPDATE")
    )
    assert (lost.results[0].status, lost.results[0].reason) == ("rejected", "changed_since")
    version = (lost.conflicts[0].server_record or {})["version"]
    # What saw the row as it is knows better.
    known = scanner.did(
        "items", {"id": bolt.id, "name": "Old bolt"}, early, "UPDATE", base_version=version
    )
    assert (await scanner.send_one(known)).status == "applied"
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
async def test_rows_are_added_archived_and_restored(warehouse: Warehouse, clock: Clock) -> None:
    scanner = Scanner(warehouse.db, warehouse.manager)
    now = clock()
    item = {"sku": "NUT-8", "name": "Nut", "unit": "pcs", "reorder_point": 3, "barcode": "4001"}
    pushed = await scanner.send(
        scanner.did("items", item, now),
        scanner.did("items", item, now),
        scanner.did("locations", {"name": "B1"}, now),
        scanner.did("locations", {"name": "B1-1", "parent": "B1", "kind": "quarantine"}, now),
        scanner.did("barcodes", {"code": "4002", "item": "NUT-8", "quantity": "10"}, now),
        scanner.did("barcodes", {"code": "4002", "item": "NUT-8", "quantity": "10"}, now),
        scanner.did("barcodes", {"code": "4002", "quantity": "12"}, now, "UPDATE"),
        scanner.did("barcodes", {"code": "4001"}, now, "DELETE"),
    )
    assert [(each.status, each.reason) for each in pushed.results] == [
        ("applied", ""),
        ("rejected", "already_exists"),
        ("applied", ""),
        ("applied", ""),
        ("applied", ""),
        ("rejected", "already_exists"),
        ("applied", ""),
        ("applied", ""),
    ]
    taken, code = (conflict.server_record or {} for conflict in pushed.conflicts)
    assert (taken["sku"], code["code"], code["quantity"]) == ("NUT-8", "4002", "10")
    row = {"id": taken["id"]}
    clock.advance(minutes=1)
    archived = await scanner.send(
        scanner.did("items", row, clock(), "DELETE"),
        scanner.did("items", {**row, "archived": False}, clock(), "UPDATE"),
    )
    assert [each.status for each in archived.results] == ["applied", "applied"]
    await require_sound_books(warehouse.db)


async def test_only_who_may_manage_items_changes_them(warehouse: Warehouse, clock: Clock) -> None:
    bolt = await warehouse.add_item()
    scanner = Scanner(warehouse.db, warehouse.employee)
    edit = scanner.did("items", {"id": bolt.id, "name": "Mine"}, clock(), "UPDATE")
    result = await scanner.send_one(edit)
    assert (result.status, result.reason) == ("rejected", "not_allowed")
    manager = Scanner(warehouse.db, warehouse.manager)
    moved = manager.did("stock_moves", {"item": "BOLT-8", "quantity": 1, "to": "A1"}, clock())
    await warehouse.add_shelf()
    pushed = await manager.send(moved, edit, moved, may_only_floor=True)
    assert [(each.status, each.reason) for each in pushed.results] == [
        ("applied", ""),
        ("held", "rights_unknown"),
        ("duplicate", ""),
    ]


@pytest.mark.both_engines
async def test_what_an_import_says_of_a_code_is_a_write_like_any_other(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_item()
    known = SetBarcode(item="BOLT-8", code="4001", quantity=TypedQuantity(Decimal(10)))
    await warehouse.run(set_barcode, known, warehouse.admin)
    early = clock() + HOUR
    clock.advance(hours=2)
    done = await import_file(warehouse, "sku,name,barcode\nBOLT-8,,4001=12\n")
    late = clock() + HOUR
    clock.advance(hours=2)
    scanner = Scanner(warehouse.db, warehouse.manager)
    wanted = {"code": "4001", "quantity": "6"}
    lost = await scanner.send(scanner.did("barcodes", wanted, early, "UPDATE"))
    assert (lost.results[0].status, lost.results[0].reason) == ("rejected", "changed_since")
    row = lost.conflicts[0].server_record or {}
    assert row["quantity"] == "12"
    undone = ReverseRecord(record=done.record)
    await warehouse.run(reverse_record, undone, warehouse.manager)
    lost = await scanner.send(scanner.did("barcodes", wanted, late, "UPDATE"))
    assert (lost.results[0].status, lost.results[0].reason) == ("rejected", "changed_since")
    assert (lost.conflicts[0].server_record or {})["quantity"] == "10"
    assert (await scanner.send_one(scanner.did("barcodes", wanted, clock(), "UPDATE"))).record
    await require_sound_books(warehouse.db)


async def test_an_item_that_was_merged_away_is_not_changed_as_the_other(
    warehouse: Warehouse, clock: Clock
) -> None:
    tee = await warehouse.add_item("TEE")
    await warehouse.add_item("TEA")
    early = clock() + HOUR
    clock.advance(hours=2)
    await warehouse.run(merge_items, MergeItems(item="TEE", into="TEA"), warehouse.admin)
    scanner = Scanner(warehouse.db, warehouse.manager)
    row = {"id": tee.id}
    pushed = await scanner.send(
        scanner.did("items", {**row, "sku": "TEE-2", "reorder_point": "5"}, early, "UPDATE"),
        scanner.did("items", row, early, "DELETE"),
        scanner.did("items", {**row, "archived": False}, early, "UPDATE"),
    )
    assert [each.reason for each in pushed.results] == ["merged_away"] * 3
    errors = [conflict.error for conflict in pushed.conflicts]
    assert all(isinstance(each, MergedAway) and each.into == "TEA" for each in errors)
    async with warehouse.db.look_up(warehouse.manager) as books:
        tea = await books.items.require_reference("TEA")
    assert (tea.sku, tea.reorder_point, tea.archived_at) == ("TEA", None, None)
    await require_sound_books(warehouse.db)


async def test_a_unit_that_is_a_number_is_never_left_out_of_what_a_code_means(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_item()
    scanner = Scanner(warehouse.db, warehouse.manager)
    for unit in ("x 6", "1/2", "000 pcs", "box;"):
        code = {"code": "4005", "item": "BOLT-8", "unit": unit}
        result = await scanner.send_one(scanner.did("barcodes", code, clock()))
        assert (result.status, result.reason) == ("rejected", "invalid_data"), unit
    await require_sound_books(warehouse.db)
