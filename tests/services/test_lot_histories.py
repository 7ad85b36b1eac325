"""Random histories of lots beside a model in memory that knows nothing of the program's ways."""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.unit import UnitOfWork
from bot.domain.lots import ExpiryDiffers, LotSetAside, LotUnchanged
from bot.domain.stock import InsufficientStock, NotReversible, ReversalBlocked
from bot.errors import NotFound, RuleBroken
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
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
from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock

pytestmark = pytest.mark.slow


HISTORIES, STEPS = (10_000, 9) if SOAK else (12, 9)
CODES, SHELVES, OUT = ("L1", "L2", "L3", "L4"), ("A1", "B2"), "out"
Shares = list[tuple[str, int]]


@dataclass
class Model:
    """What there must be of an item: its lots in the order they came, and levels by place."""

    days: dict[str, date | None] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    levels: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    records: dict[int, tuple[str, str, Shares] | None] = field(default_factory=dict)

    def is_usable(self, code: str, today: date) -> bool:
        day = self.days[code]
        return code not in self.held and (day is None or day >= today)

    def choose(self, place: str, wanted: int, today: date) -> Shares:
        """Return what goes: of what may be used, the first to expire; of those, the first made."""
        made = list(self.days)
        usable = [code for code in made if self.is_usable(code, today)]
        usable.sort(key=lambda code: (self.days[code] or date.max, made.index(code)))
        chosen: Shares = []
        for code in usable:
            part = min(wanted, self.levels[place, code])
            if part:
                chosen.append((code, part))
                wanted -= part
        if wanted:
            raise InsufficientStock("", "", "", Decimal(0), Decimal(0))
        return chosen

    def carry(self, record: int, source: str, target: str, shares: Shares) -> None:
        """Apply what a record moved."""
        for code, part in shares:
            self.levels[source, code] -= part
            self.levels[target, code] += part
        self.records[record] = (source, target, shares)

    def require(self, place: str, code: str, quantity: int) -> None:
        if self.levels[place, code] < quantity:
            raise InsufficientStock("", "", "", Decimal(0), Decimal(0))


