"""Many people request, pick and take the same items at once: what is reserved stays exact."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest
from sqlalchemy import text

from bot.database.models import AuditEvent, Request, StockLevel
from bot.database.service import DatabaseService
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.errors import ClockBehind, Conflict, NotFound, RuleBroken
from bot.jobs.lapses import LapseHandler
from bot.services.requests.closing import EndRequest, cancel_request, close_request
from bot.services.requests.making import EditLines, edit_lines
from bot.services.requests.picking import PickAll, PickSome, pick_all, pick_some
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    PutStock,
    TakeStock,
    adjust_stock,
    put_stock,
    take_stock,
)
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.picks import ask, look, request_of, reserved

pytestmark = pytest.mark.slow


PEOPLE: Final = 64
ITEMS, SHELVES, ON_EACH = 20, 2, 30
ACTS: Final = 40 if SOAK else 2

# One statement, so that it sees the books between two commits: items whose reservations are not
# the sum of the lines under way or more than there is, lines of what has ended, and lines that are
# short of what is available.
BROKEN: Final = text(
    f"""
    SELECT i.sku, i.reserved, h.held, s.total FROM item i
    LEFT JOIN (
        SELECT l.item_id, SUM(l.reserved) AS held FROM request_line l
        JOIN request r ON r.guild_id = l.guild_id AND r.id = l.request_id
        WHERE l.guild_id = :g AND r.status IN ('open', 'picking') GROUP BY l.item_id
    ) h ON h.item_id = i.id
    LEFT JOIN (
        SELECT item_id, SUM(quantity) AS total FROM stock_level
        WHERE guild_id = :g AND location_id > {int(LAST_VIRTUAL_ID)} GROUP BY item_id
    ) s ON s.item_id = i.id
    WHERE i.guild_id = :g
      AND (i.reserved <> COALESCE(h.held, 0) OR i.reserved > COALESCE(s.total, 0))
    UNION ALL
    SELECT r.status, l.reserved, l.quantity, l.picked FROM request_line l
    JOIN request r ON r.guild_id = l.guild_id AND r.id = l.request_id
    WHERE l.guild_id = :g AND r.status NOT IN ('open', 'picking') AND l.reserved <> 0
    UNION ALL
    SELECT r.status, l.reserved, l.quantity, l.picked FROM request_line l
    JOIN request r ON r.guild_id = l.guild_id AND r.id = l.request_id
    JOIN item i ON i.guild_id = l.guild_id AND i.id = l.item_id
    WHERE l.guild_id = :g AND r.status IN ('open', 'picking')
      AND l.quantity > l.picked + l.reserved AND i.reserved < (
        SELECT SUM(s.quantity) FROM stock_level s WHERE s.guild_id = :g AND s.item_id = i.id
        AND s.location_id > {int(LAST_VIRTUAL_ID)}
      )
    """
)


async def require_exact(db: DatabaseService) -> None:
    found = await db.maintenance.read(lambda connection: connection.execute(BROKEN, {"g": GUILD}))
    assert not found.all()


class Player:
    """A person who does something at random, again and again, and looks at the books each time."""

    def __init__(self, warehouse: Warehouse, clock: Clock, number: int, done: Counter[str]) -> None:
        self._warehouse = warehouse
        self._clock = clock
        self._random = random.Random(number)
        # Two of them share what they see: so they pick the same request at once.
        employee = warehouse.manager if number % 8 == 0 else warehouse.employee
        self._actor = replace(employee, user_id=5000 + number)
        self._done = done

    async def play(self, acts: int) -> None:
        moves = (
            self.ask, self.ask, self.ask, self.pick, self.pick, self.pick, self.fill_in, self.take,
            self.take, self.cancel, self.close, self.edit, self.undo, self.wait, self.put,
            self.count,
        )  # fmt: skip
        for _ in range(acts):
            move = self._random.choice(moves)
            try:
                await move()
            # Hours pass at once here: what waited for the books meanwhile is dated too far back.
            except (RuleBroken, Conflict, NotFound, ClockBehind) as error:
                self._done[f"{move.__name__} {type(error).__name__}"] += 1
            else:
                self._done[move.__name__] += 1
            await require_exact(self._warehouse.db)

    async def ask(self) -> None:
        count = self._random.randint(1, 3)
        lines = [f"S-{self._random.randint(1, ITEMS)} {self._random.randint(1, 9)}"] * count
        await ask(self._warehouse, "; ".join(lines), self._actor)

    async def pick(self) -> None:
        request_id = await self._choose()
        planned = await look(self._warehouse, request_id)
        request = PickAll(request_id=request_id, signature=planned.signature)
        await self._warehouse.run(pick_all, request, self._actor)

    async def fill_in(self) -> None:
        request_id = await self._choose()
        planned = await look(self._warehouse, request_id)
        typed = tuple((row.key, str(self._random.randint(0, 3))) for row in planned.rows)
        request = PickSome(request_id=request_id, seen=planned.record, typed=typed)
        await self._warehouse.run(pick_some, request, self._actor)

    async def take(self) -> None:
        request = TakeStock(
            item=f"S-{self._random.randint(1, ITEMS)}",
            quantity=Decimal(self._random.randint(1, 4)),
            location=f"A{self._random.randint(1, SHELVES)}",
        )
        await self._warehouse.run(take_stock, request, self._actor)

    async def put(self) -> None:
        request = PutStock(
            item=f"S-{self._random.randint(1, ITEMS)}",
            quantity=Decimal(self._random.randint(1, 9)),
            location=f"A{self._random.randint(1, SHELVES)}",
        )
        await self._warehouse.run(put_stock, request, self._actor)

    async def count(self) -> None:
        request = AdjustStock(
            item=f"S-{self._random.randint(1, ITEMS)}",
            counted=Decimal(self._random.randint(0, ON_EACH)),
            location=f"A{self._random.randint(1, SHELVES)}",
            reason="count",
        )
        await self._warehouse.run(adjust_stock, request, self._warehouse.manager)

    async def cancel(self) -> None:
        request = EndRequest(request=await self._choose())
        await self._warehouse.run(cancel_request, request, self._actor)

    async def close(self) -> None:
        request = EndRequest(request=await self._choose())
        await self._warehouse.run(close_request, request, self._actor)

    async def edit(self) -> None:
        row = await request_of(self._warehouse, await self._choose())
        lines = f"S-{self._random.randint(1, ITEMS)} {self._random.randint(1, 9)}"
        request = EditLines(request_id=row.id, version=row.version, lines=lines)
        await self._warehouse.run(edit_lines, request, self._actor)

    async def undo(self) -> None:
        rows = await rows_of(self._warehouse.db, AuditEvent, GUILD)
        moved = {"request.picked", "stock.put", "stock.adjusted", "stock.taken"}
        picks = [row.record for row in rows if row.action in moved]
        if picks:
            request = ReverseRecord(record=self._random.choice(picks[-20:]))
            await self._warehouse.run(reverse_record, request, self._warehouse.manager)

    async def wait(self) -> None:
        self._clock.advance(hours=self._random.randint(1, 40))
        await LapseHandler(self._warehouse.db)(GUILD)

    async def _choose(self) -> int:
        rows = await rows_of(self._warehouse.db, Request, GUILD)
        under_way: list[int] = [row.id for row in rows if row.status in {"open", "picking"}]
        if not under_way:
            raise NotFound("request")
        return self._random.choice(under_way[:5])


@pytest.mark.both_engines
async def test_64_people_at_once_never_reserve_what_is_not_there(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelves = [await warehouse.add_shelf(f"A{number}") for number in range(1, SHELVES + 1)]
    for number in range(1, ITEMS + 1):
        item = await warehouse.add_item(f"S-{number}")
        for shelf in shelves:
            await warehouse.put(item, ON_EACH, shelf)
    done: Counter[str] = Counter()
    players = [Player(warehouse, clock, number, done) for number in range(PEOPLE)]
    await asyncio.gather(*(player.play(ACTS) for player in players))
    assert {"ask", "pick", "take"} <= done.keys(), done
    clock.advance(days=30)
    await LapseHandler(warehouse.db)(GUILD)
    assert await reserved(warehouse) == {}
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
async def test_a_reservation_is_released_once_however_many_release_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    box = await warehouse.add_item("BOX")
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(box, 10, a1)
    held = await ask(warehouse, "BOX 4")
    cancel = EndRequest(request=held.request_id)
    twice = [warehouse.run(cancel_request, cancel, actor) for actor in (None, warehouse.manager)]
    outcomes = await asyncio.gather(*twice, return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in outcomes) == 1
    assert await reserved(warehouse) == {}

    await warehouse.put(box, 2, b2)
    over_two = await ask(warehouse, "BOX 12")
    assert len((await look(warehouse, over_two.request_id)).rows) == 2
    await warehouse.run(cancel_request, EndRequest(request=over_two.request_id))
    assert await reserved(warehouse) == {}

    used = await ask(warehouse, "BOX 4")
    planned = await look(warehouse, used.request_id)
    clock.advance(days=14)
    pick = PickAll(request_id=used.request_id, signature=planned.signature)
    await asyncio.gather(
        LapseHandler(warehouse.db)(GUILD), warehouse.run(pick_all, pick), return_exceptions=True
    )
    status = (await request_of(warehouse, used.request_id)).status
    levels = [
        row.quantity
        for row in await rows_of(warehouse.db, StockLevel, GUILD)
        if row.location_id > LAST_VIRTUAL_ID
    ]
    assert (status, sum(levels)) in {("done", 8), ("lapsed", 12)}
    assert await reserved(warehouse) == {}
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
