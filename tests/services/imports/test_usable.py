"""Kinds of locations and days of lots in files: requests follow, and follow the undo."""

from decimal import Decimal

import pytest

from bot.services.items import AddItem, add_item
from bot.services.locations import EditLocation, edit_location
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
from tests.services.imports.files import import_file
from tests.services.picks import ask, reserved

pytestmark = pytest.mark.both_engines

DATED = "sku,place,quantity,lot,expiry\n{},A1,{},L1,2020-01-01\n"
KIND = "name,kind\nA1,{}\n"


async def undo(warehouse: Warehouse, record: int) -> StockMoved:
    request = ReverseRecord(record=record)
    return await warehouse.run(reverse_record, request, warehouse.manager)


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def stock_up(warehouse: Warehouse, sku: str, quantity: int) -> None:
    """Put so much of a lot."""
    item = AddItem(sku=sku, name=f"The {sku}", tracking="lot")
    await warehouse.run(add_item, item, warehouse.manager)
    put = PutStock(item=sku, quantity=Decimal(quantity), location="A1", lot="L1")
    await warehouse.run(put_stock, put, warehouse.manager)


async def test_a_kind_in_a_file_frees_and_sets_aside_what_is_there(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    pen = EditLocation(location="A1", kind="quarantine")
    await warehouse.run(edit_location, pen, warehouse.manager)
    await stock_up(warehouse, "BOLT-8", 10)
    await ask(warehouse, "BOLT-8 10")
    assert await reserved(warehouse) == {}
    freed = await import_file(warehouse, KIND.format("storage"), "locations")
    assert await reserved(warehouse) == {"BOLT-8": 10}
    await undo(warehouse, freed.record)
    assert await reserved(warehouse) == {}
    await require_proven(warehouse)
    await import_file(warehouse, KIND.format("receiving"), "locations")
    assert await reserved(warehouse) == {"BOLT-8": 10}
    penned = await import_file(warehouse, KIND.format("quarantine"), "locations")
    assert await reserved(warehouse) == {}
    await undo(warehouse, penned.record)
    assert await reserved(warehouse) == {"BOLT-8": 10}
    await require_proven(warehouse)


async def test_a_day_in_a_file_that_is_over_sets_aside_what_is_there(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    await stock_up(warehouse, "MILK", 10)
    await ask(warehouse, "MILK 10")
    milk = await import_file(warehouse, DATED.format("MILK", 10), "stock")
    assert await reserved(warehouse) == {}
    await require_proven(warehouse)
    await undo(warehouse, milk.record)
    assert await reserved(warehouse) == {"MILK": 10}
    await require_proven(warehouse)


async def test_the_undo_of_a_day_and_a_count_frees_no_more_than_there_is(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_shelf()
    await stock_up(warehouse, "MILK", 5)
    await ask(warehouse, "MILK 10")
    done = await import_file(warehouse, DATED.format("MILK", 10), "stock")
    assert await reserved(warehouse) == {}
    await undo(warehouse, done.record)
    assert await reserved(warehouse) == {"MILK": 5}
    await require_proven(warehouse)


async def test_all_items_at_a_location_follow_its_kind(warehouse: Warehouse) -> None:
    rows = "".join(f"PART-{number},Part,A1,1\n" for number in range(201))
    file = f"sku,name,place,quantity\n{rows}ZINC,Zinc,A1,8\n"
    await import_file(warehouse, file, mode="adding")
    await ask(warehouse, "ZINC 2")
    pen = EditLocation(location="A1", kind="quarantine")
    await warehouse.run(edit_location, pen, warehouse.manager)
    assert await reserved(warehouse) == {}
    free = EditLocation(location="A1", kind="storage")
    await warehouse.run(edit_location, free, warehouse.manager)
    assert await reserved(warehouse) == {"ZINC": 2}
    done = await import_file(warehouse, KIND.format("quarantine"), "locations")
    assert await reserved(warehouse) == {}
    await undo(warehouse, done.record)
    assert await reserved(warehouse) == {"ZINC": 2}
    await require_proven(warehouse)
