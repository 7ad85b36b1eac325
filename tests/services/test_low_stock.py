"""Which changes let an item fall to its reorder point, under the guild's lock, on both engines."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from bot.database.models import Item, Location, Outbox
from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.items import AlertAnswered
from bot.domain.lanes import LOW_STOCK
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.rights import Need
from bot.domain.stock import LowStock
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NothingToDo
from bot.jobs.digests import DigestHandler
from bot.services.expiring import ExpireLots, expire_lots
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import EditLocation, edit_location
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.low_stock import (
    AnswerAlert,
    ListLowStock,
    decline_reorder,
    list_low_stock,
    snooze_item,
)
from bot.services.moved import StockMoved, moved_by, with_low_stock
from bot.services.recalls import RecallLot, recall_lot
from bot.services.stock import PutStock, TakeStock, put_stock, take_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, rows_of
from tests.database.clock import Clock

pytestmark = pytest.mark.both_engines

ONE = Decimal(1)


async def watch(warehouse: Warehouse, sku: str, point: int = 5) -> Item:
    """Add an item with a reorder point."""
    item = await warehouse.add_item(sku)
    request = EditItem(item=item.id, reorder_point=TypedQuantity(Decimal(point)))
    await warehouse.run(edit_item, request, warehouse.manager)
    return item


async def take(warehouse: Warehouse, item: Item, quantity: int, shelf: Location) -> StockMoved:
    request = TakeStock(item=item.id, quantity=Decimal(quantity), location=shelf.id)
    return await warehouse.run(take_stock, request)


async def alerts(warehouse: Warehouse) -> list[int]:
    """Return the records that have an alert to be posted."""
    rows = await rows_of(warehouse.db, Outbox, warehouse.guild_id)
    return [row.record for row in rows if row.kind == LOW_STOCK]


async def list_low(warehouse: Warehouse, record: int) -> list[tuple[str, Decimal]]:
    request = ListLowStock(record=record)
    found = await warehouse.db.query(list_low_stock, request, warehouse.manager)
    return [(low.sku, low.left) for low in found]


async def test_the_stock_of_all_locations_counts_and_one_taker_of_many_lets_it_fall(
    warehouse: Warehouse,
) -> None:
    ink, a1 = await watch(warehouse, "INK"), await warehouse.add_shelf("A1")
    b2 = await warehouse.add_shelf("B2")
    await warehouse.put(ink, 5, a1)
    await warehouse.put(ink, 5, b2)
    taken = await asyncio.gather(
        *(take(warehouse, ink, 1, shelf) for shelf in (a1, b2) for _ in range(4))
    )
    (fell,) = (moved for moved in taken if moved.low)
    assert fell.low == (LowStock(ink.id, "INK", ink.name, "pcs", Decimal(5), Decimal(5)),)
    assert await alerts(warehouse) == [fell.record]
    assert await list_low(warehouse, fell.record) == [("INK", Decimal(2))]
    later = max(moved.record for moved in taken)
    assert later == fell.record or await list_low(warehouse, later) == []
    await warehouse.put(ink, 9, a1)
    assert await list_low(warehouse, fell.record) == []


async def test_a_record_of_many_lines_says_which_of_its_items_fell(warehouse: Warehouse) -> None:
    shelf = await warehouse.add_shelf("A1")
    high, low, gone = [await watch(warehouse, sku) for sku in ("HIGH", "LOW", "GONE")]
    free = await warehouse.add_item("FREE")
    for item, quantity in ((high, 90), (low, 4), (gone, 6), (free, 9)):
        await warehouse.put(item, quantity, shelf)
    before = await alerts(warehouse)

    async def empty(uow: UnitOfWork, request: None) -> StockMoved:
        del request
        for item in (high, low, gone, free):
            line = await uow.stock.line(item.id, shelf.id, VirtualLocation.CUSTOMER)
            uow.stock.post(line, Decimal(2))
        record = uow.record("stock.taken", subject_type="item", subject_id=low.id, subject="LOW")
        return await with_low_stock(uow, moved_by(uow, record, "stock.taken"))

    moved = await warehouse.run(Operation("test.empty", empty, Need(("stock.move",))), None)
    assert [(each.sku, each.left) for each in moved.low] == [("GONE", Decimal(4))]
    assert await alerts(warehouse) == [*before, moved.record]
    assert await list_low(warehouse, moved.record) == [("GONE", Decimal(4))]


async def test_answers_to_alerts_are_recorded_and_proved(
    warehouse: Warehouse, clock: Clock
) -> None:
    ink, shelf = await watch(warehouse, "INK"), await warehouse.add_shelf("A1")
    await warehouse.put(ink, 6, shelf)
    fell = (await take(warehouse, ink, 1, shelf)).record
    answer = AnswerAlert(item_id=ink.id, record=fell)
    snoozed = await warehouse.run(snooze_item, answer, warehouse.manager)
    for late in (snooze_item, decline_reorder):
        async with refusal(warehouse.db, AlertAnswered):
            await warehouse.run(late, answer, warehouse.manager)
    assert await list_low(warehouse, fell) == await list_low(warehouse, snoozed.record) == []
    clock.advance(days=7)
    assert await list_low(warehouse, snoozed.record) == [("INK", Decimal(5))]
    reminder = AnswerAlert(item_id=ink.id, record=snoozed.record)
    await warehouse.run(decline_reorder, reminder, warehouse.manager)
    verified = await verify_books(warehouse.db, warehouse.auditor)
    assert verified.findings == ()


async def test_lots_and_locations_that_are_set_aside_let_an_item_fall(
    warehouse: Warehouse, clock: Clock
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot", reorder_point=TypedQuantity(ONE * 5))
    await warehouse.run(add_item, milk, warehouse.manager)
    a1 = await warehouse.add_shelf("A1")
    for lot, expiry in (("L1", None), ("L2", date(2026, 1, 6)), ("L3", None)):
        put = PutStock(item="MILK", quantity=ONE * 4, location="A1", lot=lot, expires_on=expiry)
        await warehouse.run(put_stock, put)
    one = {"item": "MILK", "lot": "L1", "reason": "smell"}
    held = await warehouse.run(hold_lot, HoldLot(**one), warehouse.manager)
    assert (held.low, await alerts(warehouse)) == ((), [])
    clock.advance(days=1)
    with pytest.raises(NothingToDo):
        await warehouse.run(expire_lots, ExpireLots(), warehouse.manager)
    clock.advance(days=1)
    handler = DigestHandler(warehouse.db)
    await handler(warehouse.guild_id)
    await handler(warehouse.guild_id)
    (expired,) = await alerts(warehouse)
    assert await list_low(warehouse, expired) == [("MILK", ONE * 4)]

    await warehouse.run(release_lot, ReleaseLot(**one), warehouse.manager)
    assert await list_low(warehouse, expired) == []
    again = await warehouse.run(recall_lot, RecallLot(**one), warehouse.manager)
    assert [low.left for low in again.low] == [4]
    assert await list_low(warehouse, again.record) == [("MILK", ONE * 4)]
    await warehouse.run(release_lot, ReleaseLot(**one), warehouse.manager)
    penned = EditLocation(location=a1.id, kind="quarantine")
    edited = await warehouse.run(edit_location, penned, warehouse.manager)
    assert await list_low(warehouse, edited.record) == [("MILK", ZERO)]
    assert await alerts(warehouse) == [expired, again.record, edited.record]
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
