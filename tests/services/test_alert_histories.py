"""Random histories of stock with an alerts channel that is away for a while, beside a model.

The model knows nothing of why stock falls: it reads what is available after each step.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.database.models import AuditEvent, Item, Location, Lot, Outbox, Request, Schedule
from bot.database.models import StockLevel as Level
from bot.database.models.base import table_of
from bot.domain.actors import Actor
from bot.domain.lanes import LOW_STOCK
from bot.domain.lots import ExpiryDiffers
from bot.domain.quantities import TypedQuantity
from bot.domain.requests import UNDER_WAY
from bot.domain.schedule import DIGEST
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.errors import NotFound, TallymanError
from bot.jobs.digests import DigestHandler
from bot.services.bulk.lines import BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.items import AddItem, add_item
from bot.services.locations import EditLocation, edit_location
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.low_stock import ListLowStock, list_low_stock
from bot.services.merging import MergeItems, merge_items
from bot.services.requests.closing import EndRequest, cancel_request
from bot.services.requests.making import EditLines, edit_lines
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
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import import_file
from tests.services.picks import ask, fill_in, pick
from tests.services.sync.scanner import Scanner

pytestmark = pytest.mark.slow

HISTORIES, STEPS = (500, 40) if SOAK else (6, 30)
POINT, LOTS = 5, ("L1", "L2", "L3")
Step = Callable[[], Awaitable[object]]


class History:
    """Three items on two shelves, and what of them was and should be posted."""

    def __init__(self, warehouse: Warehouse, clock: Clock, seed: int) -> None:
        self._warehouse, self._clock = warehouse, clock
        self._random = random.Random(seed)
        self._skus = [f"{name}-{seed}" for name in ("INK", "GLUE", "MILK")]
        self._milk = self._skus[-1]
        self._shelves = [f"A{seed}", f"B{seed}"]
        self._above: dict[str, bool] = {}
        self._owed: set[str] = set()
        self._told: list[str] = []
        self._requests: set[int] = set()
        self._first = 0
        self.posted = 0

    async def open(self) -> None:
        for sku in self._skus:
            tracking = "lot" if sku == self._milk else "none"
            request = AddItem(
                sku=sku, name=sku, tracking=tracking, reorder_point=TypedQuantity(Decimal(POINT))
            )
            await self._warehouse.run(add_item, request, self._manager)
        for shelf in self._shelves:
            await self._warehouse.add_shelf(shelf)
        for _ in range(6):
            with suppress(ExpiryDiffers):
                await self.put()
        self._first = (await rows_of(self._warehouse.db, AuditEvent, GUILD))[-1].record - 1
        await self._look()
        self._owed.clear()
        await self._read_outbox()

    async def step(self) -> None:
        """Do anything, then see what fell; if the channel is there, see what is posted."""
        steps: list[Step] = [
            *[self.put] * 3, *[self.take] * 4, *[self.ask] * 3, *[self.edit] * 2, *[self.pick] * 2,
            *[self.undo] * 3, *[self.pen] * 2, self.fill_in, self.cancel, self.move, self.adjust,
            self.bulk, self.hold, self.release, self.wait, self.scan, self.import_stock,
            self.import_kind, self.merge if self._random.random() < 0.3 else self.undo,
        ]  # fmt: skip
        step = self._random.choice(steps)
        self._clock.advance(seconds=1)
        try:
            await step()
        except TallymanError as error:
            self._told.append(f"{step.__name__} {type(error).__name__}")
        else:
            self._told.append(step.__name__)
        await self._look()
        if self._random.random() < 0.25:
            await self._deliver()

    @property
    def _manager(self) -> Actor:
        return self._warehouse.manager

    async def put(self) -> None:
        sku, more = self._sku(), {}
        if sku == self._milk:
            today = self._clock.now.date()
            days: list[date | None] = [None, *(today + timedelta(days=n) for n in (-1, 0, 1, 9))]
            more = {"lot": self._any(LOTS), "expires_on": self._any(days)}
        request = PutStock(item=sku, quantity=self._some(), location=self._shelf(), **more)
        await self._warehouse.run(put_stock, request, self._manager)

    async def take(self) -> None:
        request = TakeStock(item=self._sku(), quantity=self._some(), location=self._shelf())
        await self._warehouse.run(take_stock, request, self._manager)

    async def move(self) -> None:
        source, target = self._random.sample(self._shelves, 2)
        request = MoveStock(item=self._sku(), quantity=self._some(), source=source, target=target)
        await self._warehouse.run(move_stock, request, self._manager)

    async def adjust(self) -> None:
        sku = self._sku()
        lot = self._any(LOTS) if sku == self._milk else None
        request = AdjustStock(
            item=sku, location=self._shelf(), counted=self._some(), reason="count", lot=lot
        )
        await self._warehouse.run(adjust_stock, request, self._manager)

    async def bulk(self) -> None:
        lines = tuple(
            BulkLine(number=number, item=sku, quantity=self._some(), location=self._shelf())
            for number, sku in enumerate(self._skus[:2], 1)
        )
        action = self._any(("take", "put", "count"))
        request = MoveInBulk(action=action, lines=lines)
        await self._warehouse.run(move_in_bulk, request, self._manager)

    async def ask(self) -> None:
        self._requests.add((await ask(self._warehouse, self._lines())).request_id)

    async def edit(self) -> None:
        row = await self._request()
        request = EditLines(request_id=row.id, version=row.version, lines=self._lines())
        await self._warehouse.run(edit_lines, request)

    async def pick(self) -> None:
        await pick(self._warehouse, (await self._request()).id)

    async def fill_in(self) -> None:
        await fill_in(self._warehouse, (await self._request()).id, "1", "2", "1")

    async def cancel(self) -> None:
        request = EndRequest(request=(await self._request()).id)
        await self._warehouse.run(cancel_request, request, self._manager)

    async def undo(self) -> None:
        rows = await rows_of(self._warehouse.db, AuditEvent, GUILD)
        own = [row.record for row in rows if row.record > self._first]
        request = ReverseRecord(record=self._any(own[-9:]))
        await self._warehouse.run(reverse_record, request, self._manager)

    async def hold(self) -> None:
        request = HoldLot(item=self._milk, lot=self._any(LOTS), reason="smell")
        await self._warehouse.run(hold_lot, request, self._manager)

    async def release(self) -> None:
        request = ReleaseLot(item=self._milk, lot=self._any(LOTS), reason="well")
        await self._warehouse.run(release_lot, request, self._manager)

    async def pen(self) -> None:
        request = EditLocation(location=self._shelf(), kind=self._kind())
        await self._warehouse.run(edit_location, request, self._manager)

    async def wait(self) -> None:
        """Let the day end: the digest is due as the next one begins."""
        self._clock.advance(days=1)
        due_at = await DigestHandler(self._warehouse.db)(GUILD)
        schedule = table_of(Schedule)
        change = update(schedule).where(schedule.c.kind == DIGEST).values(due_at=due_at)
        if due_at is not None:
            await self._warehouse.db.maintenance.write(lambda each: each.execute(change))

    async def scan(self) -> None:
        """Let a device send what was taken an hour ago."""
        scanner = Scanner(self._warehouse.db, self._warehouse.employee)
        at = self._clock.now - timedelta(hours=1)
        wanted = {"item": self._sku(), "quantity": str(self._some()), "from": self._shelf()}
        await scanner.send_one(scanner.did("stock_moves", wanted, at))

    async def import_stock(self) -> None:
        lines = [f"{sku},{self._some()},{self._shelf()}" for sku in self._skus[:2]]
        await import_file(self._warehouse, "\n".join(["sku,quantity,place", *lines]), "stock")

    async def import_kind(self) -> None:
        file = f"location,kind\n{self._shelf()},{self._kind()}\n"
        await import_file(self._warehouse, file, "locations")

    async def merge(self) -> None:
        request = MergeItems(item=self._skus[0], into=self._skus[1])
        await self._warehouse.run(merge_items, request, self._manager)

    async def _look(self) -> None:
        """Read what is available; what fell is owed an alert until it rises or is posted."""
        available = await self._read_available()
        left = ", ".join(f"{sku} {available.get(sku)}" for sku in self._skus)
        self._told.append(f"  {left}")
        for sku in self._skus:
            is_above = sku in available and available[sku] > POINT
            if is_above:
                self._owed.discard(sku)
            elif self._above.get(sku) and sku in available:
                self._owed.add(sku)
            self._above[sku] = is_above

    async def _deliver(self) -> None:
        # What was merged meanwhile is not reordered.
        owed = self._owed & (await self._read_available()).keys()
        assert await self._read_outbox() == Counter(owed), "\n".join(self._told)
        self._told.append("  posted")
        self.posted += len(owed)
        self._owed.clear()

    async def _read_outbox(self) -> Counter[str]:
        """Post what waits, as the lane does."""
        db, outbox = self._warehouse.db, table_of(Outbox)
        rows = await rows_of(db, Outbox, GUILD)
        posted: Counter[str] = Counter()
        for record in sorted(row.record for row in rows if row.kind == LOW_STOCK):
            found = await db.query(list_low_stock, ListLowStock(record=record), self._manager)
            posted.update(low.sku for low in found if low.sku in self._skus)
        posting = delete(outbox).where(outbox.c.kind == LOW_STOCK)
        await db.maintenance.write(lambda each: each.execute(posting))
        return posted

    async def _read_available(self) -> dict[str, Decimal]:
        """Add up what is in no quarantine, in no lot that is held or over, and not reserved."""
        items, places, lots, levels = [
            await rows_of(self._warehouse.db, model, GUILD)
            for model in (Item, Location, Lot, Level)
        ]
        today = self._clock.now.date()
        open_at = {row.id for row in places if row.kind != "quarantine"}
        bad = {
            row.id
            for row in lots
            if row.state != "open" or (row.expires_on is not None and row.expires_on < today)
        }
        found = {row.id: -row.reserved for row in items if row.archived_at is None}
        for level in levels:
            is_there = level.location_id > LAST_VIRTUAL_ID and level.location_id in open_at
            if level.item_id in found and is_there and level.lot_id not in bad:
                found[level.item_id] += level.quantity
        return {row.sku: found[row.id] for row in items if row.id in found}

    async def _request(self) -> Any:
        rows = await rows_of(self._warehouse.db, Request, GUILD)
        own = [row for row in rows if row.id in self._requests]
        if not own:
            raise NotFound("request")
        return self._any([row for row in own if row.status in UNDER_WAY] or own)

    def _lines(self) -> str:
        return "; ".join(f"{self._sku()} {self._some()}" for _ in range(2))

    def _kind(self) -> str:
        return self._random.choice(("quarantine", "storage", "storage"))

    def _some(self) -> Decimal:
        return Decimal(self._random.randint(1, 9))

    def _sku(self) -> str:
        return self._random.choice(self._skus)

    def _shelf(self) -> str:
        return self._random.choice(self._shelves)

    def _any(self, choices: Any) -> Any:
        return self._random.choice(choices)


async def test_each_fall_is_alerted_once_however_late_its_channel_is(
    warehouse: Warehouse, clock: Clock
) -> None:
    posted = 0
    for seed in range(HISTORIES):
        history = History(warehouse, clock, seed)
        await history.open()
        for _ in range(STEPS):
            await history.step()
        posted += history.posted
    assert posted > HISTORIES
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
