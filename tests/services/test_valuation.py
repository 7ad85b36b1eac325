"""The value of stock beside a naive FIFO of the whole history, unit by unit."""

import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.rights import Need
from bot.domain.stock import InsufficientStock, NotReversible, ReversalBlocked, SameLocation
from bot.domain.valuation import LeftCosts, Value
from bot.domain.virtual_locations import VirtualLocation
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    MoveStock,
    PutStock,
    TakeStock,
    move_stock,
    put_stock,
    take_stock,
)
from bot.services.valuation import FindLedger, find_ledger, value_items
from tests.conftest import ENGINES, SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock

ITEMS, SHELVES = ("A", "B", "C"), ("S1", "S2")
STEPS = 60
COSTS = [(Decimal(1), "EUR"), (Decimal("2.5"), "EUR"), (Decimal(7), "USD")]


@dataclass(frozen=True)
class Bought:
    item: str
    quantity: int
    location: str
    cost: tuple[Decimal, str]


async def _buy(uow: UnitOfWork, request: Bought) -> int:
    """Put goods at a price, as deliveries do."""
    line = await uow.stock.line(request.item, VirtualLocation.SUPPLIER, request.location)
    uow.stock.post(line, Decimal(request.quantity), *request.cost)
    return uow.record("stock.put", subject_type="item", subject_id=line.item.id, subject="")


BUY: Operation[Bought, int] = Operation("test.bought", _buy, Need(("stock.move",)))


@dataclass(frozen=True)
class Done:
    """What a record did to an item: came in, left, or was merged into another."""

    verb: str
    item: str
    quantity: int = 0
    cost: tuple[Decimal, str] | None = None
    into: str = ""


class Naive:
    """All that was done, and what of it was reversed, with the item that the reversal moved."""

    def __init__(self) -> None:
        self.done: dict[int, Done] = {}
        self.reversed: dict[int, tuple[int, str]] = {}

    def value(self, beyond: int) -> dict[str, list[Any]]:
        """Return the costs of the units of each item, in the order in which they will leave."""
        done = {record: each for record, each in self.done.items() if record < beyond}
        gone = {record: each for record, each in self.reversed.items() if each[0] < beyond}
        into = {
            each.item: each.into
            for record, each in done.items()
            if each.verb == "merge" and record not in gone
        }

        def root(item: str) -> str:
            while item in into:
                item = into[item]
            return item

        for record, (reversal, item) in gone.items():
            each = done[record]
            if each.verb == "merge" or root(each.item) == root(item):
                del done[record]
            else:
                verb = "leave" if each.verb == "come" else "come"
                done[reversal] = Done(verb, item, each.quantity)
        units: dict[str, list[Any]] = defaultdict(list)
        owed: dict[str, int] = defaultdict(int)
        for _record, each in sorted(done.items()):
            if each.verb == "merge":
                units[each.into] += units.pop(each.item, [])
                owed[each.into] += owed.pop(each.item, 0)
            elif each.verb == "come":
                units[each.item] += [each.cost] * each.quantity
            else:
                owed[each.item] += each.quantity
            for item, costs in units.items():
                gone_now = min(owed[item], len(costs))
                owed[item] -= gone_now
                del costs[:gone_now]
        assert not any(owed.values())
        return {item: costs for item, costs in units.items() if costs}


async def value_now(
    warehouse: Warehouse, *, as_of: str = "", location: str | None = None
) -> tuple[dict[str, Value], LeftCosts]:
    """Return the value of each item by its SKU, and what left cost."""
    left, found = LeftCosts(), {}
    request = FindLedger(as_of=as_of, location=location)
    actor = warehouse.manager
    async with warehouse.db.reads.heavy_work(warehouse.guild_id):
        ledger = await warehouse.db.query(find_ledger, request, actor)
        async for piece in value_items(warehouse.db, ledger, actor, left):
            found.update(dict(piece))
    async with warehouse.db.look_up(actor) as books:
        items = await books.items.get_many(list(found))
    return {items[item_id].sku: value for item_id, value in found.items()}, left


def sum_up(costs: list[Any]) -> Value:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for each in costs:
        if each is not None:
            amounts[each[1]] += each[0]
    return Value(Decimal(len(costs)), tuple(sorted(amounts.items())), Decimal(costs.count(None)))


