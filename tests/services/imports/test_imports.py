"""Imports: previewed, applied once as one record, reversed whole."""

import asyncio
from decimal import Decimal
from typing import Any

import orjson
import pytest

from bot.database.engine import DatabaseSettings
from bot.database.models import AuditEvent, Item, Location
from bot.database.service import DatabaseService
from bot.domain.imports import (
    ImportApplied,
    ImportLapsed,
    ImportNotReversible,
    ImportOutdated,
    NamedOtherwise,
    Outcome,
)
from bot.domain.items import ItemInStock, TargetBelowPoint, TrackingFixed
from bot.domain.quantities import TypedQuantity
from bot.errors import InvalidValue, NothingToDo
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, adjust_stock
from bot.services.verification import verify_books
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import FAULTY, PARTS, apply, import_file, preview

STOCK = "sku,place,quantity\nBOLT-8,A1,{}\n"


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def items_of(warehouse: Warehouse) -> dict[str, Any]:
    return {row.sku: row for row in await rows_of(warehouse.db, Item, GUILD)}


@pytest.mark.both_engines
async def test_a_parts_list_is_one_record_with_items_locations_and_moves(
    warehouse: Warehouse,
) -> None:
    previewed = await preview(warehouse, PARTS)
    assert previewed.plan is not None
    assert previewed.plan.counts == {Outcome.WAITING: 4}
    assert previewed.plan.missing == ("Halle 1", "Außenlager")
    done = await apply(warehouse, previewed, "adding")
    assert (done.added, done.locations, done.move_count) == (4, 2, 3)
    items = await items_of(warehouse)
    assert items["MUT-M8"].name == "Mutter M8; selbstsichernd"
    assert items["OEL-5W30"].reorder_point is None
    async with warehouse.db.look_up(warehouse.manager) as books:
        totals = await books.stock.totals([item.id for item in items.values()])
        found = await books.items.search("auße")
    assert totals[items["SHR-M8-40"].id] == Decimal(1250)
    assert totals[items["KAB-NYM"].id] == Decimal("87.5")
    assert [row.sku for row in found] == ["OEL-5W30"]
    await require_proven(warehouse)
    again = await preview(warehouse, PARTS)
    assert again.plan is not None
    assert (again.plan.has_changes, again.plan.counts) == (False, {Outcome.UNCHANGED: 4})
    assert again.applied is not None
    assert again.applied[0] == done.record


async def test_quantities_of_a_file_are_read_as_people_write_them_and_shown_as_they_are(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("BOLT-8")
    for shelf in ("A1", "A2", "A3", "A4"):
        await warehouse.add_shelf(shelf)
    rows = 'A1,3 x 12\nBOLT-8,A2,"1 000 pcs"\nBOLT-8,A3,half a dozen\nBOLT-8,A4,3 x 1/2 crate\n'
    previewed = await preview(warehouse, f"sku,place,quantity\nBOLT-8,{rows}", kind="stock")
    assert previewed.plan is not None
    *counted, refused = previewed.plan.rows
    assert [row.level and row.level.counted for row in counted] == [36, 1000, 6]
    assert [fault.value for fault in refused.faults] == ["3 x 1/2 crate"]


@pytest.mark.both_engines
async def test_an_import_is_taken_back_as_one_record_and_can_be_done_again(
    warehouse: Warehouse,
) -> None:
    bolt = await warehouse.add_item()
    shelf = await warehouse.add_shelf("Halle 1")
    await warehouse.put(bolt, 5, shelf)
    file = PARTS + "BOLT-8;Bolzen;3;pcs;Halle 1;2\r\n".encode("cp1252")
    done = await import_file(warehouse, file, mode="adding")
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=done.record), warehouse.manager
    )
    assert (undone.reverses, undone.line_count) == (done.record, 4)
    items = await items_of(warehouse)
    assert items["SHR-M8-40"].archived_at is not None
    assert (items["BOLT-8"].name, items["BOLT-8"].reorder_point) == ("The BOLT-8", None)
    places = {row.path: row for row in await rows_of(warehouse.db, Location, GUILD)}
    assert places["Außenlager"].archived_at is not None
    assert places["Halle 1"].archived_at is None
    assert await warehouse.level(bolt, shelf) == 5
    await require_proven(warehouse)
    stock = "sku;name;place;quantity\nSHR-M8-40;;Halle 1;7\n"
    again = await import_file(warehouse, stock)
    assert (again.changed, again.move_count) == (1, 1)
    await require_proven(warehouse)


