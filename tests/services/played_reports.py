"""A played history of a year, and a naive account of all that was done in it."""

import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.domain.stock import InsufficientStock, NotReversible, ReversalBlocked, SameLocation
from bot.services.guilds import SetSetting, set_setting
from bot.services.merging import MergeItems, merge_items
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
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.test_valuation import BUY, Bought

ZONE: Final = "Europe/Berlin"
UNITS: Final = {"A": "pcs", "B": "pcs", "C": "kg", "D": "kg", "E": "pcs"}
SHELVES: Final = ("S1", "S2")
STEPS: Final = 220


@dataclass
class Did:
    """A move as a person would note it: E is noted as A once it was merged into it."""

    record: int
    at: datetime
    item: str
    quantity: int
    source: str
    target: str
    cost: Decimal | None = None
    undone: datetime | None = None
    queue: str = ""
    """In which queue it was, before items were merged."""

    @property
    def day(self) -> date:
        return self.at.astimezone(ZoneInfo(ZONE)).date()


class Year:
    """A guild at work for more than a year, across both changes of clocks."""

    def __init__(self, warehouse: Warehouse, clock: Clock, seed: int) -> None:
        self.warehouse, self.clock, self.chance = warehouse, clock, random.Random(seed)
        self.done: list[Did] = []
        # The record of each count, what it counted, and the move that it made, if any.
        self.counts: list[tuple[int, str, str, Did | None]] = []
        # What was undone without a change of what was counted since: where, and in which direction.
        self.kept: list[tuple[Did, str, int]] = []
        self.merged = 2**62
        self.merged_at = datetime.max.replace(tzinfo=UTC)

    async def play(self) -> None:
        request = SetSetting(name="timezone", value=ZONE)
        await self.warehouse.run(set_setting, request, self.warehouse.admin)
        for sku, unit in UNITS.items():
            await self.warehouse.add_item(sku, unit=unit)
        for shelf in SHELVES:
            await self.warehouse.add_shelf(shelf)
        for step in range(STEPS):
            # Often in the hours around midnight, where days differ from those of UTC.
            self.clock.advance(hours=self.chance.choice((1, 2, 15, 47, 90)))
            with suppress(InsufficientStock, NotReversible, ReversalBlocked, SameLocation):
                await self._step(step)

    def as_of(self, day: date | None) -> list[Did]:
        """Return what was done until the end of a day, what was undone by then left out."""
        return self.until(datetime.max.replace(tzinfo=UTC) if day is None else self.end_of(day))

    def until(self, end: datetime) -> list[Did]:
        """Return what was done before an instant, what was undone by then left out."""
        return [
            each
            for each in self.done
            if each.at < end and (each.undone is None or each.undone >= end)
        ]

    @staticmethod
    def end_of(day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(ZONE))

    async def _step(self, step: int) -> None:
        # Late in the year D is not touched, so that it becomes idle; E is merged half way.
        items = "ABCDE" if step < STEPS // 2 else "ABC"
        item, shelf = self.chance.choice(items), self.chance.choice(SHELVES)
        if step == STEPS // 2:
            merge = MergeItems(item="E", into="A")
            merged = await self.warehouse.run(merge_items, merge, self.warehouse.manager)
            for each in self.done:
                each.item = each.item.replace("E", "A")
            self.merged, self.merged_at = merged.record, self.clock()
            return
        verb = self.chance.choice(("buy", "buy", "put", "take", "take", "take", "move", "adjust"))
        if self.chance.random() < 0.1:
            verb = "undo"
        await getattr(self, f"_{verb}")(item, shelf, self.chance.randint(1, 6))

    def _note(
        self, record: int, item: str, count: int, source: str, target: str, cost: Any = None
    ) -> None:
        at = self.clock()
        self.done.append(Did(record, at, item, count, source, target, cost, queue=item))

    async def _buy(self, item: str, shelf: str, count: int) -> None:
        cost = Decimal(self.chance.randint(1, 9))
        record = await self.warehouse.run(BUY, Bought(item, count, shelf, (cost, "EUR")))
        self._note(record, item, count, "supplier", shelf, cost=cost)

    async def _put(self, item: str, shelf: str, count: int) -> None:
        request = PutStock(item=item, quantity=Decimal(count), location=shelf)
        record = (await self.warehouse.run(put_stock, request)).record
        self._note(record, item, count, "supplier", shelf)

    async def _take(self, item: str, shelf: str, count: int) -> None:
        request = TakeStock(item=item, quantity=Decimal(count), location=shelf)
        record = (await self.warehouse.run(take_stock, request)).record
        self._note(record, item, count, shelf, "customer")

    async def _move(self, item: str, shelf: str, count: int) -> None:
        quantity = Decimal(count)
        request = MoveStock(item=item, quantity=quantity, source=shelf, target="S2")
        record = (await self.warehouse.run(move_stock, request)).record
        self._note(record, item, count, shelf, "S2")

    async def _adjust(self, item: str, shelf: str, count: int) -> None:
        request = AdjustStock(item=item, location=shelf, counted=Decimal(count), reason="c")
        before = int(hold(self.as_of(None), {shelf})[item])
        record = (await self.warehouse.run(adjust_stock, request, self.warehouse.manager)).record
        if before != count:
            ends = ("gain", shelf) if count > before else (shelf, "loss")
            self._note(record, item, abs(count - before), *ends)
        self.counts.append((record, item, shelf, self.done[-1] if before != count else None))

    async def _undo(self, _item: str, _shelf: str, _count: int) -> None:
        # Once items were merged, what was done since.
        is_merged = bool(self.done) and self.merged < self.done[-1].record
        left = [
            each
            for each in self.done
            if each.undone is None and (each.record > self.merged or not is_merged)
        ]
        if left:
            did = self.chance.choice(left)
            request = ReverseRecord(record=did.record)
            reversal = await self.warehouse.run(reverse_record, request, self.warehouse.manager)
            did.undone = self.clock()
            self._keep_counts_true(did, reversal.record)

    def _keep_counts_true(self, did: Did, record: int) -> None:
        """Note the opposite of what was counted since, and take back what no count needs now."""
        for of, shelf, sign in [*self.kept]:
            if not self._is_counted(of, shelf):
                self.kept.remove((of, shelf, sign))
                self._change(record, of, shelf, -sign)
        for shelf, sign in ((did.source, -1), (did.target, 1)):
            if self._is_counted(did, shelf):
                self.kept.append((did, shelf, sign))
                self._change(record, did, shelf, sign)

    def _change(self, record: int, of: Did, shelf: str, sign: int) -> None:
        ends = ("gain", shelf) if sign > 0 else (shelf, "loss")
        self._note(record, of.item, of.quantity, *ends)

    def _is_counted(self, did: Did, shelf: str) -> bool:
        """Whether what a move changed at a shelf was counted since, and that was not undone."""
        return any(
            record > did.record
            and (item, counted) == (did.item, shelf)
            and (made is None or made.undone is None)
            for record, item, counted, made in self.counts
        )


