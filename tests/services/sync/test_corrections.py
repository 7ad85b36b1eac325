"""What comes late leaves true what was counted since; undo takes all of it back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.database.models import AuditEvent, StockObservation
from bot.domain.record_detail import RecordDetail
from bot.domain.virtual_locations import VirtualLocation
from bot.services.bulk.lines import BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, adjust_stock
from bot.services.verification import verify_books
from bot.views.audit.lines import audit_line
from tests.database.books import Warehouse, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import import_file
from tests.services.sync.scanner import Scanner
from tests.services.test_counts import level, require_proven, start, stock_up

HOUR = timedelta(hours=1)


async def adjust(warehouse: Warehouse, sku: str, counted: int) -> int:
    """Set a level in Discord; returns the record."""
    wanted = AdjustStock(item=sku, location="A1", counted=Decimal(counted), reason="Seen")
    return (await warehouse.run(adjust_stock, wanted, warehouse.manager)).record


async def undo(warehouse: Warehouse, record: int | None) -> None:
    """Undo a record."""
    await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)


@pytest.mark.both_engines
async def test_a_late_take_is_possible_though_nothing_is_left(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    early = clock() + HOUR
    clock.advance(hours=2)
    counted = await adjust(warehouse, "TEA", 0)
    clock.advance(hours=1)
    scanner = Scanner(warehouse.db, warehouse.manager)
    taken = scanner.did("stock_moves", {"item": "TEA", "quantity": 9, "from": "A1"}, early)
    record = (await scanner.send_one(taken)).record
    assert record is not None
    assert await level(warehouse, tea) == 0
    event = (await rows_of(warehouse.db, AuditEvent, warehouse.guild_id))[record - 1]
    detail = RecordDetail.load(event.detail)
    assert (detail.happened_at, detail.corrects) == (early, (counted,))
    ends = [(line.source.id, line.target.id, int(line.quantity)) for line in detail.lines]
    shelf = detail.lines[0].target.id
    assert ends == [(VirtualLocation.GAIN, shelf, 9), (shelf, VirtualLocation.CUSTOMER, 9)]
    assert f"(happened 2 h earlier, corrects the count `#{counted}`)" in audit_line(
        AuditEvent(**event._asdict())
    )
    await require_proven(warehouse)
    await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)
    assert await level(warehouse, tea) == 0
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_a_count_that_is_undone_keeps_nothing_true(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    early = clock() + HOUR
    clock.advance(hours=2)
    counted = await adjust(warehouse, "TEA", 7)
    scanner = Scanner(warehouse.db, warehouse.manager)

    moved = {"item": "TEA", "quantity": 3, "from": "A1"}
    first = (await scanner.send_one(scanner.did("stock_moves", moved, early))).record
    assert await level(warehouse, tea) == 7
    await warehouse.run(reverse_record, ReverseRecord(record=counted), warehouse.manager)
    assert await level(warehouse, tea) == 7  # ten less the three that were taken
    await scanner.send_one(scanner.did("stock_moves", {**moved, "quantity": 2}, early))
    assert await level(warehouse, tea) == 5
    await warehouse.run(reverse_record, ReverseRecord(record=first), warehouse.manager)
    assert await level(warehouse, tea) == 8
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_a_count_under_way_is_posted_as_of_its_counting(
    warehouse: Warehouse, clock: Clock
) -> None:
    tea, cup = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    scanner = Scanner(warehouse.db, warehouse.employee)
    times = [clock() + n * HOUR for n in range(6)]
    clock.advance(hours=5)
    label = (await count.open_form()).label
    seen = {"location": "A1", "count": label}
    took = {"quantity": 2, "from": "A1"}
    pushed = await scanner.send(
        scanner.did("stock_moves", {**took, "item": "TEA"}, times[3]),
        scanner.did("stock_counts", {**seen, "item": "TEA", "counted": 9}, times[2]),
        scanner.did("stock_counts", {**seen, "item": "CUP", "counted": 10}, times[2]),
        scanner.did("stock_counts", {**seen, "item": "CUP", "counted": 1}, times[1]),
        # Before the counting, and sent after it.
        scanner.did("stock_moves", {**took, "item": "TEA"}, times[1]),
    )
    assert [each.status for each in pushed.results] == ["applied"] * 3 + ["rejected", "applied"]
    assert pushed.results[3].reason == "nothing_entered"
    await count.submit()
    # Who decides sees what is posted.
    (differs,) = (await count.differences()).page.rows
    assert differs.line.sku == "TEA"
    assert (differs.line.expected, differs.difference) == (Decimal(8), Decimal(1))
    await count.decide("post")
    # Nine were there, of which two were taken afterwards: one more than the books had.
    assert await level(warehouse, tea) == 7
    late = scanner.did("stock_moves", {**took, "item": "CUP", "quantity": 1}, times[1])
    await scanner.send_one(late)
    assert await level(warehouse, cup) == 10
    await require_proven(warehouse)


async def test_counts_of_bulk_records_stay_true_as_well(warehouse: Warehouse, clock: Clock) -> None:
    tea, cup = await stock_up(warehouse, "TEA", "CUP")
    early = clock() + HOUR
    clock.advance(hours=2)
    lines = tuple(
        BulkLine(number=n, item=sku, quantity=Decimal(10 - n), location="A1")
        for n, sku in enumerate(("TEA", "CUP"))
    )
    wanted = MoveInBulk(action="count", lines=lines)
    await warehouse.run(move_in_bulk, wanted, warehouse.manager)
    assert len(await rows_of(warehouse.db, StockObservation, warehouse.guild_id)) == 2
    scanner = Scanner(warehouse.db, warehouse.employee)
    for sku in ("TEA", "CUP"):
        taken = scanner.did("stock_moves", {"item": sku, "quantity": 4, "from": "A1"}, early)
        assert (await scanner.send_one(taken)).status == "applied"
    assert await level(warehouse, tea) == 10
    assert await level(warehouse, cup) == 9
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()


@pytest.mark.both_engines
async def test_what_an_import_counted_of_new_items_stays_true_as_well(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_shelf("A1")
    await warehouse.add_shelf("A2")
    early = clock() + HOUR
    clock.advance(hours=2)
    rows = "TEA,Tea,A1,9\nTEA,Tea,A2,0\nCUP,Cup,A1,4\n"
    await import_file(warehouse, f"sku,name,place,quantity\n{rows}")
    # One row alone: of what moved in an import that added it the ledger says what was counted.
    assert len(await rows_of(warehouse.db, StockObservation, warehouse.guild_id)) == 1
    later = clock() + HOUR
    clock.advance(hours=2)
    async with warehouse.db.look_up(warehouse.manager) as books:
        tea, cup = [await books.items.require_reference(sku) for sku in ("TEA", "CUP")]
    scanner = Scanner(warehouse.db, warehouse.manager)
    put = {"quantity": 3, "to": "A1"}
    for item, at in (("TEA", early), ("CUP", early), ("TEA", later)):
        sent = await scanner.send_one(scanner.did("stock_moves", {**put, "item": item}, at))
        assert sent.status == "applied"
    assert await level(warehouse, tea) == 12
    assert await level(warehouse, cup) == 4
    took = {"item": "CUP", "quantity": 1, "from": "A1"}
    taken = await scanner.send_one(scanner.did("stock_moves", took, early))
    assert taken.status == "applied"
    assert await level(warehouse, cup) == 4
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_what_was_counted_before_a_merge_is_not_read_as_of_the_other_item(
    warehouse: Warehouse, clock: Clock
) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "TEA-OLD")
    early, scanner = clock() + HOUR, Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=2)
    merge = MergeItems(item="TEA-OLD", into="TEA")
    await warehouse.run(merge_items, merge, warehouse.manager)
    before = await level(warehouse, tea)
    for item in ("TEA", "TEA-OLD"):
        data = {"item": item, "location": "A1", "counted": 9}
        counted = await scanner.send_one(scanner.did("stock_counts", data, early))
        assert (counted.status, counted.reason) == ("rejected", "merged_since")
    take = {"item": "TEA-OLD", "quantity": 2, "from": "A1"}
    taken = await scanner.send_one(scanner.did("stock_moves", take, early))
    assert taken.status == "applied"
    assert await level(warehouse, tea) == before - 2
    await adjust(warehouse, "TEA", 5)
    late = await scanner.send_one(scanner.did("stock_moves", take, early))
    assert late.status == "applied"
    assert await level(warehouse, tea) == 5
    await undo(warehouse, late.record)
    assert await level(warehouse, tea) == 5
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_what_one_of_two_items_was_counted_as_before_their_merge_holds_for_the_other(
    warehouse: Warehouse, clock: Clock
) -> None:
    await stock_up(warehouse, "TEA-OLD")
    tea = await warehouse.add_item("TEA")
    early, noon, evening = (clock() + n * HOUR for n in (1, 2, 3))
    scanner = Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=3)
    before = await adjust(warehouse, "TEA-OLD", 9)
    clock.advance(hours=1)
    await warehouse.run(merge_items, MergeItems(item="TEA-OLD", into="TEA"), warehouse.manager)
    seen = {"item": "TEA-OLD", "location": "A1", "counted": 7}
    moved = {"item": "TEA-OLD", "quantity": 2, "from": "A1"}
    label = (await (await start(warehouse)).open_form()).label
    pushed = await scanner.send(
        scanner.did("stock_counts", seen, noon),
        scanner.did("stock_moves", moved, early),
        scanner.did("stock_moves", moved, noon + HOUR / 2),
        scanner.did("stock_counts", {**seen, "counted": 9, "count": label}, evening),
    )
    assert [each.status for each in pushed.results] == ["applied"] * 4
    assert await level(warehouse, tea) == 9
    await undo(warehouse, before)
    assert await level(warehouse, tea) == 5
    await undo(warehouse, pushed.results[1].record)
    assert await level(warehouse, tea) == 5
    await undo(warehouse, pushed.results[0].record)
    assert await level(warehouse, tea) == 8
    await require_proven(warehouse)
