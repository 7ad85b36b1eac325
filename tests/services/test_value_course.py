"""The value of stock over days, from one reading, beside a report as of each of them."""

import random
from decimal import Context, Decimal

import pytest

from bot.domain.charts import NothingToDraw
from bot.domain.valuation import ValueTotals
from bot.services.value_course import GetValueCourse, value_days
from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.test_valuation import ITEMS, SHELVES, Naive, take_step, value_now

pytestmark = pytest.mark.slow


WIDE = Context(prec=60)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("seed", range(60) if SOAK else (15,))
async def test_each_day_is_worth_what_a_report_as_of_it_says(
    warehouse: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("bot.services.valuation._MOVES_AT_ONCE", 7)
    chance, naive = random.Random(seed), Naive()
    for item in ITEMS:
        await warehouse.add_item(item)
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    for _ in range(70):
        clock.advance(hours=chance.choice((1, 2, 9, 30)))
        await take_step(warehouse, naive, chance)
    for location in (None, SHELVES[0]):
        request = GetValueCourse(location=location, days=30)
        course = await value_days(warehouse.db, request, warehouse.manager)
        for day, totals in course.points:
            assert totals == await reported(warehouse, day.isoformat(), location)
    last, seen = course.points[-1][0], set[int]()
    alone: dict[str, Decimal] = {}
    for item in ITEMS:
        request = GetValueCourse(item=item, location=SHELVES[0], days=30)
        try:
            course = await value_days(warehouse.db, request, warehouse.manager)
        except NothingToDraw:
            continue
        assert course.item is not None
        if course.item.id in seen:
            continue  # the SKU of an item that was merged into one that was counted
        seen.add(course.item.id)
        for currency, amount in course.points[-1][1].amounts.items():
            alone[currency] = WIDE.add(alone.get(currency, Decimal(0)), amount)
    assert alone == (await reported(warehouse, last.isoformat(), SHELVES[0])).amounts


async def reported(warehouse: Warehouse, as_of: str, location: str | None) -> ValueTotals:
    found, _ = await value_now(warehouse, as_of=as_of, location=location)
    totals = ValueTotals()
    for value in found.values():
        totals.add(value)
    return totals
