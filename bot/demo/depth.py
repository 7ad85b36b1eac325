"""What the demo's warehouse does besides pieces on shelves: boxes, lots, a count, a request."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.demo.people import DemoPeople
from bot.domain.actors import Actor
from bot.domain.quantities import TypedQuantity, format_quantity
from bot.services.counts.entering import (
    EnterCounts,
    PrepareEntry,
    enter_counts,
    prepare_entry,
)
from bot.services.counts.starting import StartCount, start_count
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, add_item
from bot.services.lots import HoldLot, hold_lot
from bot.services.requests.making import NewRequest, make_request
from bot.services.stock import PutStock, put_stock

_WANTED: Final = "NUT-10 20; CABLE-15 25; VEST-L 2"
Step = tuple[Actor, Operation[Any, Any], Any]

BOXES: Final = (("BOLT-8", 50), ("NUT-8", 100), ("GLOVE-M", 12))
YOGURT: Final = "YOGURT-500"
# Lot, days until it expires when the month is over, and pieces: one is past it, one is due soon.
_LOTS: Final = (("Y-0412", -1, 6), ("Y-0419", 6, 24), ("Y-0426", 41, 48))
_HELD: Final = "Y-0426"
# What the first items of the shelf lack; the rest is left for the visitor to count.
_MISSING: Final = (0, 1)


def open_in_depth(people: DemoPeople, today: date) -> Iterator[Step]:
    """Name boxes, and put an item with lots into the cold room."""
    for sku, pieces in BOXES:
        factor = TypedQuantity(Decimal(pieces))
        yield people.manager, set_unit, SetUnit(item=sku, unit="box", factor=factor)
    added = AddItem(sku=YOGURT, name="Yogurt 500 g", tracking="lot")
    yield people.manager, add_item, added
    for code, days, pieces in _LOTS:
        put = PutStock(
            item=YOGURT,
            quantity=Decimal(pieces),
            location="Cold Room",
            lot=code,
            expires_on=today + timedelta(days=days),
            note="opening stock",
        )
        yield people.manager, put_stock, put
    held = HoldLot(item=YOGURT, lot=_HELD, reason="lid seal to be checked")
    yield people.manager, hold_lot, held


async def leave_a_request_open(db: DatabaseService, people: DemoPeople, today: date) -> None:
    """Ask for what a building site needs the day after tomorrow."""
    wanted = NewRequest(
        wanted_for="site Lindenweg",
        lines=_WANTED,
        needed_by=(today + timedelta(days=2)).isoformat(),
    )
    await db.run(make_request, wanted, people.colleague, "demo-request-1")


async def leave_a_count_half_done(db: DatabaseService, people: DemoPeople) -> None:
    """Start a count of a shelf and count its first items; one of the second is missing."""
    begun = StartCount(location="Shelf A2", is_blind=False)
    started = await db.run(start_count, begun, people.colleague, "demo-count-1")
    wanted = PrepareEntry(count_id=started.count_id)
    prepared = await db.query(prepare_entry, wanted, people.colleague)
    typed = tuple(
        (line.number, format_quantity(prepared.expected[line.number] - missing))
        for line, missing in zip(prepared.lines, _MISSING, strict=False)
    )
    entered = EnterCounts(count_id=started.count_id, seen=prepared.record, typed=typed)
    await db.run(enter_counts, entered, people.colleague, "demo-count-2")