async def test_what_was_imported_and_used_since_is_not_taken_back(warehouse: Warehouse) -> None:
    shelf = await warehouse.add_shelf()
    done = await import_file(warehouse, "sku,name\nNUT-8,Nut\nPIN-8,Pin\n")
    nut = (await items_of(warehouse))["NUT-8"]
    await warehouse.put(nut, 2, shelf)
    with pytest.raises(ItemInStock):
        await warehouse.run(reverse_record, ReverseRecord(record=done.record), warehouse.manager)
    named = await import_file(warehouse, "sku,name\nPIN-8,Long pin\n")
    await warehouse.run(edit_item, EditItem(item="PIN-8", name="Short pin"), warehouse.manager)
    with pytest.raises(ImportNotReversible) as refused:
        await warehouse.run(reverse_record, ReverseRecord(record=named.record), warehouse.manager)
    assert refused.value.label == "PIN-8"
    counted = await import_file(warehouse, "sku,name,place,quantity\nCAP-8,Cap,A1,3\n", "stock")
    seen = AdjustStock(item="CAP-8", location="A1", counted=Decimal(3), reason="Seen")
    await warehouse.run(adjust_stock, seen, warehouse.manager)
    with pytest.raises(ItemInStock):
        await warehouse.run(reverse_record, ReverseRecord(record=counted.record), warehouse.manager)
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_a_preview_is_applied_once_and_only_to_the_books_it_was_based_on(
    warehouse: Warehouse,
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    first = await preview(warehouse, STOCK.format(10), "stock")
    await warehouse.put(bolt, 1, shelf)
    with pytest.raises(ImportOutdated) as refused:
        await apply(warehouse, first)
    assert refused.value.named == ("BOLT-8",)
    second = await preview(warehouse, STOCK.format(10), "stock")
    done = await apply(warehouse, second, key="one")
    assert await apply(warehouse, second, key="one") == done
    with pytest.raises(ImportApplied):
        await apply(warehouse, second)
    assert await warehouse.level(bolt, shelf) == 10
    await require_proven(warehouse)


async def test_a_preview_lapses_after_a_day(warehouse: Warehouse, clock: Clock) -> None:
    previewed = await preview(warehouse, "sku,name\nNUT-8,Nut\n")
    clock.advance(hours=24)
    with pytest.raises(ImportLapsed):
        await apply(warehouse, previewed)


async def test_every_fault_is_named_and_the_good_rows_can_go_alone(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    previewed = await preview(warehouse, FAULTY)
    plan = previewed.plan
    assert plan is not None
    faults = {row.line: [(each.column, each.value) for each in row.faults] for row in plan.rows}
    assert faults == {
        2: [],
        3: [("sku", "")],
        4: [("quantity", "five")],
        5: [("quantity", "-2")],
        6: [("sku", "OK-1")],
        7: [],
        8: [("reorder_point", "x"), ("quantity", "2.12345")],
        9: [],
    }
    assert plan.missing == ("Nowhere",)
    with pytest.raises(NothingToDo):
        await apply(warehouse, previewed)
    done = await apply(warehouse, previewed, "good")
    assert (done.added, done.left_out) == (2, 6)
    assert set(await items_of(warehouse)) == {"OK-1", "OK-6"}
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_what_leads_to_another_item_is_no_new_sku_and_restores_no_merged_one(
    warehouse: Warehouse,
) -> None:
    for sku in ("BOLT-8", "NUT-8", "OLD-8"):
        await warehouse.add_item(sku)
    await warehouse.add_shelf()
    code = SetBarcode(item="BOLT-8", code="4000000000013")
    await warehouse.run(set_barcode, code, warehouse.manager)
    await warehouse.run(edit_item, EditItem(item="OLD-8", sku="NEW-8"), warehouse.manager)
    await warehouse.run(merge_items, MergeItems(item="NUT-8", into="BOLT-8"), warehouse.manager)
    for kind in ("items", "stock"):
        rows = "".join(f"{sku},A,1,A1\n" for sku in ("4000000000013", "OLD-8", "nut-8"))
        plan = (await preview(warehouse, f"sku,name,quantity,place\n{rows}", kind)).plan
        assert plan is not None
        faults = [error for row in plan.rows for error in (each.error for each in row.faults)]
        led = [each.sku for each in faults if isinstance(each, NamedOtherwise)]
        assert led == ["BOLT-8", "NEW-8", "BOLT-8"], kind
        assert not plan.has_changes


async def test_a_lot_of_an_item_that_keeps_none_is_refused_rather_than_lost(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item()
    await warehouse.add_shelf()
    rows = "BOLT-8,A,1,A1,L1,\nNEW-8,B,1,A1,,2031-03-01\nPIN-8,C,1,A1,,\n"
    file = f"sku,name,quantity,place,lot,expiry\n{rows}"
    plan = (await preview(warehouse, file)).plan
    assert plan is not None
    faults = [[each.column for each in row.faults] for row in plan.rows]
    assert faults == [["lot"], ["expiry"], []]


async def test_its_record_says_how_much_it_changed_and_keeps_no_more_than_it_set(
    warehouse: Warehouse,
) -> None:
    done = await import_file(warehouse, PARTS, mode="adding")
    events = await rows_of(warehouse.db, AuditEvent, GUILD)
    detail = orjson.loads(next(e.detail for e in events if e.record == done.record))
    assert detail["after"] == {"kind": "items", "items added": "4", "locations": "2", "moves": "3"}
    assert len(detail["contents"]["items"]) == 4


async def test_locations_are_imported_with_what_they_are_inside_of(warehouse: Warehouse) -> None:
    file = "location,parent,kind\nHall A,,\nRack 1,Hall A,\nBox › 7,Rack 1,quarantine\n"
    done = await import_file(warehouse, file, "locations")
    assert done.locations == 4
    places = {row.path: row.kind for row in await rows_of(warehouse.db, Location, GUILD)}
    assert places["Hall A › Rack 1 › Box › 7"] == "quarantine"
    await require_proven(warehouse)
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=done.record), warehouse.manager
    )
    assert undone.line_count == 0
    await require_proven(warehouse)


@pytest.mark.parametrize("sign", [" > ", "/", "\\", " \u203a "])
async def test_a_path_with_any_sign_is_the_location_that_it_names(
    warehouse: Warehouse, sign: str
) -> None:
    inside = f"Hall 9{sign}Rack"
    file = f"name,parent\nBin 1,{inside}\nHall 9,\nRack,Hall 9\nBin 2,{inside}\n"
    await import_file(warehouse, file, "locations")
    await import_file(warehouse, f"sku,name\nNEW-1,x\nNEW-2,{inside}{sign}Bin 9\n")
    stock = f"sku,quantity,place\nNEW-1,2,{inside}\nNEW-2,3,{inside}{sign}Bin 7\n"
    previewed = await preview(warehouse, stock, "stock")
    assert previewed.plan is not None
    assert previewed.plan.missing == ("Hall 9 › Rack › Bin 7",)
    await apply(warehouse, previewed, "adding")
    again = await preview(warehouse, stock, "stock")
    assert again.plan is not None
    assert not again.plan.has_changes
    shorter = await preview(warehouse, f"sku,quantity,place\nNEW-2,3,Rack{sign}Bin 7\n", "stock")
    assert shorter.plan is not None
    assert sign.strip() == "\u203a" or not shorter.plan.has_changes
    paths = {row.path for row in await rows_of(warehouse.db, Location, GUILD)}
    assert {each for each in paths if "Hall 9" in each or "Rack" in each} == {
        "Hall 9",
        "Hall 9 › Rack",
        *(f"Hall 9 › Rack › Bin {number}" for number in (1, 2, 7)),
    }


async def test_a_sign_in_a_name_of_no_known_location_stays_in_it(warehouse: Warehouse) -> None:
    await import_file(warehouse, "name\nScrews 5/8\n> 5 mm\n", "locations")
    paths = {row.path for row in await rows_of(warehouse.db, Location, GUILD)}
    assert {"Screws 5/8", "> 5 mm"} <= paths


async def test_a_location_that_would_be_inside_itself_is_refused(warehouse: Warehouse) -> None:
    file = "name,parent\nX,X\nY,Z\nZ,Y\nBin,A › 1\nA,A › 1\n"
    plan = (await preview(warehouse, file, "locations")).plan
    assert plan is not None
    refused = [row.line for row in plan.rows if row.faults]
    assert refused == [2, 4]
    assert "X" not in plan.missing


async def test_a_file_that_was_taken_back_can_be_imported_again_with_its_locations(
    warehouse: Warehouse,
) -> None:
    first = await import_file(warehouse, PARTS, mode="adding")
    again = ReverseRecord(record=first.record)
    await warehouse.run(reverse_record, again, warehouse.manager)
    second = await import_file(warehouse, PARTS, mode="adding")
    assert (second.locations, second.move_count) == (2, 3)
    await require_proven(warehouse)
    again = ReverseRecord(record=second.record)
    await warehouse.run(reverse_record, again, warehouse.manager)
    places = await rows_of(warehouse.db, Location, GUILD)
    assert all(row.archived_at for row in places if row.path in {"Halle 1", "Außenlager"})
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_two_processes_apply_a_preview_once(warehouse: Warehouse, database_url: str) -> None:
    previewed = await preview(warehouse, PARTS)
    settings = DatabaseSettings(database_url, data_key=DATA_KEY)
    service = DatabaseService(settings, clock=warehouse.db.clock)
    other = Warehouse(service, GUILD)
    outcomes = await asyncio.gather(
        *(apply(each, previewed, "adding") for each in (warehouse, other)), return_exceptions=True
    )
    await service.close()
    assert sorted(type(each).__name__ for each in outcomes) == ["ImportApplied", "ImportDone"]
    assert len(await items_of(warehouse)) == 4
    await require_proven(warehouse)


async def test_how_items_are_tracked_is_imported_until_they_have_moved(
    warehouse: Warehouse,
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.add_item("PIN-8")
    await warehouse.put(bolt, 1, shelf)
    head = "sku,name,tracking\n"
    plan = (await preview(warehouse, f"{head}BOLT-8,,lot\nBOLT-8,,none\nNUT-8,N,some\n")).plan
    assert plan is not None
    faults = [[type(each.error) for each in row.faults] for row in plan.rows]
    assert faults[0] == [TrackingFixed]
    assert faults[2] == [InvalidValue]
    file = f"{head}SER-8,Serum,Lot\nDRILL-8,Drill,serial\nPIN-8,,lot\n"
    done = await import_file(warehouse, file)
    tracked = {sku: row.tracking for sku, row in (await items_of(warehouse)).items()}
    assert tracked == {"BOLT-8": "none", "PIN-8": "lot", "SER-8": "lot", "DRILL-8": "serial"}
    await require_proven(warehouse)
    await warehouse.run(reverse_record, ReverseRecord(record=done.record), warehouse.manager)
    assert (await items_of(warehouse))["PIN-8"].tracking == "none"
    await require_proven(warehouse)


async def test_units_and_targets_follow_one_rule_in_files_and_commands(
    warehouse: Warehouse,
) -> None:
    low: dict[str, Any] = {
        "reorder_point": TypedQuantity(Decimal(9)),
        "reorder_target": TypedQuantity(Decimal(5)),
    }
    for unit, error in (("box;2", InvalidValue), ("pcs", TargetBelowPoint)):
        added = AddItem(sku="NUT-8", name="Nut", unit=unit, **low)
        async with refusal(warehouse.db, error):
            await warehouse.run(add_item, added, warehouse.manager)
    nut = AddItem(sku="NUT-8", name="Nut", reorder_point=low["reorder_point"])
    await warehouse.run(add_item, nut, warehouse.manager)
    edit = EditItem(item="NUT-8", reorder_target=low["reorder_target"])
    async with refusal(warehouse.db, TargetBelowPoint):
        await warehouse.run(edit_item, edit, warehouse.manager)
    rows = "NUT-8,Nut,,5\nNUT-9,Nut,box;2,5\nNUT-7,Nut,,50\n"
    plan = (await preview(warehouse, f"sku,name,unit,reorder_target\n{rows}", "items")).plan
    assert plan is not None
    faults = [[(each.column, type(each.error)) for each in row.faults] for row in plan.rows]
    assert faults == [[("reorder_target", TargetBelowPoint)], [("unit", InvalidValue)], []]
