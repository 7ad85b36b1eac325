"""Long random days of a warehouse: whatever people do, in any order, the books stay right."""

import asyncio
import random
from collections import defaultdict
from decimal import Decimal

import pytest

from bot.errors import TallymanError
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from tests.database.books import Warehouse, refusal, require_sound_books

pytestmark = [pytest.mark.slow, pytest.mark.both_engines]  # every statement is at work here

SKUS, SHELVES = ("BOLT", "NUT"), ("A1", "B2", "C3")
STEPS = 60


class Day:
    """Random requests, and a ledger of the test's own to compare with."""

    def __init__(self, warehouse: Warehouse, seed: int) -> None:
        self._warehouse = warehouse
        self._random = random.Random(seed)
        self.levels: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.done: list[StockMoved] = []

    async def step(self, key: str | None = None) -> StockMoved:
        """Ask for anything, sensible or not."""
        any_of, run, manager = self._random.choice, self._warehouse.run, self._warehouse.manager
        item, place = any_of(SKUS), any_of(SHELVES)
        quantity = Decimal(self._random.randint(1, 9000)) / 1000
        match self._random.randrange(6):
            case 0 | 1:
                put = PutStock(item=item, quantity=quantity, location=place)
                return await run(put_stock, put, manager, key)
            case 2:
                take = TakeStock(item=item, quantity=quantity, location=place)
                return await run(take_stock, take, manager, key)
            case 3:
                move = MoveStock(item=item, quantity=quantity, source=place, target=any_of(SHELVES))
                return await run(move_stock, move, manager, key)
            case 4:
                count = AdjustStock(item=item, location=place, counted=quantity, reason="count")
                return await run(adjust_stock, count, manager, key)
            case _:
                record = any_of(self.done).record if self.done else 1
                return await run(reverse_record, ReverseRecord(record=record), manager, key)

    def note(self, moved: StockMoved) -> None:
        """Write down what an answer says and check that it fits what was written before."""
        self.done.append(moved)
        for line in moved.lines:
            for end, sign in ((line.source, -1), (line.target, 1)):
                assert self.levels[line.sku, end.name] == end.before
                self.levels[line.sku, end.name] += sign * line.quantity
                assert self.levels[line.sku, end.name] == end.after
                assert end.is_virtual or end.after >= 0

    async def open(self) -> None:
        """Make the items and shelves."""
        for sku in SKUS:
            await self._warehouse.add_item(sku, unit="kg")
        for name in SHELVES:
            await self._warehouse.add_shelf(name)


@pytest.mark.parametrize("seed", range(4))
async def test_every_answer_follows_from_the_ones_before(warehouse: Warehouse, seed: int) -> None:
    day = Day(warehouse, seed)
    await day.open()
    refused = 0
    for _ in range(STEPS):
        try:
            day.note(await day.step())
        except TallymanError:
            refused += 1
    assert refused
    assert len(day.done) == STEPS - refused > STEPS / 3
    await require_sound_books(warehouse.db)


async def test_every_refusal_changes_nothing(warehouse: Warehouse) -> None:
    day = Day(warehouse, 7)
    await day.open()
    refused = 0
    while refused < 10:
        state = day._random.getstate()
        try:
            day.note(await day.step())
        except TallymanError as error:
            day._random.setstate(state)
            async with refusal(warehouse.db, type(error)):
                await day.step()
            refused += 1


@pytest.mark.parametrize("seed", range(2))
async def test_many_at_once_leave_the_books_right(warehouse: Warehouse, seed: int) -> None:
    day = Day(warehouse, seed)
    await day.open()
    for _ in range(4):
        results = await asyncio.gather(*(day.step() for _ in range(24)), return_exceptions=True)
        day.done += [result for result in results if isinstance(result, StockMoved)]
        assert all(isinstance(result, StockMoved | TallymanError) for result in results)
        await require_sound_books(warehouse.db)
    records = [moved.record for moved in day.done]
    assert len(records) == len(set(records)) > 30
