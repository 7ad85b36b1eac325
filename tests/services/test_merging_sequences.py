"""Random days of puts, takes, merges and undone records, beside a naive model in memory."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from bot.domain.stock import InsufficientStock, NotReversible, ReversalBlocked
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.merging import MergeItems, merge_items
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, TakeStock, put_stock, take_stock
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import Warehouse

pytestmark = pytest.mark.slow


ITEMS, SHELVES = ("A", "B", "C", "D"), ("S1", "S2")
STEPS = 60
Levels = Counter[tuple[str, str]]


class Model:
    """What is where, which item leads to which, and what each record did."""

    def __init__(self) -> None:
        self.levels: Levels = Counter()
        self.into: dict[str, str] = {}
        # Of each record that can be undone: the moves, and the item that was merged by it.
        self.done: dict[int, tuple[list[tuple[str, str, int]], str]] = {}

    def root(self, item: str) -> str:
        while item in self.into:
            item = self.into[item]
        return item

    def change(self, moves: list[tuple[str, str, int]]) -> bool:
        after = Counter(self.levels)
        for item, shelf, by in moves:
            after[self.root(item), shelf] += by
        if any(level < 0 for level in after.values()):
            return False
        self.levels = after
        return True

    def merge(self, item: str, into: str) -> list[tuple[str, str, int]]:
        there = [(shelf, self.levels[item, shelf]) for shelf in SHELVES]
        self.change([move for shelf, n in there for move in ((item, shelf, -n), (into, shelf, n))])
        self.into[item] = into
        return [(shelf, into, n) for shelf, n in there if n]

    def undo(self, record: int) -> bool:
        moves, merged = self.done[record]
        if not merged:
            return self.change([(item, shelf, -by) for item, shelf, by in moves])
        into = self.into.get(merged, "")
        if not into or into in self.into:
            return False
        del self.into[merged]
        back = [(into, shelf, -by) for _, shelf, by in moves]
        if not self.change([*back, *((merged, shelf, by) for _, shelf, by in moves)]):
            self.into[merged] = into
            return False
        return True


@pytest.mark.parametrize("seed", range(200 if SOAK else 4))
async def test_merges_and_undone_records_leave_what_the_model_says(
    warehouse: Warehouse, seed: int
) -> None:
    chance, model = random.Random(seed), Model()
    for item in ITEMS:
        await warehouse.add_item(item)
        await warehouse.run(set_barcode, SetBarcode(item=item, code=f"40{item}"), warehouse.manager)
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    for _ in range(STEPS):
        await take_step(warehouse, model, chance)
        assert await read_levels(warehouse) == +model.levels
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def take_step(warehouse: Warehouse, model: Model, chance: random.Random) -> None:
    """Do one thing, and see that it is refused exactly where the model refuses it."""
    what = chance.choice(("put", "put", "take", "merge", "undo"))
    item, shelf, count = chance.choice(ITEMS), chance.choice(SHELVES), chance.randint(1, 5)
    if what == "undo":
        if model.done:
            await undo(warehouse, model, chance.choice(list(model.done)))
        return
    if what == "merge":
        first, second = chance.sample(ITEMS, 2)
        one, two = model.root(first), model.root(second)
        if one == two or chance.random() < 0.5:
            return
        done = await warehouse.run(
            merge_items, MergeItems(item=first, into=second), warehouse.manager
        )
        went = [(one, shelf, by) for shelf, _, by in model.merge(one, two)]
        model.done[done.record] = (went, one)
        return
    name = chance.choice((item, f"40{item}"))
    try:
        done = await move(warehouse, what, name, shelf, count)
    except InsufficientStock:
        assert not model.change([(item, shelf, -count)])
        return
    moves = [(model.root(item), shelf, count if what == "put" else -count)]
    assert model.change(moves)
    model.done[done.record] = (moves, "")


async def move(warehouse: Warehouse, verb: str, item: str, shelf: str, count: int) -> StockMoved:
    if verb == "put":
        put = PutStock(item=item, quantity=Decimal(count), location=shelf)
        return await warehouse.run(put_stock, put, warehouse.manager)
    take = TakeStock(item=item, quantity=Decimal(count), location=shelf)
    return await warehouse.run(take_stock, take, warehouse.manager)


async def undo(warehouse: Warehouse, model: Model, record: int) -> None:
    try:
        await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)
    except (NotReversible, ReversalBlocked):
        assert not model.undo(record)
    else:
        assert model.undo(record)
        del model.done[record]


async def read_levels(warehouse: Warehouse) -> Levels:
    async with warehouse.db.look_up(warehouse.manager) as books:
        found = {row.path: row.id for row in (await books.locations.paginate_found("")).rows}
        levels: Levels = Counter()
        for shelf in SHELVES:
            for level in await books.stock.levels_at_location(found[shelf]):
                levels[level.sku, shelf] = int(level.quantity)
        return levels
