"""Rest: for quiet books nothing is due, and the first thing that is written puts it back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.delivery.rest import Rest
from bot.database.delivery.schedule import Schedules
from bot.database.models import AuditEvent, Book, ItemDay, Outbox, Schedule
from bot.database.service import DatabaseService
from bot.domain.lanes import DIGEST as DIGEST_MESSAGE
from bot.domain.schedule import DAY, DIGEST, ITEM_DAYS, KINDS, RECEIPTS, next_midnight
from bot.domain.shards import Share
from bot.jobs.handlers import build_schedule
from bot.services.guilds import SetSetting, set_setting
from bot.services.items import AddItem, add_item
from bot.services.stock import PutStock, put_stock
from bot.services.tracked_items import TrackItem, track_item
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import preview

DAYS_OF_RECEIPTS = 9


async def due_times(db: DatabaseService) -> dict[str, Any]:
    return {row.kind: row.due_at for row in await rows_of(db, Schedule, GUILD)}


async def is_asleep(db: DatabaseService) -> bool:
    (book,) = await rows_of(db, Book, GUILD)
    return bool(book.is_asleep)


async def pass_days(db: DatabaseService, clock: Clock, days: int) -> None:
    for _ in range(days):
        clock.advance(days=1)
        await build_schedule(db, Share()).run_once()


@pytest.mark.both_engines
async def test_for_books_in_which_nothing_happens_nothing_is_due_until_something_does(
    warehouse: Warehouse, clock: Clock
) -> None:
    db = warehouse.db
    await pass_days(db, clock, DAYS_OF_RECEIPTS)
    assert await due_times(db) == {}
    assert await is_asleep(db)
    clock.advance(days=300)
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    midnight = next_midnight(clock.now, "UTC")
    week = clock.now + timedelta(days=7)
    assert await due_times(db) == {DAY: midnight, DIGEST: midnight, RECEIPTS: week}
    assert not await is_asleep(db)
    await warehouse.put(item, 1, shelf)
    await pass_days(db, clock, 1)
    closings = [e for e in await rows_of(db, AuditEvent, GUILD) if e.action == "day.closed"]
    # The one of the first day, on which the books were opened, and that of the one written on.
    assert len(closings) == 2


async def test_a_zone_decides_when_a_day_of_books_that_rested_is_over(
    warehouse: Warehouse, clock: Clock
) -> None:
    zone = "Pacific/Auckland"
    await warehouse.run(set_setting, SetSetting(name="timezone", value=zone), warehouse.admin)
    await pass_days(warehouse.db, clock, DAYS_OF_RECEIPTS)
    await warehouse.add_item()
    assert (await due_times(warehouse.db))[DAY] == next_midnight(clock.now, zone)


async def test_a_lot_is_warned_of_on_its_day_though_the_books_rest(
    warehouse: Warehouse, clock: Clock
) -> None:
    db = warehouse.db
    expires_on = (clock.now + timedelta(days=200)).date()
    await warehouse.run(add_item, AddItem(sku="MILK", name="Milk", tracking="lot"), warehouse.admin)
    await warehouse.add_shelf()
    lot: dict[str, Any] = {"lot": "L-1", "expires_on": expires_on}
    request = PutStock(item="MILK", quantity=Decimal(3), location="A1", **lot)
    await warehouse.run(put_stock, request)
    await pass_days(db, clock, DAYS_OF_RECEIPTS)
    due = await due_times(db)
    assert due.keys() == {DIGEST}
    assert due[DIGEST].date() == expires_on - timedelta(days=30)
    clock.advance(seconds=(due[DIGEST] - clock.now).total_seconds() - 1)
    assert await Schedules(db).lease_due(KINDS) == []
    clock.advance(seconds=1)
    await build_schedule(db, Share()).run_once()
    kinds = [row.kind for row in await rows_of(db, Outbox, GUILD)]
    assert kinds.count(DIGEST_MESSAGE) == 1
    assert (await due_times(db))[DIGEST] == clock.now + timedelta(days=1)


@pytest.mark.both_engines
async def test_what_is_written_while_a_handler_looks_keeps_the_books_awake(
    warehouse: Warehouse, clock: Clock
) -> None:
    db, rest = warehouse.db, Rest(warehouse.db)
    (book,) = await rows_of(db, Book, GUILD)
    await warehouse.add_item("SEEN-NOT")
    assert not await rest.begin(GUILD, book.last_record)
    # And after it looked, before it deleted what was due.
    clock.advance(days=1)
    schedules = Schedules(db)
    held = [due for due in await schedules.lease_due(KINDS) if due.kind == DAY]
    assert await rest.begin(GUILD, book.last_record + 1)
    await warehouse.add_item("LATE")
    await schedules.finish([(held[0], None)])
    assert (await due_times(db))[DAY] == held[0].due_at
    again = await Schedules(db).lease_due(KINDS)
    assert DAY in {due.kind for due in again}


async def test_a_preview_keeps_books_awake_until_it_has_lapsed(
    warehouse: Warehouse, clock: Clock
) -> None:
    db = warehouse.db
    await pass_days(db, clock, DAYS_OF_RECEIPTS)
    await preview(warehouse, b"sku,name\nIMP-1,New\n", actor=warehouse.admin)
    assert DAY in await due_times(db)
    (book,) = await rows_of(db, Book, GUILD)
    assert not await Rest(db).begin(GUILD, book.last_record)
    await pass_days(db, clock, 3)
    assert DAY not in await due_times(db)


async def test_tracked_items_wake_with_their_books(warehouse: Warehouse, clock: Clock) -> None:
    db = warehouse.db
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, 1, shelf)
    await warehouse.run(track_item, TrackItem(item="BOLT-8"), warehouse.admin)
    assert (await due_times(db))[ITEM_DAYS] == clock.now
    await pass_days(db, clock, DAYS_OF_RECEIPTS)
    assert await due_times(db) == {}
    await warehouse.put(item, 1, shelf)
    assert (await due_times(db))[ITEM_DAYS] == next_midnight(clock.now, "UTC")
    await pass_days(db, clock, DAYS_OF_RECEIPTS)
    assert len(await rows_of(db, ItemDay, GUILD)) == 2