# On both engines in `make soak`.
@pytest.mark.only_on(*(ENGINES if SOAK else ENGINES[:1]))
# In the fifteenth a merge is reversed that a reversal went through.
@pytest.mark.parametrize("seed", range(250) if SOAK else (0, 15))
async def test_value_is_what_a_naive_fifo_of_the_whole_history_gives(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # Pieces so small that items and merges go across their ends.
    monkeypatch.setattr("bot.services.valuation._MOVES_AT_ONCE", 7)
    chance, naive = random.Random(seed), Naive()
    for item in ITEMS:
        await warehouse.add_item(item)
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    for _ in range(STEPS):
        await take_step(warehouse, naive, chance)
        expected = naive.value(2**62)
        found, _left = await value_now(warehouse)
        assert found == {item: sum_up(costs) for item, costs in expected.items()}


async def take_step(warehouse: Warehouse, naive: Naive, chance: random.Random) -> None:
    item, shelf, count = chance.choice(ITEMS), chance.choice(SHELVES), chance.randint(1, 5)
    what, cost = chance.choice(("buy", "buy", "put", "take", "take", "move", "merge", "undo")), None
    with suppress(InsufficientStock, NotReversible, ReversalBlocked, SameLocation):
        if what == "merge":
            await merge(warehouse, naive, chance)
            return
        if what == "undo":
            await undo(warehouse, naive, chance)
            return
        led, quantity = await where_it_leads(warehouse, item), Decimal(count)
        if what == "buy":
            cost = chance.choice(COSTS)
            record = await warehouse.run(BUY, Bought(item, count, shelf, cost))
        elif what == "put":
            put = PutStock(item=item, quantity=quantity, location=shelf)
            record = (await warehouse.run(put_stock, put)).record
        elif what == "take":
            take = TakeStock(item=item, quantity=quantity, location=shelf)
            record = (await warehouse.run(take_stock, take)).record
        else:
            move = MoveStock(item=item, quantity=quantity, source=shelf, target="S2")
            await warehouse.run(move_stock, move)
            return
        naive.done[record] = Done("leave" if what == "take" else "come", led, count, cost)


async def merge(warehouse: Warehouse, naive: Naive, chance: random.Random) -> None:
    first, second = chance.sample(ITEMS, 2)
    one, two = [await where_it_leads(warehouse, each) for each in (first, second)]
    if one == two or chance.random() < 0.4:
        return
    merged = await warehouse.run(
        merge_items, MergeItems(item=first, into=second), warehouse.manager
    )
    naive.done[merged.record] = Done("merge", one, into=two)


async def undo(warehouse: Warehouse, naive: Naive, chance: random.Random) -> None:
    left = [record for record in naive.done if record not in naive.reversed]
    if left:
        record = chance.choice(left)
        item = await where_it_leads(warehouse, naive.done[record].item)
        reversal = await warehouse.run(
            reverse_record, ReverseRecord(record=record), warehouse.manager
        )
        naive.reversed[record] = (reversal.record, item)


async def where_it_leads(warehouse: Warehouse, item: str) -> str:
    async with warehouse.db.look_up(warehouse.manager) as books:
        return (await books.items.require_reference(item)).sku


async def test_value_is_as_of_a_day_and_what_left_is_by_month(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_item("A")
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    first = clock().date()
    bought = await warehouse.run(BUY, Bought("A", 4, "S1", (Decimal(2), "EUR")))
    await warehouse.run(BUY, Bought("A", 4, "S2", (Decimal(3), "USD")))
    clock.advance(days=40)
    await warehouse.run(put_stock, PutStock(item="A", quantity=Decimal(2), location="S1"))
    await warehouse.run(take_stock, TakeStock(item="A", quantity=Decimal(5), location="S1"))
    found, left = await value_now(warehouse)
    assert found == {"A": Value(Decimal(5), (("USD", Decimal(9)),), Decimal(2))}
    month = clock().date().replace(day=1)
    assert left.amounts == {(month, "EUR"): Decimal(8), (month, "USD"): Decimal(3)}
    found, left = await value_now(warehouse, as_of=first.isoformat())
    assert found == {"A": Value(Decimal(8), (("EUR", Decimal(8)), ("USD", Decimal(12))))}
    assert not left.amounts
    found, _ = await value_now(warehouse, location="S1")
    assert found == {"A": Value(Decimal(1), (("USD", Decimal("1.8")),), Decimal("0.4"))}
    # As if the first delivery had never been made: the same five are the next ones now.
    await warehouse.run(put_stock, PutStock(item="A", quantity=Decimal(9), location="S1"))
    await warehouse.run(reverse_record, ReverseRecord(record=bought), warehouse.manager)
    found, left = await value_now(warehouse)
    assert found == {"A": Value(Decimal(10), (), Decimal(10))}
    assert left.amounts == {(month, "USD"): Decimal(12)}
    assert left.without_price == {month: Decimal(1)}
