"""What the undo of an import must not give back, because of what was done since."""

from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Item, Location, Lot
from bot.domain.imports import ImportNotReversible
from bot.domain.items import ItemInStock, TrackingFixed, UnitFixed, UnitIsOwn
from bot.domain.locations import LocationNotEmpty
from bot.domain.quantities import TypedQuantity
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.counts.starting import StartCount, start_count
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, PutStock, TakeStock, adjust_stock, put_stock, take_stock
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.services.imports.files import import_file
from tests.services.picks import ask


async def undo(warehouse: Warehouse, record: int) -> None:
    await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)
    await require_proven(warehouse)


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def put(warehouse: Warehouse, item: str, quantity: int, location: str, lot: str = "") -> int:
    request = PutStock(item=item, quantity=Decimal(quantity), location=location, lot=lot or None)
    return (await warehouse.run(put_stock, request, warehouse.manager)).record


async def item_of(warehouse: Warehouse, sku: str) -> Any:
    rows = await rows_of(warehouse.db, Item, GUILD)
    return next(row for row in rows if row.sku == sku)


@pytest.mark.both_engines
@pytest.mark.parametrize(("column", "to", "lot"), [("tracking", "lot", "L1"), ("unit", "kg", "")])
async def test_an_item_that_has_moved_since_keeps_its_unit_and_tracking(
    warehouse: Warehouse, column: str, to: str, lot: str
) -> None:
    await warehouse.add_item("PIN-8")
    await warehouse.add_shelf()
    done = await import_file(warehouse, f"sku,name,{column}\nPIN-8,,{to}\n")
    moved = await put(warehouse, "PIN-8", 5, "A1", lot)
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    await undo(warehouse, moved)
    # What went back has moved all the same.
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    assert getattr(await item_of(warehouse, "PIN-8"), column) == to
    await require_proven(warehouse)


