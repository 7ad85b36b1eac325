"""Kinds of locations and days of lots in files: requests and alerts follow, and follow the undo."""

from decimal import Decimal

import pytest

from bot.database.models import Outbox
from bot.domain.lanes import LOW_STOCK
from bot.domain.quantities import TypedQuantity
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import EditLocation, edit_location
from bot.services.low_stock import ListLowStock, list_low_stock
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.services.imports.files import import_file
from tests.services.picks import ask, reserved

pytestmark = pytest.mark.both_engines

DATED = "sku,place,quantity,lot,expiry\n{},A1,{},L1,2020-01-01\n"
KIND = "name,kind\nA1,{}\n"
NO_INK = [("INK", Decimal(0))]


async def undo(warehouse: Warehouse, record: int) -> StockMoved:
    request = ReverseRecord(record=record)
    return await warehouse.run(reverse_record, request, warehouse.manager)


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def stock_up(warehouse: Warehouse, sku: str, quantity: int, *, is_watched: bool) -> None:
    """Put so much of a lot, of an item that is reordered at five if it is watched."""
    point = TypedQuantity(Decimal(5)) if is_watched else None
    item = AddItem(sku=sku, name=f"The {sku}", tracking="lot", reorder_point=point)
    await warehouse.run(add_item, item, warehouse.manager)
    put = PutStock(item=sku, quantity=Decimal(quantity), location="A1", lot="L1")
    await warehouse.run(put_stock, put, warehouse.manager)


async def alerts(warehouse: Warehouse) -> dict[int, list[tuple[str, Decimal]]]:
    """Return the records of which an alert is to be posted, and what it shows now."""
    shown = {}
    for row in await rows_of(warehouse.db, Outbox, GUILD):
        if row.kind == LOW_STOCK:
            request = ListLowStock(record=row.record)
            found = await warehouse.db.query(list_low_stock, request, warehouse.manager)
            shown[row.record] = [(low.sku, low.left) for low in found]
    return shown


async def test_a_kind_in_a_file_frees_and_sets_aside_what_is_there(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    pen = EditLocation(location="A1", kind="quarantine")
    await warehouse.run(edit_location, pen, warehouse.manager)
    await stock_up(warehouse, "BOLT-8", 10, is_watched=False)
    await stock_up(warehouse, "INK", 8, is_watched=True)
    await ask(warehouse, "BOLT-8 10")
    assert await reserved(warehouse) == {}
    freed = await import_file(warehouse, KIND.format("storage"), "locations")
    assert await reserved(warehouse) == {"BOLT-8": 10}
    assert freed.low == ()
    undone = await undo(warehouse, freed.record)
    assert await reserved(warehouse) == {}
    assert [(low.sku, low.left) for low in undone.low] == NO_INK
    assert await alerts(warehouse) == {undone.record: NO_INK}
    await require_proven(warehouse)
    await import_file(warehouse, KIND.format("receiving"), "locations")
    assert await reserved(warehouse) == {"BOLT-8": 10}
    penned = await import_file(warehouse, KIND.format("quarantine"), "locations")
    assert await reserved(warehouse) == {}
    assert [low.sku for low in penned.low] == ["INK"]
    assert (await alerts(warehouse))[penned.record] == NO_INK
    undone = await undo(warehouse, penned.record)
    assert await reserved(warehouse) == {"BOLT-8": 10}
    assert undone.low == ()
    await require_proven(warehouse)


async def test_a_day_in_a_file_that_is_over_sets_aside_what_is_there(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    await stock_up(warehouse, "MILK", 10, is_watched=False)
    await stock_up(warehouse, "INK", 8, is_watched=True)
    await ask(warehouse, "MILK 10")
    milk = await import_file(warehouse, DATED.format("MILK", 10), "stock")
    assert (await reserved(warehouse), milk.low) == ({}, ())
    ink = await import_file(warehouse, DATED.format("INK", 9), "stock")
    assert [(low.sku, low.left) for low in ink.low] == NO_INK
    assert await alerts(warehouse) == {ink.record: NO_INK}
    await require_proven(warehouse)
    assert (await undo(warehouse, ink.record)).low == ()
    await undo(warehouse, milk.record)
    assert await reserved(warehouse) == {"MILK": 10}
    await require_proven(warehouse)


async def test_the_undo_of_a_day_and_a_count_frees_no_more_than_there_is(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_shelf()
    await stock_up(warehouse, "MILK", 5, is_watched=False)
    await ask(warehouse, "MILK 10")
    done = await import_file(warehouse, DATED.format("MILK", 10), "stock")
    assert await reserved(warehouse) == {}
    await undo(warehouse, done.record)
    assert await reserved(warehouse) == {"MILK": 5}
    await require_proven(warehouse)


async def test_what_was_below_its_point_did_not_fall_when_a_day_went(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_shelf()
    await stock_up(warehouse, "INK", 4, is_watched=True)
    done = await import_file(warehouse, DATED.format("INK", 9), "stock")
    undone = await undo(warehouse, done.record)
    assert (done.low, undone.low, await alerts(warehouse)) == ((), (), {})


async def test_all_items_at_a_location_follow_its_kind(warehouse: Warehouse) -> None:
    rows = "".join(f"PART-{number},Part,A1,1\n" for number in range(201))
    file = f"sku,name,place,quantity\n{rows}ZINC,Zinc,A1,8\n"
    await import_file(warehouse, file, mode="adding")
    watched = EditItem(item="ZINC", reorder_point=TypedQuantity(Decimal(5)))
    await warehouse.run(edit_item, watched, warehouse.manager)
    await ask(warehouse, "ZINC 2")
    pen = EditLocation(location="A1", kind="quarantine")
    penned = await warehouse.run(edit_location, pen, warehouse.manager)
    assert await reserved(warehouse) == {}
    assert await alerts(warehouse) == {penned.record: [("ZINC", Decimal(0))]}
    free = EditLocation(location="A1", kind="storage")
    await warehouse.run(edit_location, free, warehouse.manager)
    assert await reserved(warehouse) == {"ZINC": 2}
    done = await import_file(warehouse, KIND.format("quarantine"), "locations")
    assert (await reserved(warehouse), [low.sku for low in done.low]) == ({}, ["ZINC"])
    await undo(warehouse, done.record)
    assert await reserved(warehouse) == {"ZINC": 2}
    await require_proven(warehouse)
