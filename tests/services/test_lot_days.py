"""Undo of a record gives a lot back the last good day that the record wrote another in place of."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Lot
from bot.services.audit import GetRecord, get_record
from bot.services.bulk.lines import BulkAction, BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.counts.adding import AddFound, add_found
from bot.services.items import AddItem, add_item
from bot.services.merging import MergeItems, merge_items
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, PutStock, TakeStock, adjust_stock, put_stock, take_stock
from bot.services.verification import verify_books
from bot.views.audit.pages import record_page
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services import buying
from tests.services.deliveries import deliver, look, send_order
from tests.services.picks import ask
from tests.services.sync.scanner import Scanner
from tests.services.test_counts import start

PAST, GOOD, OTHER = date(2025, 1, 1), date(2027, 3, 1), date(2028, 1, 1)


@pytest.fixture(autouse=True)
async def milk(warehouse: Warehouse) -> None:
    """Two items by lots, and a shelf."""
    for sku in ("MILK", "CREAM"):
        request = AddItem(sku=sku, name=sku.title(), tracking="lot")
        await warehouse.run(add_item, request, warehouse.manager)
    await warehouse.add_shelf("A1")


async def put(
    warehouse: Warehouse,
    quantity: int,
    day: date | None = None,
    lot: str = "L1",
    item: str = "MILK",
) -> int:
    request = PutStock(
        item=item, quantity=Decimal(quantity), location="A1", lot=lot, expires_on=day
    )
    return (await warehouse.run(put_stock, request)).record


async def take(warehouse: Warehouse, quantity: int, item: str = "MILK") -> int:
    request = TakeStock(item=item, quantity=Decimal(quantity), location="A1")
    return (await warehouse.run(take_stock, request)).record


async def undo(warehouse: Warehouse, record: int) -> StockMoved:
    return await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)


async def bulk(warehouse: Warehouse, action: BulkAction, *lots: tuple[str, int, date]) -> int:
    lines = tuple(
        BulkLine(number=n, item="MILK", quantity=Decimal(quantity), lot=lot, expires_on=day)
        for n, (lot, quantity, day) in enumerate(lots, 1)
    )
    request = MoveInBulk(action=action, lines=lines, location="A1")
    return (await warehouse.run(move_in_bulk, request, warehouse.manager)).record


async def days(warehouse: Warehouse) -> list[date | None]:
    """Return the days of all lots in the order of their making; the books must be sound."""
    await require_sound_books(warehouse.db)
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
    lots: list[Any] = await rows_of(warehouse.db, Lot, GUILD)
    return [lot.expires_on for lot in sorted(lots, key=lambda lot: lot.id)]


@pytest.mark.both_engines
async def test_a_mistyped_day_goes_with_the_put_that_wrote_it(warehouse: Warehouse) -> None:
    await put(warehouse, 10)
    asked = await ask(warehouse, "MILK 10")
    assert asked.lines[0].reserved == 10
    typo = await put(warehouse, 1, PAST)
    assert await days(warehouse) == [PAST]
    undone = await undo(warehouse, typo)
    assert await days(warehouse) == [None]
    assert undone.lines[0].expires_on is None
    async with warehouse.db.look_up(warehouse.manager) as books:
        (line,) = await books.request_lines.list_of(asked.request_id)
    assert line.reserved == 10
    shown = await warehouse.db.query(get_record, GetRecord(record=undone.record), warehouse.auditor)
    embed = record_page(shown).embed
    assert embed is not None
    assert "2025-01-01" in (embed.description or "")


@pytest.mark.both_engines
async def test_goods_that_come_back_have_the_day_that_they_went_with(warehouse: Warehouse) -> None:
    await put(warehouse, 10, GOOD)
    taken = await take(warehouse, 10)
    other = await put(warehouse, 3, OTHER)
    await undo(warehouse, taken)
    assert await days(warehouse) == [OTHER]
    await undo(warehouse, other)
    assert await days(warehouse) == [GOOD]


@pytest.mark.both_engines
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_stock_that_came_since_keeps_a_day_until_it_is_undone_too(
    warehouse: Warehouse, order: tuple[int, int]
) -> None:
    await put(warehouse, 10)
    records = [await put(warehouse, 1, PAST), await put(warehouse, 2)]
    await undo(warehouse, records[order[0]])
    assert await days(warehouse) == [PAST]
    await undo(warehouse, records[order[1]])
    assert await days(warehouse) == [None]


async def test_a_day_that_was_typed_again_stays(warehouse: Warehouse) -> None:
    await put(warehouse, 10)
    records = [await put(warehouse, 1, PAST), await put(warehouse, 2)]
    for record in records:
        await undo(warehouse, record)
    counted = await bulk(warehouse, "count", ("L1", 10, PAST))
    await undo(warehouse, await put(warehouse, 1))
    assert await days(warehouse) == [PAST]
    await undo(warehouse, counted)
    assert await days(warehouse) == [None]


async def test_a_day_that_was_written_since_stays(warehouse: Warehouse) -> None:
    first = await put(warehouse, 3, GOOD)
    other = await put(warehouse, 2, GOOD, "L2")
    zero = AdjustStock(item="MILK", location="A1", counted=Decimal(0), reason="Lost", lot="L1")
    await warehouse.run(adjust_stock, zero, warehouse.manager)
    await put(warehouse, 4, OTHER)
    await undo(warehouse, first)
    await undo(warehouse, other)
    # Of a lot that the record made, the day stays.
    assert await days(warehouse) == [OTHER, GOOD]


@pytest.mark.both_engines
@pytest.mark.parametrize("count", [2, 12])
@pytest.mark.parametrize("action", ["put", "count"])
async def test_days_of_many_lots_go_with_their_record(
    warehouse: Warehouse, action: BulkAction, count: int
) -> None:
    for n in range(count):
        await put(warehouse, 5, None, f"L{n}")
    lots = [(f"L{n}", 5 + n % 2 * (action == "count"), PAST) for n in range(count)]
    done = await bulk(warehouse, action, *lots)
    assert await days(warehouse) == [PAST] * count
    await undo(warehouse, done)
    assert await days(warehouse) == [None] * count


@pytest.mark.both_engines
async def test_days_of_a_delivery_go_with_it(warehouse: Warehouse) -> None:
    await buying.approve(warehouse)
    await put(warehouse, 5)
    order = await send_order(warehouse, ["MILK 10 1"])
    done = await deliver(warehouse, order, f"MILK 4 L1 {PAST}", "A1")
    assert await days(warehouse) == [PAST]
    await undo(warehouse, done.record)
    assert await days(warehouse) == [None]
    assert await look(warehouse, order) == ("sent", ["0"])


@pytest.mark.both_engines
@pytest.mark.parametrize("counted", [5, 7])
async def test_days_of_what_was_added_to_a_count_go_with_its_posting(
    warehouse: Warehouse, counted: int
) -> None:
    await put(warehouse, 5)
    await put(warehouse, 1, GOOD, "C1", "CREAM")
    count = await start(warehouse, "A1", items="CREAM")
    seen = (await count.open_form()).record
    found = AddFound(count_id=count.id, seen=seen, lines=f"MILK {counted} L1 {PAST}")
    await warehouse.run(add_found, found)
    await count.enter({"CREAM": "1"})
    await count.submit()
    posted = await count.decide("post")
    assert await days(warehouse) == [PAST, GOOD]
    await undo(warehouse, posted)
    assert await days(warehouse) == [None, GOOD]


@pytest.mark.both_engines
async def test_the_day_of_a_put_that_came_late_goes_with_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    await put(warehouse, 10)
    early = clock() + timedelta(hours=1)
    clock.advance(hours=2)
    counted = AdjustStock(item="MILK", location="A1", counted=Decimal(12), reason="Seen", lot="L1")
    await warehouse.run(adjust_stock, counted, warehouse.manager)
    move = {"item": "MILK", "quantity": 2, "to": "A1", "lot": "L1", "expiry": PAST.isoformat()}
    scanner = Scanner(warehouse.db, warehouse.employee)
    pushed = await scanner.send(scanner.did("stock_moves", move, early))
    assert [each.status for each in pushed.results] == ["applied"]
    assert await days(warehouse) == [PAST]
    record = pushed.results[0].record
    assert record is not None
    await undo(warehouse, record)
    assert await days(warehouse) == [None]


@pytest.mark.both_engines
@pytest.mark.parametrize("day", [None, OTHER])
async def test_lots_have_their_own_days_again_when_a_merge_is_undone(
    warehouse: Warehouse, day: date | None
) -> None:
    await put(warehouse, 4, GOOD)
    taken = await take(warehouse, 4)
    await put(warehouse, 3, day, item="CREAM")
    merge = MergeItems(item="CREAM", into="MILK")
    merged = await warehouse.run(merge_items, merge, warehouse.manager)
    assert await days(warehouse) == [day or GOOD, day]
    await undo(warehouse, merged.record)
    assert await days(warehouse) == [GOOD, day]
    await undo(warehouse, taken)
    assert await days(warehouse) == [GOOD, day]


async def test_a_day_that_went_over_with_a_merge_stays(warehouse: Warehouse) -> None:
    await put(warehouse, 10, item="CREAM")
    typo = await put(warehouse, 1, PAST, item="CREAM")
    merge = MergeItems(item="CREAM", into="MILK")
    await warehouse.run(merge_items, merge, warehouse.manager)
    await undo(warehouse, typo)
    assert await days(warehouse) == [PAST, PAST]
