"""The figures of charts beside a naive count of all that was done, by days of the guild."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.charts import NothingToDraw
from bot.domain.stock import InsideNeeded, InsufficientStock
from bot.services.charts import (
    GetLevels,
    GetMoves,
    get_levels,
    get_moves,
)
from bot.services.guilds import SetSetting, set_setting
from bot.services.locations import AddLocation, add_location
from bot.services.ranking import GetRanking, rank_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock
from bot.services.value_course import GetValueCourse, value_days
from bot.services.verification import verify_books
from tests.database.books import Warehouse
from tests.database.clock import Clock

BERLIN = ZoneInfo("Europe/Berlin")
# Clocks go forward on 2026-03-29.
BEGAN = datetime(2026, 3, 24, 21, tzinfo=UTC)
SHELVES = ("Hall", "Hall › Rack", "Yard")
Change = tuple[date, str, str, str, int]


@pytest.fixture
async def played(warehouse: Warehouse, clock: Clock) -> list[Change]:
    """What was done: day, item, from where, to where, how much; empty for the outside."""
    clock.now = BEGAN
    await warehouse.run(
        set_setting, SetSetting(name="timezone", value="Europe/Berlin"), warehouse.admin
    )
    for name, parent in (("Hall", None), ("Rack", "Hall"), ("Yard", None)):
        await warehouse.run(add_location, AddLocation(name=name, parent=parent), warehouse.admin)
    for sku in ("A", "B"):
        await warehouse.add_item(sku)
    draw, done = random.Random(7), []
    while clock.now < BEGAN + timedelta(days=13):
        clock.advance(minutes=draw.choice((5, 25, 400, 1500)))
        item, shelf, other = draw.choice("AAB"), draw.choice(SHELVES), draw.choice(SHELVES)
        quantity, day = draw.randint(1, 9), clock.now.astimezone(BERLIN).date()
        of: Any = {"item": item, "quantity": Decimal(quantity)}
        kind = draw.choice(("put", "take", "move"))
        with suppress(InsufficientStock, InsideNeeded):
            if kind == "put":
                await warehouse.run(put_stock, PutStock(**of, location=shelf))
                done.append((day, item, "", shelf, quantity))
            elif kind == "take":
                await warehouse.run(take_stock, TakeStock(**of, location=shelf))
                done.append((day, item, shelf, "", quantity))
            elif shelf != other:
                await warehouse.run(move_stock, MoveStock(**of, source=shelf, target=other))
                done.append((day, item, shelf, other, quantity))
    return done


@pytest.mark.both_engines
async def test_levels_and_weeks_are_those_of_a_naive_count(
    warehouse: Warehouse, clock: Clock, played: list[Change]
) -> None:
    today = clock.now.astimezone(BERLIN).date()
    assert len(played) > 15
    for location in (None, "Hall", "Yard"):
        inside = {each for each in SHELVES if location is None or each.split(" › ")[0] == location}
        request = GetLevels(item="A", location=location, days=20)
        course = await warehouse.db.query(get_levels, request, warehouse.viewer)
        assert [day for day, _ in course.levels] == [
            today - timedelta(days=back) for back in range(20, -1, -1)
        ]
        for day, level in course.levels:
            assert level == sum(
                quantity * ((target in inside) - (source in inside))
                for at, item, source, target, quantity in played
                if at <= day and item == "A"
            )
        moves = GetMoves(item="A", location=location, days=20)
        weeks = (await warehouse.db.query(get_moves, moves, warehouse.viewer)).weeks
        came, left = Counter[date](), Counter[date]()
        for at, item, source, target, quantity in played:
            crosses = (target in inside) - (source in inside)
            if item == "A" and crosses:
                (came if crosses > 0 else left)[at - timedelta(days=at.weekday())] += quantity
        assert {each.monday: each.came for each in weeks if each.came} == came
        assert {each.monday: each.left for each in weeks if each.left} == left


async def test_items_are_ranked_by_what_was_used_and_kept(
    warehouse: Warehouse, played: list[Change]
) -> None:
    await warehouse.run(put_stock, PutStock(item="B", quantity=Decimal(9), location="Yard"))
    taken = await warehouse.run(
        take_stock, TakeStock(item="B", quantity=Decimal(1), location="Yard")
    )
    await warehouse.run(reverse_record, ReverseRecord(record=taken.record))
    for location in (None, "Yard"):
        used = Counter[str]()
        for _day, item, source, target, quantity in played:
            if not target and location in {None, source}:
                used[item] += quantity
        # No price is known.
        for actor in (warehouse.employee, warehouse.manager):
            asked = GetRanking(location=location, days=60)
            found = await rank_items(warehouse.db, asked, actor)
            assert found.currency is None
            assert [(each.sku, int(each.amount)) for each in found.items] == used.most_common()


async def test_where_nothing_moved_there_is_nothing_to_draw(
    warehouse: Warehouse, clock: Clock, played: list[Change]
) -> None:
    clock.advance(days=30)
    asked: tuple[tuple[Any, Any], ...] = (
        (get_levels, GetLevels(item="A", days=10)),
        (get_moves, GetMoves(days=10)),
    )
    for query, request in asked:
        with pytest.raises(NothingToDraw):
            await warehouse.db.query(query, request, warehouse.viewer)
    with pytest.raises(NothingToDraw):
        await rank_items(warehouse.db, GetRanking(days=10), warehouse.viewer)
    assert played


@pytest.mark.both_engines
async def test_twenty_charts_at_once_wait_in_line_and_refuse_no_work_beside_them(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("A")
    await warehouse.add_shelf("S")
    await warehouse.run(put_stock, PutStock(item="A", quantity=Decimal(3), location="S"))
    db = warehouse.db

    async def draw(at: int) -> Decimal:
        if at % 5:
            course = await db.query(get_levels, GetLevels(item="A", days=365), warehouse.viewer)
            return course.levels[-1][1]
        worth = await value_days(db, GetValueCourse(days=365), warehouse.manager)
        return Decimal(worth.points[-1][1].items) + 2

    charts = asyncio.gather(*(draw(at) for at in range(20)))
    verified = await verify_books(db, warehouse.auditor)
    assert set(await charts) == {Decimal(3)}
    assert verified.findings == ()
    async with db.reads.heavy_work(warehouse.guild_id):
        assert await draw(1) == await draw(5) == 3