class History:
    """One item's random history: each step is predicted, done, and compared."""

    def __init__(self, warehouse: Warehouse, clock: Clock, item_id: int, seed: int) -> None:
        self.model = Model()
        self._warehouse, self._clock, self._item = warehouse, clock, item_id
        self._random = random.Random(seed)
        self.taken = 0

    @property
    def today(self) -> date:
        return self._clock.now.date()

    async def step(self) -> None:
        """Do anything, sensible or not, and see that what comes of it was foreseen."""
        steps: list[Callable[[], Awaitable[None]]] = [
            *[self.put] * 4, *[self.take] * 3, self.move, self.adjust, self.hold, self.undo
        ]  # fmt: skip
        await self._random.choice(steps)()
        if self._random.random() < 0.02:
            self._clock.advance(days=1)

    async def put(self) -> None:
        code, place, quantity = self._any(CODES), self._any(SHELVES), self._some()
        day = self._any([None, *(self.today + timedelta(days=n) for n in (-1, 0, 1, 30))])
        request = PutStock(
            item=self._item, quantity=Decimal(quantity), location=place, lot=code, expires_on=day
        )
        model = self.model
        stocked = any(model.levels[shelf, code] for shelf in SHELVES)
        is_other = day is not None and day != model.days.get(code)
        is_refused = is_other and model.days.get(code) is not None and stocked

        def expect() -> Shares:
            if is_refused:
                raise ExpiryDiffers("", "", self.today, self.today)
            return [(code, quantity)]

        moved = await self._do(put_stock, request, expect)
        if moved is not None:
            model.days[code] = day or model.days.get(code)
            model.carry(moved.record, OUT, place, [(code, quantity)])

    async def take(self) -> None:
        place, quantity, lot = self._any(SHELVES), self._some(), self._named()
        request = TakeStock(item=self._item, quantity=Decimal(quantity), location=place, lot=lot)
        moved = await self._do(take_stock, request, lambda: self._go(place, quantity, lot))
        if moved is not None:
            shares = _shares(moved)
            # Whatever the model thinks: nothing that is held or expired.
            assert all(self.model.is_usable(code, self.today) for code, _ in shares)
            self.model.carry(moved.record, place, OUT, shares)
            self.taken += 1

    async def move(self) -> None:
        source, target = self._random.sample(SHELVES, 2)
        quantity, lot = self._some(), self._named()
        request = MoveStock(
            item=self._item, quantity=Decimal(quantity), source=source, target=target, lot=lot
        )
        moved = await self._do(move_stock, request, lambda: self._go(source, quantity, lot))
        if moved is not None:
            self.model.carry(moved.record, source, target, _shares(moved))

    async def adjust(self) -> None:
        code, place, counted = self._any(CODES), self._any(SHELVES), self._some()
        before = self.model.levels[place, code]
        difference = counted - before
        request = AdjustStock(
            item=self._item, location=place, counted=Decimal(counted), reason="count", lot=code
        )

        def expect() -> Shares:
            self._require_known(code)
            return [(code, abs(difference))]

        moved = await self._do(adjust_stock, request, expect, self._warehouse.manager)
        if moved is not None and difference:
            ends = (OUT, place) if difference > 0 else (place, OUT)
            self.model.carry(moved.record, ends[0], ends[1], [(code, abs(difference))])

    async def hold(self) -> None:
        code, is_hold = self._any(CODES), self._random.random() < 0.6
        kind: Any = HoldLot if is_hold else ReleaseLot
        request = kind(item=self._item, lot=code, reason="why")

        def expect() -> Shares:
            self._require_known(code)
            if (code in self.model.held) == is_hold:
                raise LotUnchanged("", "", "")
            return []

        operation = hold_lot if is_hold else release_lot
        if await self._do(operation, request, expect, self._warehouse.manager) is not None:
            (self.model.held.add if is_hold else self.model.held.discard)(code)

    async def undo(self) -> None:
        if not self.model.records:
            return
        record, model = self._any(list(self.model.records)), self.model

        def expect() -> Shares:
            done = model.records[record]
            if done is None:
                raise NotReversible(record, "")
            _source, target, shares = done
            if target != OUT and any(model.levels[target, code] < n for code, n in shares):
                raise ReversalBlocked(record, InsufficientStock("", "", "", Decimal(0), Decimal(0)))
            return shares[::-1]

        request = ReverseRecord(record=record)
        moved = await self._do(reverse_record, request, expect, self._warehouse.manager)
        if moved is not None:
            done = model.records[record]
            assert done is not None
            source, target, shares = done
            model.carry(moved.record, target, source, shares[::-1])
            model.records[record] = model.records[moved.record] = None

    async def compare(self) -> None:
        """Levels by lot are those of the model."""
        async with self._warehouse.db.look_up(self._warehouse.viewer) as books:
            found = {row.id: row for row in await books.locations.find_all()}
            ids = [key for key, row in found.items() if row.name in SHELVES]
            rows = await books.stock.lots_at([self._item], ids)
        levels = {(found[row.location_id].name, row.code): int(row.quantity) for row in rows}
        wanted = {key: n for key, n in self.model.levels.items() if n and key[0] != OUT}
        assert levels == wanted

    def _go(self, place: str, quantity: int, lot: str | None) -> Shares:
        if lot is None:
            return self.model.choose(place, quantity, self.today)
        self._require_known(lot)
        if not self.model.is_usable(lot, self.today):
            raise LotSetAside("", "")
        self.model.require(place, lot, quantity)
        return [(lot, quantity)]

    def _require_known(self, code: str) -> None:
        if code not in self.model.days:
            raise NotFound("lot")

    async def _do(
        self, operation: Any, request: Any, expect: Callable[[], Shares], actor: Any = None
    ) -> Any:
        """Run what was foreseen to succeed or to be refused; None if it was refused."""
        wanted: Shares = []
        refusal: type[Exception] | None = None
        try:
            wanted = expect()
        except (RuleBroken, NotFound) as error:
            refusal = type(error)
        if refusal is not None:
            with pytest.raises(refusal):
                await self._warehouse.run(operation, request, actor)
            return None
        done = await self._warehouse.run(operation, request, actor)
        if isinstance(done, StockMoved):
            assert _shares(done) == wanted, request
        return done

    def _any(self, values: Any) -> Any:
        return self._random.choice(values)

    def _some(self) -> int:
        return self._random.randint(1, 9)

    def _named(self) -> str | None:
        return self._any(CODES) if self._random.random() < 0.25 else None


def _shares(moved: StockMoved) -> Shares:
    return [(line.lot, int(line.quantity)) for line in moved.lines]


async def _add_items(warehouse: Warehouse, first: int, count: int) -> list[int]:
    """Add tracked items in one unit."""
    rows = [
        {
            "sku": f"SKU{n}",
            "sku_key": f"sku{n}",
            "name": f"N{n}",
            "name_key": f"n{n}",
            "tracking": "lot",
        }
        for n in range(first, first + count)
    ]

    async def work(uow: UnitOfWork) -> list[int]:
        return [item.id for item in await uow.items.bulk_create(rows)]

    return await warehouse.change(work)


@pytest.mark.both_engines
async def test_lots_are_as_a_model_has_them(warehouse: Warehouse, clock: Clock) -> None:
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    taken = 0
    for first in range(0, HISTORIES, 20):
        for number, item_id in enumerate(await _add_items(warehouse, first, 20), first):
            history = History(warehouse, clock, item_id, number)
            for _ in range(STEPS):
                await history.step()
            await history.compare()
            taken += history.taken
    assert taken > HISTORIES / 4
