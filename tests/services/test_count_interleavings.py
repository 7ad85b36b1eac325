"""Counting while stock is moved, at random: what is posted is what differed, to the piece.

The model knows what is really on the shelf. Moves change shelf and books alike, so that they differ
by what was missing when the count began, whatever happens meanwhile.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.counts import LinesOpen, NothingCounted, NothingEntered, NothingLeft
from bot.errors import IllegalStep, SelfApproval
from bot.services.approvals.declared import DecideProposal
from bot.services.counts.deciding import COUNT_APPROVALS
from bot.services.counts.entering import (
    CountsEntered,
    EnterCounts,
    EntryPrepared,
    PrepareEntry,
    enter_counts,
    prepare_entry,
)
from bot.services.counts.skipping import SkipLines, skip_lines
from bot.services.counts.starting import StartCount, SubmitCount, start_count, submit_count
from bot.services.moved import StockMoved
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import Warehouse, require_sound_books

pytestmark = [pytest.mark.slow, pytest.mark.both_engines]  # real concurrency is PostgreSQL's

SKUS, SHELVES = ("TEA", "CUP", "PIN"), ("A1", "B2")
PEOPLE = 4
ON_SQLITE, ON_POSTGRESQL = (3000, 300) if SOAK else (8, 2)
STEPS = 14
Key = tuple[str, str]


class Shelves:
    """A warehouse whose shelves hold something else than the books say."""

    def __init__(self, warehouse: Warehouse, seed: int) -> None:
        self.warehouse = warehouse
        self.random = random.Random(seed)
        self.people = [replace(warehouse.manager, user_id=950 + n) for n in range(PEOPLE)]
        self.books: dict[Key, int] = {}
        self.real: dict[Key, int] = {}

    async def open(self) -> None:
        """Make the items and the shelves, with stock that agrees."""
        for name in SHELVES:
            await self.warehouse.add_shelf(name)
        for sku in SKUS:
            await self.warehouse.add_item(sku)
            for name in SHELVES:
                put = PutStock(item=sku, quantity=Decimal(50), location=name)
                await self.warehouse.run(put_stock, put, self.people[0])
                self.books[sku, name] = self.real[sku, name] = 50

    def lose_some(self) -> None:
        """Let things get lost, or turn up, without a record."""
        for key in self.real:
            if self.random.random() < 0.5:
                self.real[key] = max(0, self.real[key] + self.random.randint(-5, 5))

    def plan_move(self) -> Any:
        """Return a coroutine that carries goods, as much as shelf and books both have."""
        sku, (here, there) = self.random.choice(SKUS), self.random.sample(SHELVES, 2)
        most = min(self.books[sku, here], self.real[sku, here])
        quantity = Decimal(self.random.randint(1, max(1, most // 4)))
        kind = self.random.randrange(3) if most > 4 else 0
        run, actor = self.warehouse.run, self.random.choice(self.people)
        if kind == 0:
            put = PutStock(item=sku, quantity=quantity, location=here)
            return run(put_stock, put, actor)
        if kind == 1:
            take = TakeStock(item=sku, quantity=quantity, location=here)
            return run(take_stock, take, actor)
        move = MoveStock(item=sku, quantity=quantity, source=here, target=there)
        return run(move_stock, move, actor)

    def note(self, moved: StockMoved) -> None:
        """Move on the shelf what was moved in the books."""
        for line in moved.lines:
            for end, sign in ((line.source, -1), (line.target, 1)):
                if not end.is_virtual:
                    self.books[line.sku, end.name] += sign * int(line.quantity)
                    self.real[line.sku, end.name] += sign * int(line.quantity)


class History:
    """One count from its start to its posting, with moves in between."""

    def __init__(self, shelves: Shelves, count_id: int) -> None:
        self.shelves = shelves
        self.count_id = count_id
        # Open forms, with what their users have seen on the shelf since they opened them.
        self.forms: list[tuple[Any, EntryPrepared, dict[int, int]]] = []
        self.counted: set[Key] = set()
        self.counters: set[int] = set()
        self.asked_again = 0

    async def step(self) -> None:
        """Do anything that may happen in a warehouse."""
        shelves = self.shelves
        match shelves.random.randrange(7):
            case 0 | 1:
                shelves.note(await shelves.plan_move())
            case 2 | 3:
                await self.open_form()
            case 4:
                self.look()
            case 5:
                await self.hand_in()
            case _:
                await self.hand_in_beside_a_move()

    async def open_form(self) -> None:
        """Let someone open a form, of open lines or of those that they count once more."""
        shelves = self.shelves
        actor = shelves.random.choice(shelves.people)
        lines = (shelves.random.randint(1, 3),) if shelves.random.random() < 0.2 else ()
        request = PrepareEntry(count_id=self.count_id, lines=lines)
        try:
            form = await shelves.warehouse.db.query(prepare_entry, request, actor)
        except NothingLeft:
            return
        self.forms.append((actor, form, {}))

    def look(self) -> None:
        """Let everyone with a form look at one of its lines."""
        for _actor, form, seen in self.forms:
            line = self.shelves.random.choice(form.lines)
            seen[line.number] = self.shelves.real[line.sku, line.location]

    async def hand_in(self) -> None:
        """Submit the oldest form."""
        if self.forms:
            self.take(*await self.submit_form())

    async def hand_in_beside_a_move(self) -> None:
        """Submit a form and move goods at once: whichever was first, the books know."""
        if not self.forms:
            return
        entering, moving = self.submit_form(), self.shelves.plan_move()
        (form, entered), moved = await asyncio.gather(entering, moving)
        self.take(form, entered)
        self.shelves.note(moved)
        if entered is not None and entered.record > moved.record:
            touched = {
                (line.sku, end.name) for line in moved.lines for end in (line.source, line.target)
            }
            assert not touched & {(line.sku, line.location) for line in entered.lines}

    async def submit_form(self) -> tuple[EntryPrepared, CountsEntered | None]:
        """Fill the oldest form in; the rest of the shelf is looked at now."""
        actor, form, seen = self.forms.pop(0)
        real = self.shelves.real
        typed = tuple(
            (line.number, str(seen.get(line.number, real[line.sku, line.location])))
            for line in form.lines
        )
        request = EnterCounts(count_id=self.count_id, seen=form.record, typed=typed)
        try:
            entered = await self.shelves.warehouse.run(enter_counts, request, actor)
        except NothingEntered as error:
            self.asked_again += len(error.again)
            return form, None
        self.counters.add(actor.user_id)
        return form, entered

    def take(self, form: EntryPrepared, entered: CountsEntered | None) -> None:
        """Note which lines were taken."""
        if entered is not None:
            assert len(entered.lines) + len(entered.again) == len(form.lines)
            self.counted |= {(line.sku, line.location) for line in entered.lines}
            self.asked_again += len(entered.again)

    async def finish(self) -> None:
        """Submit, move on, let those decide who may not, and then one who may."""
        shelves, run = self.shelves, self.shelves.warehouse.run
        try:
            await run(submit_count, SubmitCount(count_id=self.count_id), shelves.people[0])
        except LinesOpen:
            # Some of what is left is skipped, the rest counted.
            lines = (1, 2) if shelves.random.random() < 0.5 else (3,)
            with suppress(NothingEntered):
                await run(skip_lines, SkipLines(count_id=self.count_id, lines=lines))
            while not await self.is_submitted():
                await self.open_form()
                await self.hand_in()
        for _ in range(shelves.random.randrange(3)):
            shelves.note(await shelves.plan_move())
        await self.decide()

    async def is_submitted(self) -> bool:
        """Try to submit."""
        request = SubmitCount(count_id=self.count_id)
        try:
            await self.shelves.warehouse.run(submit_count, request, self.shelves.people[0])
        except (LinesOpen, NothingCounted):
            return False
        except IllegalStep:
            return True
        return True

    async def decide(self) -> None:
        """Let everyone try to post it, those first who counted."""
        shelves, post = self.shelves, COUNT_APPROVALS.decisions["post"]
        request = DecideProposal(subject_id=self.count_id, version=2)
        everyone = [*shelves.people, shelves.warehouse.admin]
        for actor in sorted(everyone, key=lambda each: each.user_id not in self.counters):
            if actor.user_id in self.counters:
                with pytest.raises(SelfApproval):
                    await shelves.warehouse.run(post, request, actor)
                continue
            await shelves.warehouse.run(post, request, actor)
            break
        for key in self.counted:
            shelves.books[key] = shelves.real[key]


async def test_what_is_posted_is_exact_whatever_moved_around_the_counting(
    warehouse: Warehouse,
) -> None:
    shelves = Shelves(warehouse, seed=4)
    histories = ON_SQLITE if warehouse.db.is_sqlite else ON_POSTGRESQL
    await shelves.open()
    asked_again = 0
    for _ in range(histories):
        shelves.lose_some()
        started = await warehouse.run(start_count, StartCount(location="A1", items="TEA CUP PIN"))
        other = await count_everything(shelves, started.count_id)
        asked_again += other.asked_again
        assert await read_levels(warehouse) == shelves.books
    assert asked_again > histories / 4
    await require_sound_books(warehouse.db)
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()


async def count_everything(shelves: Shelves, count_id: int) -> History:
    """Play one count."""
    history = History(shelves, count_id)
    for _ in range(STEPS):
        await history.step()
    history.forms.clear()
    await history.finish()
    return history


async def read_levels(warehouse: Warehouse) -> dict[Key, int]:
    """Read what the books say is on the shelves."""
    async with warehouse.db.look_up(warehouse.manager) as books:
        found = {}
        for name in SHELVES:
            location = await books.locations.require_reference(name)
            for row in await books.stock.levels_at_location(location.id):
                found[row.sku, name] = int(row.quantity)
    return {(sku, name): found.get((sku, name), 0) for sku in SKUS for name in SHELVES}
