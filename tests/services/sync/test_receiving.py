"""Goods that a device receives: as the form of a delivery does, with lots, and dated."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.database.unit import UnitOfWork
from bot.domain.quantities import TypedQuantity
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.items import AddItem, add_item
from bot.services.receiving.awaiting import ListAwaited, list_awaited
from bot.services.stock import AdjustStock, adjust_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
from tests.database.clock import Clock
from tests.services import buying
from tests.services.deliveries import look, send_order
from tests.services.sync.scanner import Scanner


@pytest.mark.both_engines
async def test_goods_are_received_before_what_was_counted_since(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_shelf("Dock")
    milk = AddItem(sku="MILK", name="Milk", unit="pcs", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.admin)
    bolt = await warehouse.add_item()
    await buying.approve(warehouse)
    order_id = await send_order(warehouse, ["MILK 12 1.00", "BOLT-8 20 2.00"])
    (awaited,) = await warehouse.db.query(list_awaited, ListAwaited(), warehouse.employee)
    assert (awaited.label, [int(line.left) for line in awaited.lines]) == ("PO-1", [12, 20])
    early = clock() + timedelta(hours=1)
    clock.advance(hours=2)
    counted = AdjustStock(item="BOLT-8", location="Dock", counted=Decimal(20), reason="Seen")
    await warehouse.run(adjust_stock, counted, warehouse.manager)
    scanner = Scanner(warehouse.db, warehouse.employee)
    here = {"order": "PO-1", "to": "Dock"}
    lot = {"lot": "L7", "expiry": "2026-12-01"}
    pushed = await scanner.send(
        scanner.did("stock_moves", {**here, "item": "MILK", "quantity": 12, **lot}, early),
        scanner.did("stock_moves", {**here, "item": "BOLT-8", "quantity": "20"}, early),
        scanner.did("stock_moves", {**here, "item": "BOLT-8", "quantity": 9}, early),
    )
    assert [each.status for each in pushed.results] == ["applied", "applied", "rejected"]
    assert await warehouse.db.query(list_awaited, ListAwaited(), warehouse.employee) == ()
    assert await look(warehouse, order_id) == ("received", ["12", "20"])
    async with warehouse.db.look_up(warehouse.manager) as books:
        dock = await books.locations.require_reference("Dock")
        found = await books.items.require_reference("MILK")
        assert (await books.lots.require_of(found.id, "L7")).expires_on == date(2026, 12, 1)
    assert await warehouse.level(bolt, dock) == 20
    await require_sound_books(warehouse.db)
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()


async def test_a_device_is_offered_the_newest_orders_however_many_are_awaited(
    warehouse: Warehouse,
) -> None:
    acme = await buying.approve(warehouse)

    async def send_many(uow: UnitOfWork) -> None:
        for _ in range(501):
            made = await uow.orders.open(
                supplier_id=acme, currency="EUR", made_by=1, made_at=uow.now
            )
            await uow.orders.update_by_id(made.id, status="sent")

    await warehouse.change(send_many)
    awaited = await warehouse.db.query(list_awaited, ListAwaited(), warehouse.employee)
    assert (len(awaited), awaited[0].label, awaited[-1].label) == (100, "PO-402", "PO-501")


@pytest.mark.both_engines
async def test_what_a_device_received_is_booked_as_its_fields_say_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_shelf("Dock")
    for sku, unit, tracking in (
        ("MILK", "pcs", "lot"),
        ("OIL", "kg", "lot"),
        ("TAPE", "roll", "lot"),
        ("CAM", "pcs", "serial"),
        ("COLA", "pcs", "none"),
    ):
        item = AddItem(sku=sku, name=sku, unit=unit, tracking=tracking)
        await warehouse.run(add_item, item, warehouse.admin)
    pack = SetBarcode(item="COLA", code="4000000000006", quantity=TypedQuantity(Decimal(6)))
    await warehouse.run(set_barcode, pack, warehouse.admin)
    await buying.approve(warehouse)
    lines = ["MILK 100 1", "OIL 100 1", "TAPE 100 1", "CAM 9 1", "COLA 100 1"]
    order_id = await send_order(warehouse, lines)
    scanner = Scanner(warehouse.db, warehouse.employee)
    for item_named, quantity, lot, expiry, reason in (
        ("MILK", "3", "X12", "2026-12-01", ""),
        ("OIL", "3", "12/24", "2026-12-01", ""),
        ("TAPE", "3", "Roll 12", None, ""),
        ("MILK", "4", "A 1", None, ""),
        ("MILK", "1", "A 1", "2026-12-02", ""),
        ("MILK", "5", "a; 2027-01-01", None, ""),
        ("CAM", "1", "S 3", None, ""),
        ("CAM", "2", "S4 S5", None, "one_of_serial"),
        ("MILK", "2", None, None, "lot_needed"),
        ("COLA", "2", "L1", None, "not_tracked"),
        ("COLA", "0", None, None, "nothing_delivered"),
        ("4000000000006", "2", None, None, ""),
    ):
        data = {"item": item_named, "quantity": quantity, "lot": lot, "expiry": expiry}
        data |= {"order": "PO-1", "to": "Dock"}
        done = await scanner.send_one(scanner.did("stock_moves", data, clock()))
        assert done.reason == reason, data
    assert (await look(warehouse, order_id))[1] == ["13", "3", "3", "1", "12"]
    async with warehouse.db.look_up(warehouse.manager) as books:
        dock = await books.locations.require_reference("Dock")
        levels = await books.stock.levels_at_location(dock.id)
        lots = await books.lots.find_all()
    assert {row.sku: row.quantity for row in levels} == {
        "MILK": 13,
        "OIL": 3,
        "TAPE": 3,
        "CAM": 1,
        "COLA": 12,
    }
    assert {lot.code: lot.expires_on for lot in lots} == {
        "X12": date(2026, 12, 1),
        "12/24": date(2026, 12, 1),
        "Roll 12": None,
        "A 1": date(2026, 12, 2),
        "a; 2027-01-01": None,
        "S 3": None,
    }
    await require_sound_books(warehouse.db)
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
