"""Days of tracked items: made from the ledger once, whenever the job comes to it."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.charts import NothingToDraw
from bot.domain.schedule import ITEM_DAYS
from bot.jobs.item_days import ItemDaysHandler
from bot.services.charts import GetLevels, get_levels
from bot.services.guilds import SetSetting, set_setting
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import TakeStock, take_stock
from bot.services.tracked_items import TrackItem, track_item
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.database.tampering import tamper
from tests.services import played_days as played
from tests.services.played_days import kept_days, make_days, naive_days

# Histories: one of each item.
ITEMS, GUILDS = 50, 20 if SOAK else 1
SPRING = datetime(2026, 3, 20, 6, tzinfo=UTC)


async def track(warehouse: Warehouse, sku: str, *, is_on: bool = True) -> int:
    request = TrackItem(item=sku, is_on=is_on)
    return (await warehouse.run(track_item, request, warehouse.admin)).record


async def take(warehouse: Warehouse, sku: str, quantity: int) -> int:
    request = TakeStock(item=sku, quantity=Decimal(quantity), location="A1")
    return (await warehouse.run(take_stock, request, warehouse.manager)).record


def numbers(*values: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


def address(warehouse: Warehouse) -> str:
    return warehouse.db._engines.write.url.render_as_string(hide_password=False)


async def test_days_of_random_histories_are_those_of_a_naive_count(
    warehouse: Warehouse, clock: Clock
) -> None:
    for number in range(GUILDS):
        clock.now = SPRING
        here = warehouse if not number else await Warehouse.open(warehouse.db, GUILD + 100 + number)
        zone = await played.play(here, clock, random.Random(number), ITEMS)
        await make_days(here)
        until = played.today(clock, zone)
        naive = await naive_days(here, zone, until)
        assert await kept_days(here) == {key: days for key, days in naive.items() if days}
        assert (await verify_books(here.db, here.admin)).findings == ()
        # Charts have the day that is not over as well, with whatever the job has not seen.
        every = await naive_days(here, zone, until + timedelta(days=1))
        for item_id in sorted(every)[:: 1 if SOAK else 5]:
            request = GetLevels(item=item_id, days=40)
            first = until - timedelta(days=39)
            drawn = {day: of_day for day, of_day in every[item_id].items() if day >= first}
            if not drawn:
                with pytest.raises(NothingToDraw):
                    await here.db.query(get_levels, request, here.viewer)
                continue
            candles = (await here.db.query(get_levels, request, here.viewer)).candles
            assert {each.day: each[1:] for each in candles if each.volume} == drawn


@pytest.mark.both_engines
async def test_days_are_made_once_by_two_processes_and_after_downtime(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    began = clock.now.date()
    await track(warehouse, "BOLT-8")
    await warehouse.put(bolt, 10, shelf)
    await take(warehouse, "BOLT-8", 4)
    await make_days(warehouse)
    clock.advance(days=3)
    await take(warehouse, "BOLT-8", 1)
    clock.advance(days=5)
    handlers = [ItemDaysHandler(warehouse.db, 100, 1) for _ in range(4)]
    await asyncio.gather(*(handler(GUILD) for handler in handlers))
    await make_days(warehouse)
    assert await kept_days(warehouse) == {
        bolt.id: {
            began: numbers(0, 10, 0, 6, 14),
            began + timedelta(days=3): numbers(6, 6, 5, 5, 1),
        }
    }


@pytest.mark.both_engines
async def test_what_is_recorded_late_goes_to_its_own_day_and_shifts_those_behind(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    began = clock.now.date()
    await track(warehouse, "BOLT-8")
    await warehouse.put(bolt, 10, shelf)
    clock.advance(days=1)
    await take(warehouse, "BOLT-8", 2)
    clock.advance(days=1)
    await make_days(warehouse)
    late = await take(warehouse, "BOLT-8", 3)
    # As of a process whose clock was behind.
    await tamper(
        address(warehouse),
        "UPDATE audit_event SET at = :at WHERE record = :r",
        at=(clock.now - timedelta(days=2)).replace(tzinfo=None)
        if "sqlite" not in address(warehouse)
        else (clock.now - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S.%f"),
        r=late,
    )
    request = GetLevels(item="BOLT-8", days=3)
    expected = {
        began: numbers(0, 10, 0, 7, 13),
        began + timedelta(days=1): numbers(7, 7, 5, 5, 2),
    }

    async def shown() -> dict[date, tuple[Decimal, ...]]:
        course = await warehouse.db.query(get_levels, request, warehouse.viewer)
        return {each.day: each[1:] for each in course.candles if each.volume}

    assert await shown() == expected
    await make_days(warehouse)
    assert await kept_days(warehouse) == {bolt.id: expected}
    assert await shown() == expected


async def test_another_time_zone_makes_all_days_again(warehouse: Warehouse, clock: Clock) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    clock.now = clock.now.replace(hour=23)
    began = clock.now.date()
    await track(warehouse, "BOLT-8")
    await warehouse.put(bolt, 10, shelf)
    clock.advance(days=2)
    await make_days(warehouse)
    assert list((await kept_days(warehouse))[bolt.id]) == [began]
    setting = SetSetting(name="timezone", value="Asia/Tokyo")
    await warehouse.run(set_setting, setting, warehouse.admin)
    async with warehouse.db.look_up(warehouse.admin) as books:
        assert (await books.schedule.require(ITEM_DAYS)).due_at == clock.now
    # Until they are made the table is not looked at, and what it has is right by its own zone.
    course = await warehouse.db.query(
        get_levels, GetLevels(item="BOLT-8", days=9), warehouse.viewer
    )
    next_day = began + timedelta(days=1)
    assert [each.day for each in course.candles if each.volume] == [next_day]
    assert (await verify_books(warehouse.db, warehouse.admin)).findings == ()
    await make_days(warehouse)
    assert await kept_days(warehouse) == {bolt.id: {next_day: numbers(0, 10, 0, 10, 10)}}


@pytest.mark.both_engines
async def test_a_changed_day_is_named_and_made_again_when_the_item_is_tracked_again(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    await warehouse.put(bolt, 10, shelf)
    await track(warehouse, "BOLT-8")
    clock.advance(days=1)
    await make_days(warehouse)
    kept = await kept_days(warehouse)
    (day,) = kept[bolt.id]
    await tamper(address(warehouse), "UPDATE item_day SET lowest = 5000")
    (found,) = (await verify_books(warehouse.db, warehouse.admin)).findings
    assert (found.code, found.noun, found.thing) == ("row_differs", "item day", f"BOLT-8 / {day}")
    assert (found.field, found.recorded) == ("lowest", "0")
    await tamper(address(warehouse), "DELETE FROM item_day")
    (found,) = (await verify_books(warehouse.db, warehouse.admin)).findings
    assert (found.code, found.thing) == ("row_missing", f"BOLT-8 / {day}")
    await track(warehouse, "BOLT-8", is_on=False)
    await track(warehouse, "BOLT-8")
    assert (await verify_books(warehouse.db, warehouse.admin)).findings == ()
    await make_days(warehouse)
    assert await kept_days(warehouse) == kept
    await tamper(address(warehouse), "DELETE FROM item_day_mark")
    (found,) = (await verify_books(warehouse.db, warehouse.admin)).findings
    assert (found.code, found.noun) == ("row_stray", "item day")


async def test_days_of_an_item_that_is_tracked_no_longer_are_deleted(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    await warehouse.put(bolt, 10, shelf)
    await track(warehouse, "BOLT-8")
    clock.advance(days=1)
    await make_days(warehouse)
    await track(warehouse, "BOLT-8", is_on=False)
    handler = ItemDaysHandler(warehouse.db)
    assert await handler(GUILD) is None
    assert await kept_days(warehouse) == {}
    assert (await verify_books(warehouse.db, warehouse.admin)).findings == ()


async def test_a_merged_items_days_go_on_in_the_one_that_stays_until_that_is_undone(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf, bolt = await warehouse.add_shelf(), await warehouse.add_item()
    nut = await warehouse.add_item("NUT-8")
    began = clock.now.date()
    await warehouse.put(bolt, 10, shelf)
    await warehouse.put(nut, 3, shelf)
    await track(warehouse, "BOLT-8")
    clock.advance(days=1)
    merge = MergeItems(item="BOLT-8", into="NUT-8")
    merged = await warehouse.run(merge_items, merge, warehouse.admin)
    clock.advance(days=1)
    await make_days(warehouse)
    second = began + timedelta(days=1)
    bolts = {began: numbers(0, 10, 0, 10, 10), second: numbers(10, 10, 0, 0, 10)}
    nuts = {began: numbers(0, 3, 0, 3, 3), second: numbers(3, 13, 3, 13, 10)}
    assert await kept_days(warehouse) == {bolt.id: bolts, nut.id: nuts}
    assert (await verify_books(warehouse.db, warehouse.admin)).findings == ()
    await warehouse.run(reverse_record, ReverseRecord(record=merged.record), warehouse.admin)
    clock.advance(days=1)
    await make_days(warehouse)
    bolts[began + timedelta(days=2)] = numbers(0, 10, 0, 10, 10)
    assert await kept_days(warehouse) == {bolt.id: bolts}
    assert (await verify_books(warehouse.db, warehouse.admin)).findings == ()
