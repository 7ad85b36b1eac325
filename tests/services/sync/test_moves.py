"""Moves of devices: done as in Discord, once, at the time when they happened."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.database.models import DatedMove, SyncOperation
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
