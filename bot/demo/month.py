"""A month of work, drawn: takings, deliveries of what ran low, counts, a mistake reversed."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from bot.database.operations import Operation
from bot.demo.goods import GOODS, Goods
from bot.domain.actors import Actor
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

Step = tuple[Actor, Operation[Any, Any], Any]

_TAKES_A_DAY: Final = (3, 6)
_MOST_DELIVERIES: Final = 1
# What runs low is there four days later; what ran low last is still low when the month ends.
_DELIVERY_DAYS: Final = 4
_WEEK: Final = 5
_DAY_OF_MISTAKE: Final = 8


class Warehouse:
    """The stock as drawn so far, so that no take exceeds it and a count finds nearly it."""

    def __init__(self, draw: random.Random, workers: tuple[Actor, ...], manager: Actor) -> None:
        self._draw = draw
        self._workers = workers
        self._manager = manager
        self._held = {goods.sku: goods.opening for goods in GOODS}
        self._low_since: dict[str, int] = {}
        self._delivery_notes = 20417

    def day(self, number: int) -> Iterator[Step]:
        """Draw one day's work."""
        yield from self._deliveries(number)
        for _ in range(self._draw.randint(*_TAKES_A_DAY)):
            yield from self._take(number)
        if number == _DAY_OF_MISTAKE:
            eli = self._workers[0]
            yield eli, take_stock, TakeStock(item="GLOVE-L", quantity=Decimal(4))
            yield eli, reverse_record, ReverseRecord()
        if number % _WEEK == _WEEK - 1:
            yield from self._count()

    def _deliveries(self, number: int) -> Iterator[Step]:
        due = [
            goods
            for goods in GOODS
            if number - self._low_since.get(goods.sku, number) >= _DELIVERY_DAYS
        ]
        for goods in due[:_MOST_DELIVERIES]:
            quantity, worker = Decimal(goods.delivery), self._draw.choice(self._workers)
            self._held[goods.sku] += quantity
            del self._low_since[goods.sku]
            self._delivery_notes += self._draw.randint(3, 40)
            note = f"delivery note {self._delivery_notes}"
            put = PutStock(item=goods.sku, quantity=quantity, location="Dock", note=note)
            yield worker, put_stock, put
            moved = MoveStock(
                item=goods.sku, quantity=quantity, source="Dock", target=goods.location
            )
            yield worker, move_stock, moved

    def _take(self, number: int) -> Iterator[Step]:
        (goods,) = self._draw.choices(GOODS, [goods.weight for goods in GOODS])
        quantity, note = self._part_of(goods), self._draw.choice((*goods.notes, ""))
        worker = self._draw.choice(self._workers)
        if quantity > self._held[goods.sku]:
            return  # the shelf was empty that day
        self._held[goods.sku] -= quantity
        if self._held[goods.sku] <= goods.reorder_point:
            self._low_since.setdefault(goods.sku, number)
        taken = TakeStock(item=goods.sku, quantity=quantity, location=goods.location, note=note)
        yield worker, take_stock, taken

    def _count(self) -> Iterator[Step]:
        for goods in self._draw.sample(GOODS, 2):
            self._held[goods.sku] -= min(self._held[goods.sku], goods.step)
            counted = AdjustStock(
                item=goods.sku,
                location=goods.location,
                counted=self._held[goods.sku],
                reason="weekly count",
            )
            yield self._manager, adjust_stock, counted

    def _part_of(self, goods: Goods) -> Decimal:
        """Draw a quantity up to the most that is taken: whole pieces, or half measures."""
        steps = int(Decimal(goods.most_taken) / goods.step)
        return self._draw.randint(max(1, steps // 4), steps) * goods.step


def draw_month(
    draw: random.Random, worker: Actor, colleague: Actor, manager: Actor, days: int
) -> list[list[Step]]:
    """Draw the work of that many days."""
    warehouse = Warehouse(draw, (worker, colleague), manager)
    return [list(warehouse.day(number)) for number in range(days)]
