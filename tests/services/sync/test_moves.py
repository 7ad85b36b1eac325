"""Moves of devices: done as in Discord, once, at the time when they happened."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.database.models import DatedMove, StockLevel, SyncOperation
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.services.items import AddItem, add_item
from bot.services.stock import AdjustStock, adjust_stock
from tests.database.books import Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.sync.scanner import Scanner

HOUR = timedelta(hours=1)


@pytest.mark.both_engines
async def test_moves_are_done_once_and_known_for_ever(warehouse: Warehouse, clock: Clock) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    other = await warehouse.add_shelf("A2")
    scanner = Scanner(warehouse.db, warehouse.employee)
    at = clock()
    done = [
        scanner.did("stock_moves", {"item": "BOLT-8", "quantity": "5", "to": "A1"}, at),
        scanner.did("stock_moves", {"item": bolt.id, "quantity": 2, "from": "A1", "to": "A2"}, at),
        scanner.did("stock_moves", {"item": "bolt-8", "quantity": 1.0, "from": shelf.id}, at),
    ]
    first = await scanner.send(*reversed(done))
    again = await scanner.send(*done, done[0])
    assert [each.status for each in first.results] == ["applied"] * 3
    assert [each.id for each in first.results] == [each.id for each in done]
    assert [each.status for each in again.results] == ["duplicate"] * 4
    records = [each.record for each in first.results]
    assert [each.record for each in again.results] == [records[0], *records]
    assert await warehouse.level(bolt, shelf) == 2
    assert await warehouse.level(bolt, other) == 2
    assert len(await rows_of(warehouse.db, SyncOperation, warehouse.guild_id)) == 3
    assert len(await rows_of(warehouse.db, DatedMove, warehouse.guild_id)) == 3


@pytest.mark.both_engines
async def test_a_late_move_leaves_what_was_counted_since(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(bolt, 10, shelf)
    early = clock() + HOUR
    clock.advance(hours=2)
    wanted = AdjustStock(item=bolt.id, location=shelf.id, counted=Decimal(3), reason="Counted")
    await warehouse.run(adjust_stock, wanted, warehouse.manager)
    clock.advance(hours=1)
    scanner = Scanner(warehouse.db, warehouse.employee)
    taken = scanner.did("stock_moves", {"item": bolt.id, "quantity": 7, "from": shelf.id}, early)
    assert (await scanner.send_one(taken)).status == "applied"
    assert await warehouse.level(bolt, shelf) == 3
    await require_sound_books(warehouse.db)


async def test_a_serial_number_that_was_counted_is_not_moved_to_a_second_location(
    warehouse: Warehouse, clock: Clock
) -> None:
    pump = AddItem(sku="PUMP", name="Pump", unit="pcs", tracking="serial")
    await warehouse.run(add_item, pump, warehouse.admin)
    for shelf in ("A1", "A2"):
        await warehouse.add_shelf(shelf)
    scanner = Scanner(warehouse.db, warehouse.manager)
    one = {"item": "PUMP", "lot": "S1", "quantity": 1}
    early, noon = clock() + HOUR, clock() + 2 * HOUR
    put = scanner.did("stock_moves", {**one, "to": "A1"}, clock())
    clock.advance(hours=3)
    seen = {"item": "PUMP", "lot": "S1", "location": "A1", "counted": 1}
    counted = scanner.did("stock_counts", seen, noon)
    moved = scanner.did("stock_moves", {**one, "from": "A1", "to": "A2"}, early)
    taken = scanner.did("stock_moves", {**one, "from": "A1"}, early)
    pushed = await scanner.send(put, counted, moved, taken)
    assert [each.reason for each in pushed.results] == ["", "", "serial_in_stock", ""]
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
async def test_a_lot_that_was_good_when_it_was_taken_is_taken(
    warehouse: Warehouse, clock: Clock
) -> None:
    milk = AddItem(sku="MILK", name="Milk", unit="pcs", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.admin)
    await warehouse.add_shelf()
    scanner = Scanner(warehouse.db, warehouse.employee)
    days = [(clock() + timedelta(days=n)).date().isoformat() for n in (1, 9)]
    early = clock() + HOUR
    puts = [
        scanner.did(
            "stock_moves",
            {"item": "MILK", "quantity": 5, "to": "A1", "lot": f"L{n}", "expiry": day},
            clock(),
        )
        for n, day in enumerate(days)
    ]
    await scanner.send(*puts)
    clock.advance(days=3)
    take = {"item": "MILK", "quantity": 3, "from": "A1"}
    pushed = await scanner.send(
        scanner.did("stock_moves", take, early),
        scanner.did("stock_moves", {**take, "lot": "L0", "quantity": 1}, early),
        scanner.did("stock_moves", {**take, "lot": "L0", "quantity": 1}, clock()),
    )
    assert [each.reason for each in pushed.results] == ["", "", "lot_set_aside"]
    levels = [
        row.quantity
        for row in await rows_of(warehouse.db, StockLevel, warehouse.guild_id)
        if row.location_id > LAST_VIRTUAL_ID
    ]
    assert sorted(levels) == [1, 5]
    await require_sound_books(warehouse.db)