def hold(done: list[Did], places: set[str]) -> dict[str, int]:
    """Return what there is of each item at some shelves."""
    held: dict[str, int] = defaultdict(int)
    for each in done:
        held[each.item] += each.quantity * ((each.target in places) - (each.source in places))
    return held


def costs_since(done: list[Did], first: date, merged: int) -> dict[str, list[Decimal | None]]:
    """Return what each unit cost that left for customers from a day on, first in, first out."""
    found: dict[str, list[Decimal | None]] = defaultdict(list)
    for left, cost in play_queues(done, merged)[0]:
        if left.target == "customer" and left.day >= first:
            found[left.item].append(cost)
    return found


def play_queues(
    done: list[Did], merged: int
) -> tuple[list[tuple[Did, Decimal | None]], dict[str, list[Decimal | None]]]:
    """Return what each unit that left cost, and what those cost that are there, by their queues."""
    gone: list[tuple[Did, Decimal | None]] = []
    queues: dict[str, list[Decimal | None]] = defaultdict(list)
    owed: dict[str, list[Did]] = defaultdict(list)

    def settle(name: str) -> None:
        while queues[name] and owed[name]:
            cost, left = queues[name].pop(0), owed[name].pop(0)
            gone.append((left, cost))

    is_before = True
    for each in done:
        if is_before and each.record > merged:
            is_before = False
            queues["A"] += queues.pop("E", [])
            owed["A"] += owed.pop("E", [])
            settle("A")
        if (each.source in SHELVES) == (each.target in SHELVES):
            continue
        if each.target in SHELVES:
            queues[each.queue] += [each.cost] * each.quantity
        else:
            owed[each.queue] += [each] * each.quantity
        settle(each.queue)
    return gone, queues
