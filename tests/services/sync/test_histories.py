"""Random histories of several devices and of Discord, delivered late, shuffled, twice, and undone.

Sorted by when it happened and replayed without what was undone, they say what must be in the books:
every level, and what every count differed by.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import DatedMove, Item, StockLevel, StockMove, StockObservation
from bot.domain.stock import ReversalBlocked
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import RuleBroken
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, TakeStock, adjust_stock, take_stock
from tests.conftest import SOAK
from tests.database.books import Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.sync.model import ZERO, Happening, Model
from tests.services.sync.scanner import Scanner

pytestmark = pytest.mark.slow


HISTORIES = 3000 if SOAK else 12
OPERATIONS = 24
SHELVES = ("A1", "A2")
SPAN = timedelta(days=3)
_OUTSIDE = {VirtualLocation.GAIN, VirtualLocation.LOSS}


class History:
    """An item, what happens to it, and what the books are to say of it."""

    def __init__(self, warehouse: Warehouse, clock: Clock, item: Item, seed: int) -> None:
        self.warehouse, self.clock, self.item = warehouse, clock, item
        self.random = random.Random(seed)
        self.model = Model()
        self.start = clock()
        self.scanners = [
            Scanner(
                warehouse.db,
                warehouse.manager,
                device_id=number,
                skew=timedelta(minutes=self.random.randint(-2880, 2880)),
            )
            for number in range(1, 5)
        ]
        self.sent: list[tuple[Scanner, Any]] = []
        self.blocked = 0

    async def play(self) -> None:
        """Let things happen, and reach the books later in another order, some of them twice."""
        planned = []
        for number in range(OPERATIONS):
            at = self.start + self.random.random() * SPAN
            is_late = self.random.random() < 0.75
            delay = self.random.choice((0.0, 0.01, 0.5, 1.0)) * self.random.random() * SPAN
            planned.append((at + (delay if is_late else timedelta(0)), number, at, is_late))
        for arrival, _, at, is_late in sorted(planned):
            self.clock.now = max(self.clock.now, arrival)
            if is_late:
                await self._deliver(self._happening(at))
            else:
                await self._type(self._happening(self.clock.now))
            if self.sent and self.random.random() < 0.15:
                scanner, again = self.random.choice(self.sent)
                assert (await scanner.send_one(again)).status == "duplicate"
            if self.random.random() < 0.3:
                await self._undo()

    def _happening(self, at: datetime) -> Happening:
        first, second = self.random.sample(SHELVES, 2)
        quantity = Decimal(self.random.randint(1, 60))
        match self.random.randint(0, 5):
            case 0 | 1:
                return Happening(at, first, quantity=quantity)
            case 2:
                return Happening(at, None, first, quantity)
            case 3:
                return Happening(at, second, first, quantity)
            case _:
                return Happening(at, first, counted=quantity + 20)

    async def _deliver(self, done: Happening) -> None:
        scanner = self.random.choice(self.scanners)
        if done.counted is not None:
            data = {"item": self.item.sku, "location": done.target, "counted": str(done.counted)}
            operation = scanner.did("stock_counts", data, done.at)
        else:
            moved: dict[str, Any] = {"item": self.item.id, "quantity": int(done.quantity)}
            moved |= {"from": done.source, "to": done.target}
            operation = scanner.did("stock_moves", moved, done.at)
        result = await scanner.send_one(operation)
        if result.status == "applied":
            assert result.record is not None
            self.model.accepted[result.record] = done
            self.sent.append((scanner, operation))
        else:
            assert (result.status, result.reason) == ("rejected", "insufficient_stock")

    async def _type(self, done: Happening) -> None:
        run, manager = self.warehouse.run, self.warehouse.manager
        try:
            if done.counted is not None:
                assert done.target is not None
                wanted = AdjustStock(
                    item=self.item.id, location=done.target, counted=done.counted, reason="Seen"
                )
                record = (await run(adjust_stock, wanted, manager)).record
            else:
                done = Happening(done.at, None, done.source or done.target, done.quantity)
                taken = TakeStock(item=self.item.id, quantity=done.quantity, location=done.source)
                record = (await run(take_stock, taken, manager)).record
        except RuleBroken:
            return
        self.model.accepted[record] = done

    async def _undo(self) -> None:
        """Undo any record, a move or a count, unless less was there meanwhile."""
        records = sorted(self.model.accepted.keys() - self.model.withdrawn)
        if not records:
            return
        record = self.random.choice(records)
        try:
            wanted = ReverseRecord(record=record)
            await self.warehouse.run(reverse_record, wanted, self.warehouse.manager)
        except ReversalBlocked:
            self.blocked += 1
        else:
            self.model.withdrawn.add(record)


@pytest.mark.both_engines
@pytest.mark.soak_on("sqlite")
async def test_histories_end_as_if_everything_had_been_recorded_in_time(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelves = {(await warehouse.add_shelf(name)).id: name for name in SHELVES}
    histories = []
    for seed in range(HISTORIES):
        item = await warehouse.add_item(f"I{seed}")
        histories.append(History(warehouse, clock, item, seed))
        await histories[-1].play()
    levels, differences = await read_books(warehouse, shelves)
    counted = undone = blocked = 0
    for seed, history in enumerate(histories):
        wanted, differed = history.model.replay()
        item_id = history.item.id
        assert levels[item_id] == {name: level for name, level in wanted.items() if level}, seed
        assert {record: differences[record] for record in differed} == differed, seed
        counted += history.model.count_counts()
        undone += len(history.model.withdrawn)
        blocked += history.blocked
    assert len(await rows_of(warehouse.db, StockObservation, warehouse.guild_id)) == counted
    assert undone > 2 * blocked
    await require_sound_books(warehouse.db)


async def read_books(
    warehouse: Warehouse, shelves: dict[int, str]
) -> tuple[dict[int, dict[str, Decimal]], dict[int, Decimal]]:
    """Return what the books have by item and shelf, and what each count moved, by its record."""
    db, guild_id = warehouse.db, warehouse.guild_id
    levels: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in await rows_of(db, StockLevel, guild_id):
        if row.location_id in shelves and row.quantity:
            levels[row.item_id][shelves[row.location_id]] = row.quantity
    corrects = {
        (row.record, row.line): row.corrects for row in await rows_of(db, DatedMove, guild_id)
    }
    differences: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in await rows_of(db, StockMove, guild_id):
        if not _OUTSIDE & {move.source_id, move.target_id}:
            continue
        by = move.quantity if move.target_id in shelves else -move.quantity
        differences[corrects.get((move.record, move.line)) or move.record] += by
    return levels, differences
