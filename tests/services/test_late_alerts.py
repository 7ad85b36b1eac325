"""Alerts that waited for their channel: of what a record let fall, whatever happened since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Item, Location, Outbox
from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.lanes import ALERTS_LANE, LOW_STOCK
from bot.domain.quantities import TypedQuantity
from bot.domain.rights import Need
from bot.domain.virtual_locations import VirtualLocation
from bot.jobs.digests import DigestHandler
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import EditLocation, edit_location
from bot.services.low_stock import (
    AnswerAlert,
    ListLowStock,
    decline_reorder,
    list_low_stock,
    snooze_item,
)
from bot.services.merging import MergeItems, merge_items
from bot.services.requests.making import EditLines, RequestMade, edit_lines
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, TakeStock, put_stock, take_stock
from tests.database.books import Warehouse, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import import_file
from tests.services.picks import ask, pick, request_of

pytestmark = pytest.mark.both_engines


async def watch(warehouse: Warehouse, sku: str, quantity: int, shelf: Location) -> Item:
    """Add an item with a reorder point of 5, and so much of it."""
    item = await warehouse.add_item(sku)
    request = EditItem(item=item.id, reorder_point=TypedQuantity(Decimal(5)))
    await warehouse.run(edit_item, request, warehouse.manager)
    await warehouse.put(item, quantity, shelf)
    return item


async def take(warehouse: Warehouse, item: Item, quantity: int, location: str = "A1") -> int:
    request = TakeStock(item=item.id, quantity=Decimal(quantity), location=location)
    return (await warehouse.run(take_stock, request)).record


async def edit(warehouse: Warehouse, made: RequestMade, lines: str) -> RequestMade:
    version = (await request_of(warehouse, made.request_id)).version
    request = EditLines(request_id=made.request_id, version=version, lines=lines)
    return await warehouse.run(edit_lines, request)


async def list_waiting(warehouse: Warehouse) -> list[tuple[int, str, int]]:
    """Return what would be posted now: record, SKU, and how much is left."""
    rows = await rows_of(warehouse.db, Outbox, warehouse.guild_id)
    return [
        (record, low.sku, int(low.left))
        for record in sorted(row.record for row in rows if row.kind == LOW_STOCK)
        for low in await warehouse.db.query(
            list_low_stock, ListLowStock(record=record), warehouse.manager
        )
    ]


async def test_what_was_reserved_or_picked_since_keeps_no_alert_back(warehouse: Warehouse) -> None:
    a1 = await warehouse.add_shelf()
    ink = await watch(warehouse, "INK", 8, a1)
    fell = await take(warehouse, ink, 4)
    await ask(warehouse, "INK 4")
    assert await list_waiting(warehouse) == [(fell, "INK", 0)]

    glue = await watch(warehouse, "GLUE", 12, a1)
    made = await ask(warehouse, "GLUE 4")
    taken = await take(warehouse, glue, 4)
    await pick(warehouse, made.request_id)
    assert await list_waiting(warehouse) == [(fell, "INK", 0), (taken, "GLUE", 4)]


async def test_a_request_that_is_changed_alerts_of_what_fell_by_that_alone(
    warehouse: Warehouse,
) -> None:
    a1 = await warehouse.add_shelf()
    await watch(warehouse, "INK", 7, a1)
    await watch(warehouse, "GLUE", 8, a1)
    made = await ask(warehouse, "INK 4; GLUE 2")
    assert await list_waiting(warehouse) == [(made.record, "INK", 3)]
    edited = await edit(warehouse, made, "INK 6; GLUE 4")
    assert [low.sku for low in edited.low] == ["GLUE"]
    assert await list_waiting(warehouse) == [(made.record, "INK", 1), (edited.record, "GLUE", 4)]
    less = await edit(warehouse, edited, "INK 5; GLUE 5")
    assert less.low == ()
    assert await list_waiting(warehouse) == [(made.record, "INK", 2), (edited.record, "GLUE", 3)]


async def test_what_rose_and_fell_again_before_it_was_posted_is_alerted_once(
    warehouse: Warehouse,
) -> None:
    ink = await watch(warehouse, "INK", 8, a1 := await warehouse.add_shelf())
    glue = await watch(warehouse, "GLUE", 8, a1)
    first = await take(warehouse, ink, 3)
    other = await take(warehouse, glue, 3)
    await warehouse.put(ink, 3, a1)
    assert await list_waiting(warehouse) == [(other, "GLUE", 5)]
    again = await take(warehouse, ink, 3)
    assert await list_waiting(warehouse) == [(other, "GLUE", 5), (again, "INK", 5)]
    answer = AnswerAlert(item_id=ink.id, record=again)
    await warehouse.run(decline_reorder, answer, warehouse.manager)
    assert await list_waiting(warehouse) == [(other, "GLUE", 5)], "what was answered was posted"
    assert first < other


async def test_a_pick_that_comes_back_into_a_quarantine_lets_an_item_fall(
    warehouse: Warehouse,
) -> None:
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    ink = await watch(warehouse, "INK", 4, a1)
    made = await ask(warehouse, "INK 4")
    picked = await pick(warehouse, made.request_id)
    await warehouse.put(ink, 8, b2)
    pen = EditLocation(location=a1.id, kind="quarantine")
    await warehouse.run(edit_location, pen, warehouse.manager)
    undo = ReverseRecord(record=picked.record)
    undone = await warehouse.run(reverse_record, undo, warehouse.manager)
    assert [(low.sku, low.left) for low in undone.low] == [("INK", Decimal(4))]
    assert (await list_waiting(warehouse))[-1] == (undone.record, "INK", 4)


async def test_a_last_day_that_is_over_lets_an_item_fall_when_it_is_written_on_its_lot(
    warehouse: Warehouse,
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot", reorder_point=TypedQuantity(Decimal(5)))
    await warehouse.run(add_item, milk, warehouse.manager)
    await warehouse.add_shelf()
    put: dict[str, Any] = {"item": "MILK", "location": "A1", "lot": "L1"}
    await warehouse.run(put_stock, PutStock(quantity=Decimal(8), **put))
    over = PutStock(quantity=Decimal(1), expires_on=date(2020, 1, 1), **put)
    dated = await warehouse.run(put_stock, over)
    assert [(low.sku, low.left) for low in dated.low] == [("MILK", Decimal(0))]
    assert await list_waiting(warehouse) == [(dated.record, "MILK", 0)]


async def test_an_import_alerts_of_what_it_counts_away_and_what_it_puts_into_a_quarantine(
    warehouse: Warehouse,
) -> None:
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    ink = await watch(warehouse, "INK", 8, a1)
    await watch(warehouse, "GLUE", 8, b2)
    counted = await import_file(warehouse, "sku,quantity,place\nINK,3,A1\n", "stock")
    closed = await import_file(warehouse, "location,kind\nB2,quarantine\n", "locations")
    assert [low.sku for low in counted.low] == ["INK"]
    assert [low.sku for low in closed.low] == ["GLUE"]
    waiting = [(counted.record, "INK", 3), (closed.record, "GLUE", 0)]
    assert await list_waiting(warehouse) == waiting

    opened = await import_file(warehouse, "location,kind\nB2,storage\n", "locations")
    await warehouse.put(ink, 5, a1)
    assert await list_waiting(warehouse) == []
    undo = ReverseRecord(record=opened.record)
    undone = await warehouse.run(reverse_record, undo, warehouse.manager)
    assert await list_waiting(warehouse) == [(undone.record, "GLUE", 0)]


async def test_what_fell_since_the_day_began_does_not_fall_again_when_its_lots_are_looked_at(
    warehouse: Warehouse, clock: Clock
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot", reorder_point=TypedQuantity(Decimal(5)))
    await warehouse.run(add_item, milk, warehouse.manager)
    await warehouse.add_shelf()
    put: dict[str, Any] = {"item": "MILK", "location": "A1"}
    await warehouse.run(put_stock, PutStock(quantity=Decimal(6), lot="L1", **put))
    today = clock().date()
    over = PutStock(quantity=Decimal(3), lot="L2", expires_on=today, **put)
    await warehouse.run(put_stock, over)
    clock.advance(days=1)
    taken = await warehouse.run(take_stock, TakeStock(quantity=Decimal(1), **put))
    assert [(low.sku, low.left) for low in taken.low] == [("MILK", Decimal(5))]
    await DigestHandler(warehouse.db)(warehouse.guild_id)
    assert await list_waiting(warehouse) == [(taken.record, "MILK", 5)]


async def test_what_was_snoozed_after_it_fell_is_alerted_when_that_is_over_alone(
    warehouse: Warehouse, clock: Clock
) -> None:
    ink = await watch(warehouse, "INK", 8, a1 := await warehouse.add_shelf())
    first = await take(warehouse, ink, 3)
    await warehouse.put(ink, 3, a1)
    clock.advance(hours=1)
    again = await take(warehouse, ink, 3)
    clock.advance(hours=1)
    answer = AnswerAlert(item_id=ink.id, record=first)
    snoozed = await warehouse.run(snooze_item, answer, warehouse.manager)
    assert await list_waiting(warehouse) == []
    clock.advance(days=7)
    assert again < snoozed.record
    assert await list_waiting(warehouse) == [(snoozed.record, "INK", 5)]


async def test_a_merge_alerts_of_none_and_its_undo_of_what_falls_by_it(
    warehouse: Warehouse,
) -> None:
    a1 = await warehouse.add_shelf()
    await watch(warehouse, "INK", 8, a1)
    await watch(warehouse, "GLUE", 2, a1)
    merge = MergeItems(item="INK", into="GLUE")
    merged = await warehouse.run(merge_items, merge, warehouse.manager)
    assert await list_waiting(warehouse) == []
    undo = ReverseRecord(record=merged.record)
    undone = await warehouse.run(reverse_record, undo, warehouse.manager)
    assert await list_waiting(warehouse) == [(undone.record, "GLUE", 2)]


@dataclass(frozen=True)
class Kept:
    """What records without moves kept in an earlier version."""

    item_ids: Sequence[int]

    def write(self) -> dict[str, Any]:
        return {"let_fall": list(self.item_ids)}


async def test_records_of_earlier_versions_are_alerted_by_their_moves_or_what_they_kept(
    warehouse: Warehouse,
) -> None:
    a1 = await warehouse.add_shelf()
    ink, glue = await watch(warehouse, "INK", 8, a1), await watch(warehouse, "GLUE", 3, a1)

    async def move(uow: UnitOfWork, request: None) -> None:
        del request
        line = await uow.stock.line(ink.id, a1.id, VirtualLocation.CUSTOMER)
        uow.stock.post(line, Decimal(4))
        uow.record("stock.taken", subject_type="item", subject_id=ink.id, subject="INK")
        uow.notify(ALERTS_LANE, LOW_STOCK)

    async def close(uow: UnitOfWork, request: None) -> None:
        del request
        await uow.locations.update_by_id(a1.id, kind="storage")
        uow.record(
            "location.edited",
            subject_type="location",
            subject_id=a1.id,
            subject="A1",
            contents=Kept([glue.id]),
        )
        uow.notify(ALERTS_LANE, LOW_STOCK)

    for work in (move, close):
        done = Operation("test.earlier", work, Need(("stock.move",)))
        await warehouse.run(done, None)
    low = [each[1:] for each in await list_waiting(warehouse)]
    assert low == [("INK", 4), ("GLUE", 3)]