async def test_what_an_import_counted_itself_goes_back_with_the_tracking(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("PIN-8")
    await warehouse.add_shelf()
    file = "sku,name,tracking,lot,quantity,place\nPIN-8,,lot,L1,5,A1\n"
    done = await import_file(warehouse, file)
    seen = AdjustStock(item="PIN-8", location="A1", counted=Decimal(5), reason="Seen", lot="L1")
    agreed = await warehouse.run(adjust_stock, seen, warehouse.manager)
    # What was counted since stays there, whatever is undone.
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    await undo(warehouse, agreed.record)
    await undo(warehouse, done.record)
    assert (await item_of(warehouse, "PIN-8")).tracking == "none"


async def test_what_was_merged_into_an_item_since_keeps_its_unit(warehouse: Warehouse) -> None:
    pin, old = await warehouse.add_item("PIN-8"), await warehouse.add_item("OLD-8", unit="kg")
    shelf = await warehouse.add_shelf()
    await warehouse.put(old, 2, shelf)
    taken = TakeStock(item="OLD-8", quantity=Decimal(2), location="A1")
    await warehouse.run(take_stock, taken, warehouse.manager)
    done = await import_file(warehouse, "sku,name,unit\nPIN-8,,kg\n")
    merge = MergeItems(item="OLD-8", into=pin.id)
    merged = await warehouse.run(merge_items, merge, warehouse.manager)
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    await undo(warehouse, merged.record)
    await undo(warehouse, done.record)
    assert (await item_of(warehouse, "PIN-8")).unit == "pcs"


async def test_a_document_under_way_holds_what_an_import_changed(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    await warehouse.add_item("PIN-8")
    jam = AddItem(sku="JAM", name="Jam", tracking="lot")
    await warehouse.run(add_item, jam, warehouse.manager)
    weighed = await import_file(warehouse, "sku,name,unit\nPIN-8,,kg\n")
    untracked = await import_file(warehouse, "sku,name,tracking\nJAM,,none\n")
    await ask(warehouse, "PIN-8 3; JAM 1")
    async with refusal(warehouse.db, UnitFixed) as refused:
        await undo(warehouse, weighed.record)
    assert refused.value.document == "R-1"
    count = StartCount(location="A1", items="JAM")
    await warehouse.run(start_count, count, warehouse.manager)
    async with refusal(warehouse.db, TrackingFixed) as counted:
        await undo(warehouse, untracked.record)
    assert counted.value.document == "C-1"
    await require_proven(warehouse)


async def test_a_request_alone_keeps_no_tracking(warehouse: Warehouse) -> None:
    await warehouse.add_item("PIN-8")
    done = await import_file(warehouse, "sku,name,tracking\nPIN-8,,lot\n")
    await ask(warehouse, "PIN-8 3")
    await undo(warehouse, done.record)
    assert (await item_of(warehouse, "PIN-8")).tracking == "none"


async def test_a_unit_that_is_a_further_one_by_now_is_not_given_back(warehouse: Warehouse) -> None:
    await warehouse.add_item("NUT-8")
    done = await import_file(warehouse, "sku,name,unit\nNUT-8,,kg\n")
    for factor, is_refused in (("0.01", True), ("0", False)):
        pieces = SetUnit(item="NUT-8", unit="pcs", factor=TypedQuantity(Decimal(factor)))
        await warehouse.run(set_unit, pieces, warehouse.manager)
        if is_refused:
            async with refusal(warehouse.db, UnitIsOwn):
                await undo(warehouse, done.record)
    await undo(warehouse, done.record)
    assert (await item_of(warehouse, "NUT-8")).unit == "pcs"


async def test_a_point_goes_back_with_no_target_that_was_set_since(warehouse: Warehouse) -> None:
    request = AddItem(sku="PIN-8", name="Pin", reorder_point=TypedQuantity(Decimal(5)))
    await warehouse.run(add_item, request, warehouse.manager)
    done = await import_file(warehouse, "sku,name,reorder_point\nPIN-8,,2\n")
    target = EditItem(item="PIN-8", reorder_target=TypedQuantity(Decimal(3)))
    await warehouse.run(edit_item, target, warehouse.manager)
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    target = EditItem(item="PIN-8", reorder_target=TypedQuantity(Decimal(9)))
    await warehouse.run(edit_item, target, warehouse.manager)
    await undo(warehouse, done.record)


async def test_a_code_means_no_unit_again_that_is_gone(warehouse: Warehouse) -> None:
    await warehouse.add_item()
    box = SetUnit(item="BOLT-8", unit="box", factor=TypedQuantity(Decimal(50)))
    await warehouse.run(set_unit, box, warehouse.manager)
    code = SetBarcode(item="BOLT-8", code="4002", unit="box")
    await warehouse.run(set_barcode, code, warehouse.manager)
    done = await import_file(warehouse, "sku,name,barcode\nBOLT-8,,4002=1\n")
    none = SetUnit(item="BOLT-8", unit="box", factor=TypedQuantity(Decimal(0)))
    await warehouse.run(set_unit, none, warehouse.manager)
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    await warehouse.run(set_unit, box, warehouse.manager)
    await undo(warehouse, done.record)


@pytest.mark.both_engines
async def test_a_location_with_another_lot_of_an_item_is_not_archived(
    warehouse: Warehouse,
) -> None:
    serum = AddItem(sku="SERUM", name="Serum", tracking="lot")
    await warehouse.run(add_item, serum, warehouse.manager)
    file = "sku,place,quantity,lot\nSERUM,B9,5,L1\n"
    done = await import_file(warehouse, file, "stock", "adding")
    other = await put(warehouse, "SERUM", 4, "B9", "L2")
    async with refusal(warehouse.db, LocationNotEmpty) as refused:
        await undo(warehouse, done.record)
    assert (refused.value.item, refused.value.quantity) == ("SERUM", Decimal(4))
    await undo(warehouse, other)
    await undo(warehouse, done.record)
    places = {row.name: row for row in await rows_of(warehouse.db, Location, GUILD)}
    assert places["B9"].archived_at is not None


async def test_a_location_is_not_archived_whatever_its_stock_is_behind(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("ZINC")
    rows = "".join(f"PART-{number},Part,B9,1\n" for number in range(201))
    done = await import_file(warehouse, f"sku,name,place,quantity\n{rows}", mode="adding")
    await put(warehouse, "ZINC", 4, "B9")
    async with refusal(warehouse.db, LocationNotEmpty) as refused:
        await undo(warehouse, done.record)
    assert refused.value.item == "ZINC"


@pytest.mark.both_engines
async def test_an_item_that_was_restored_is_not_archived_again_with_stock(
    warehouse: Warehouse,
) -> None:
    old = await warehouse.add_item("OLD")
    await warehouse.add_shelf()
    await warehouse.archive(old)
    done = await import_file(warehouse, "sku,place,quantity\nOLD,A1,5\n", "stock")
    since = await put(warehouse, "OLD", 3, "A1")
    async with refusal(warehouse.db, ItemInStock):
        await undo(warehouse, done.record)
    await undo(warehouse, since)
    await undo(warehouse, done.record)
    assert (await item_of(warehouse, "OLD")).archived_at is not None


async def test_stock_keeps_the_day_that_an_import_wrote_in_place_of_another(
    warehouse: Warehouse,
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.manager)
    await warehouse.add_shelf()
    head = "sku,place,quantity,lot,expiry\n"
    first = await import_file(warehouse, f"{head}MILK,A1,5,L1,2031-03-01\n", "stock")
    await undo(warehouse, first.record)
    done = await import_file(warehouse, f"{head}MILK,A1,5,L1,2032-03-01\n", "stock")
    since = await put(warehouse, "MILK", 2, "A1", "L1")
    async with refusal(warehouse.db, ImportNotReversible) as refused:
        await undo(warehouse, done.record)
    assert refused.value.label == "L1"
    await undo(warehouse, since)
    await undo(warehouse, done.record)


@pytest.mark.both_engines
async def test_stock_that_came_since_with_the_day_of_an_import_keeps_it(
    warehouse: Warehouse,
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.manager)
    await warehouse.add_shelf()
    await put(warehouse, "MILK", 5, "A1", "L1")
    file = "sku,place,quantity,lot,expiry\nMILK,A1,5,L1,2031-03-01\n"
    done = await import_file(warehouse, file, "stock")
    since = await put(warehouse, "MILK", 2, "A1", "L1")
    async with refusal(warehouse.db, ImportNotReversible):
        await undo(warehouse, done.record)
    await undo(warehouse, since)
    await undo(warehouse, done.record)
    (lot,) = await rows_of(warehouse.db, Lot, GUILD)
    assert lot.expires_on is None
