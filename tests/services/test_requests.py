"""Requests: what they hold back, what picking does with it, and that nothing stays behind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.database.delivery.retention import KeptReceipts
from bot.database.models import AuditEvent, Item, Outbox, RequestLine, Schedule
from bot.database.service import DatabaseService
from bot.domain.availability import InsufficientAvailable
from bot.domain.days import AmbiguousDay
from bot.domain.lanes import LOW_STOCK
from bot.domain.lines import LinesRefused
from bot.domain.lots import LotSetAside
from bot.domain.quantities import TypedQuantity
from bot.domain.requests import (
    AskedForAgain,
    LinePicked,
    NothingPicked,
    PlanChanged,
    TooMuchPicked,
    read_supplied,
)
from bot.domain.schedule import LAPSES
from bot.errors import (
    IllegalStep,
    InvalidValue,
    NotAllowed,
    NotFound,
    NothingToDo,
    StaleVersion,
)
from bot.jobs.lapses import LapseHandler
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import AddLocation, EditLocation, add_location, edit_location
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.low_stock import ListLowStock, list_low_stock
from bot.services.requests.asking_again import AskAgain, ask_again
from bot.services.requests.closing import EndRequest, cancel_request, close_request
from bot.services.requests.making import EditLines, RequestMade, edit_lines
from bot.services.requests.picking import PickAll, pick_all
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
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.picks import ask, fill_in, held_by_line, look, pick, request_of, reserved


@pytest.fixture
async def stocked(warehouse: Warehouse) -> Warehouse:
    """BOLT-8: 6 at A1 and 4 at B2; NUT-8: 3 at A1."""
    bolt, nut = await warehouse.add_item("BOLT-8"), await warehouse.add_item("NUT-8")
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(bolt, 6, a1)
    await warehouse.put(bolt, 4, b2)
    await warehouse.put(nut, 3, a1)
    return warehouse


async def edit(warehouse: Warehouse, made: RequestMade, lines: str) -> RequestMade:
    row = await request_of(warehouse, made.request_id)
    request = EditLines(request_id=row.id, version=row.version, lines=lines)
    return await warehouse.run(edit_lines, request)


async def take(warehouse: Warehouse, sku: str, quantity: int, location: str = "A1") -> None:
    request = TakeStock(item=sku, quantity=Decimal(quantity), location=location)
    await warehouse.run(take_stock, request)


async def require_proven(warehouse: Warehouse) -> None:
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
    await require_sound_books(warehouse.db)


async def test_a_request_reserves_what_is_available_and_says_what_is_not(
    stocked: Warehouse,
) -> None:
    made = await ask(stocked, "BOLT-8 4; nut-8 5\nbolt-8 3 pcs", needed_by="1.3.2027", note="fast")

    assert (made.label, made.needed_by) == ("R-1", date(2027, 3, 1))
    assert [(line.sku, line.quantity, line.reserved) for line in made.lines] == [
        ("BOLT-8", Decimal(7), Decimal(7)),
        ("NUT-8", Decimal(5), Decimal(3)),
    ]
    assert await reserved(stocked) == {"BOLT-8": Decimal(7), "NUT-8": Decimal(3)}
    async with refusal(stocked.db, InsufficientAvailable) as caught:
        await take(stocked, "BOLT-8", 4)
    assert [(each.request, each.wanted_for) for each in caught.value.holders] == [("R-1", "Jo")]
    await take(stocked, "BOLT-8", 3)
    await require_proven(stocked)


async def test_a_second_request_gets_what_the_first_left(stocked: Warehouse) -> None:
    await ask(stocked, "BOLT-8 7")
    second = await ask(stocked, "BOLT-8 7")
    assert (second.label, second.lines[0].reserved) == ("R-2", Decimal(3))
    assert await reserved(stocked) == {"BOLT-8": Decimal(10)}


@pytest.mark.parametrize(
    ("lines", "causes"),
    [
        ("BOLT-8 2\nBLOT-9 1\nNUT-8", {2: NotFound, 3: "NoQuantity"}),
        ("BOLT-8 two", {1: "NoQuantity"}),
        ("BOLT-8 1,000", {1: "AmbiguousQuantity"}),
        ("BOLT-8 2 kg; NUT-8 0", {1: "WrongUnit", 2: InvalidValue}),
        ("BOLT-8 1.5", {1: "NotWhole"}),
    ],
)
async def test_every_line_that_cannot_be_taken_is_named(
    stocked: Warehouse, lines: str, causes: dict[int, type | str]
) -> None:
    async with refusal(stocked.db, LinesRefused) as caught:
        await ask(stocked, lines)
    found = {fault.number: type(fault.cause).__name__ for fault in caught.value.faults}
    expected = {n: each if isinstance(each, str) else each.__name__ for n, each in causes.items()}
    assert found == expected


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2020-01-01", InvalidValue),
        ("soon", InvalidValue),
        ("31.2.2027", InvalidValue),
        ("1/3/2027", AmbiguousDay),
    ],
)
async def test_a_day_that_is_past_or_may_be_two_is_refused(
    stocked: Warehouse, day: str, error: type[Exception]
) -> None:
    async with refusal(stocked.db, error):
        await ask(stocked, "BOLT-8 1", needed_by=day)


async def test_changed_lines_reserve_again_and_never_less_than_was_picked(
    stocked: Warehouse,
) -> None:
    made = await ask(stocked, "BOLT-8 4; NUT-8 2")
    changed = await edit(stocked, made, "BOLT-8 9")
    assert [(line.sku, line.reserved) for line in changed.lines] == [("BOLT-8", Decimal(9))]
    assert await reserved(stocked) == {"BOLT-8": Decimal(9)}
    await fill_in(stocked, made.request_id, "2")
    async with refusal(stocked.db, LinePicked):
        await edit(stocked, made, "BOLT-8 1")
    stale = EditLines(request_id=made.request_id, version=1, lines="BOLT-8 5")
    async with refusal(stocked.db, StaleVersion):
        await stocked.run(edit_lines, stale)
    async with refusal(stocked.db, NothingToDo):
        await edit(stocked, made, "BOLT-8 9")
    await edit(stocked, made, "BOLT-8 2")
    assert (await request_of(stocked, made.request_id)).status == "done"
    assert await reserved(stocked) == {}
    await require_proven(stocked)


async def test_picking_takes_from_the_largest_level_first_and_ends_the_request(
    stocked: Warehouse,
) -> None:
    made = await ask(stocked, "BOLT-8 8; NUT-8 1")
    planned = await look(stocked, made.request_id)
    assert [(row.location, row.sku, row.quantity) for row in planned.rows] == [
        ("A1", "BOLT-8", Decimal(6)),
        ("A1", "NUT-8", Decimal(1)),
        ("B2", "BOLT-8", Decimal(2)),
    ]
    picked = await pick(stocked, made.request_id)
    assert (picked.status, picked.left, picked.move_count) == ("done", (), 3)
    assert await reserved(stocked) == {}
    async with refusal(stocked.db, IllegalStep):
        await stocked.run(
            pick_all, PickAll(request_id=made.request_id, signature=planned.signature)
        )
    await require_proven(stocked)


async def test_a_list_that_is_not_what_was_shown_any_more_books_nothing(
    stocked: Warehouse,
) -> None:
    made = await ask(stocked, "BOLT-8 8")
    planned = await look(stocked, made.request_id)
    await take(stocked, "BOLT-8", 1)
    async with refusal(stocked.db, PlanChanged):
        await stocked.run(
            pick_all, PickAll(request_id=made.request_id, signature=planned.signature)
        )


async def test_short_lines_are_filled_in_and_the_rest_stays_reserved_until_it_is_closed(
    stocked: Warehouse,
) -> None:
    made = await ask(stocked, "BOLT-8 8; NUT-8 1")
    shown = await look(stocked, made.request_id)
    async with refusal(stocked.db, NothingPicked):
        await fill_in(stocked, made.request_id, "0", "0", "")
    async with refusal(stocked.db, TooMuchPicked):
        await fill_in(stocked, made.request_id, "6", "0", "3")
    first = await fill_in(stocked, made.request_id, "5", "1", "0", planned=shown)
    assert (first.status, [(line.sku, line.left) for line in first.left]) == (
        "picking",
        [("BOLT-8", Decimal(3))],
    )
    async with refusal(stocked.db, StaleVersion):
        await fill_in(stocked, made.request_id, "1", planned=shown)
    assert await reserved(stocked) == {"BOLT-8": Decimal(3)}
    end = EndRequest(request="R-1", version=first.version)
    await stocked.run(close_request, end)
    assert (await request_of(stocked, made.request_id)).status == "partial"
    assert await reserved(stocked) == {}
    async with refusal(stocked.db, IllegalStep):
        await stocked.run(close_request, end)
    await require_proven(stocked)


async def test_picking_takes_what_is_reserved_first_and_then_what_is_available(
    stocked: Warehouse,
) -> None:
    await ask(stocked, "BOLT-8 5")
    made = await ask(stocked, "BOLT-8 7")
    await stocked.put(
        (await rows_of(stocked.db, Item, GUILD))[0],  # type: ignore[arg-type]
        1,
        await stocked.add_shelf("C3"),
    )
    planned = await look(stocked, made.request_id)
    assert sum(row.quantity for row in planned.rows) == 6, "five are for the other one"
    picked = await pick(stocked, made.request_id)
    assert [line.left for line in picked.left] == [Decimal(1)]
    assert await reserved(stocked) == {"BOLT-8": Decimal(5)}
    await require_proven(stocked)


async def test_an_undone_pick_is_wanted_and_reserved_again(stocked: Warehouse) -> None:
    made = await ask(stocked, "BOLT-8 4; NUT-8 1")
    first = await fill_in(stocked, made.request_id, "3")
    second = await pick(stocked, made.request_id)
    assert second.status == "done"
    undone = await stocked.run(reverse_record, ReverseRecord(record=second.record))
    assert (undone.reverses, undone.is_offered_again) == (second.record, False)
    assert (await request_of(stocked, made.request_id)).status == "picking"
    assert await reserved(stocked) == {"BOLT-8": Decimal(1), "NUT-8": Decimal(1)}
    await stocked.run(reverse_record, ReverseRecord(record=first.record))
    row = await request_of(stocked, made.request_id)
    assert (row.status, row.lapses_at is None) == ("open", False)
    assert await reserved(stocked) == {"BOLT-8": Decimal(4), "NUT-8": Decimal(1)}
    lines = await rows_of(stocked.db, RequestLine, GUILD)
    assert [line.picked for line in lines] == [0, 0]
    await require_proven(stocked)


async def test_an_undone_pick_of_an_ended_request_reserves_nothing(stocked: Warehouse) -> None:
    made = await ask(stocked, "BOLT-8 4")
    picked = await fill_in(stocked, made.request_id, "3")
    await stocked.run(cancel_request, EndRequest(request=made.request_id))
    await stocked.run(reverse_record, ReverseRecord(record=picked.record))
    assert (await request_of(stocked, made.request_id)).status == "cancelled"
    assert await reserved(stocked) == {}
    await require_proven(stocked)


async def test_only_its_maker_and_pickers_cancel_a_request_and_once(stocked: Warehouse) -> None:
    made = await ask(stocked, "BOLT-8 4", stocked.manager)

    async def leave_nothing_but_asking() -> None:
        held = frozenset({"request.create", "request.view"})
        await stocked.change(lambda uow: uow.roles.update_by_id(12, permissions=held))

    cancel = EndRequest(request="r1")
    await leave_nothing_but_asking()
    async with refusal(stocked.db, NotAllowed):
        await stocked.run(cancel_request, cancel, stocked.employee)
    await stocked.run(cancel_request, cancel, stocked.manager)
    assert await reserved(stocked) == {}
    async with refusal(stocked.db, IllegalStep):
        await stocked.run(cancel_request, cancel, stocked.manager)
    assert (await request_of(stocked, made.request_id)).lapses_at is None


@pytest.mark.both_engines
async def test_a_lapsed_request_is_asked_for_again_once_unless_that_is_cancelled(
    stocked: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    made = await ask(stocked, "BOLT-8 4")
    clock.advance(days=15)
    await LapseHandler(db)(GUILD)
    await ask(stocked, "NUT-8 1")
    request = AskAgain(request_id=made.request_id)
    again = await stocked.run(ask_again, request, key="pressed")
    # The card keeps its button when the receipt of the press is gone.
    clock.advance(days=8)
    while await KeptReceipts(db).purge(GUILD):
        pass
    for key in ("pressed", "pressed later"):
        with pytest.raises(AskedForAgain) as refused:
            await stocked.run(ask_again, request, key=key)
        assert (refused.value.label, refused.value.again) == ("R-1", again.label)
    assert await reserved(stocked) == {"BOLT-8": Decimal(4), "NUT-8": Decimal(1)}
    await stocked.run(cancel_request, EndRequest(request=again.request_id))
    third = await stocked.run(ask_again, request)
    assert third.label != again.label
    async with refusal(db, AskedForAgain):
        await stocked.run(ask_again, request)
    await require_proven(stocked)


async def test_reservations_lapse_once_two_weeks_after_the_day(
    stocked: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    lapse = LapseHandler(db)
    needed = clock.now.date() + timedelta(days=2)
    dated = await ask(stocked, "BOLT-8 4", needed_by=needed.isoformat())
    undated = await ask(stocked, "NUT-8 1")
    ends = datetime.combine(needed + timedelta(days=14), datetime.min.time(), UTC)
    assert (await request_of(stocked, dated.request_id)).lapses_at == ends
    due = [row for row in await rows_of(db, Schedule, GUILD) if row.kind == LAPSES]
    assert due[0].due_at == (await request_of(stocked, undated.request_id)).lapses_at < ends

    assert await lapse(GUILD) == due[0].due_at
    clock.advance(days=14)
    assert await lapse(GUILD) == ends
    assert await reserved(stocked) == {"BOLT-8": Decimal(4)}
    clock.advance(days=3)
    assert await lapse(GUILD) is None
    assert await lapse(GUILD) is None
    assert await reserved(stocked) == {}
    assert (await request_of(stocked, dated.request_id)).status == "lapsed"
    await require_proven(stocked)


async def test_reserving_alerts_once_of_what_falls_and_picking_it_does_not_again(
    stocked: Warehouse,
) -> None:
    point = EditItem(item="BOLT-8", reorder_point=TypedQuantity(Decimal(5)))
    await stocked.run(edit_item, point, stocked.manager)
    first = await ask(stocked, "BOLT-8 4")
    assert first.low == ()
    second = await ask(stocked, "BOLT-8 1; NUT-8 1")
    assert [(low.sku, low.left) for low in second.low] == [("BOLT-8", Decimal(5))]
    listed = ListLowStock(record=second.record)
    low = await stocked.db.query(list_low_stock, listed, stocked.manager)
    assert [(each.sku, each.left) for each in low] == [("BOLT-8", Decimal(5))]
    await pick(stocked, first.request_id)
    rows = await rows_of(stocked.db, Outbox, GUILD)
    assert [row.record for row in rows if row.kind == LOW_STOCK] == [second.record]


async def test_a_line_that_takes_the_place_of_another_is_proven_too(stocked: Warehouse) -> None:
    await ask(stocked, "NUT-8 3")
    made = await ask(stocked, "BOLT-8 4")
    await edit(stocked, made, "NUT-8 1")
    assert await reserved(stocked) == {"NUT-8": Decimal(3)}
    await require_proven(stocked)


async def test_lots_are_picked_as_they_expire_and_none_that_was_held_meanwhile(
    warehouse: Warehouse,
) -> None:
    milk = AddItem(sku="MILK", name="Milk", unit="l", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.manager)
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)
    for lot, day, shelf in (("L2", 9, "A1"), ("L1", 8, "B2"), ("L0", 1, "A1")):
        put = PutStock(
            item="MILK", quantity=Decimal(4), location=shelf, lot=lot, expires_on=date(2026, 1, day)
        )
        await warehouse.run(put_stock, put, warehouse.manager)
    made = await ask(warehouse, "MILK 12")
    assert made.lines[0].reserved == 8, "one lot has expired"
    planned = await look(warehouse, made.request_id)
    assert [(row.location, row.lot) for row in planned.rows] == [("A1", "L2"), ("B2", "L1")]
    few = await look(warehouse, (await ask(warehouse, "MILK 1")).request_id)
    assert few.rows == (), "all that is usable is reserved"
    hold = HoldLot(item="MILK", lot="L1", reason="smells")
    held = await warehouse.run(hold_lot, hold, warehouse.manager)
    async with refusal(warehouse.db, StaleVersion):
        await fill_in(warehouse, made.request_id, "4", "4", planned=planned)
    planned = replace(planned, record=held.record)
    async with refusal(warehouse.db, LotSetAside):
        await fill_in(warehouse, made.request_id, "4", "4", planned=planned)
    await pick(warehouse, made.request_id)
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_what_comes_in_goes_to_the_requests_that_lack_it_by_need(stocked: Warehouse) -> None:
    later = await ask(stocked, "BOLT-8 14", needed_by="1.3.2027")
    sooner = await ask(stocked, "BOLT-8 5", needed_by="1.2.2027")
    await ask(stocked, "BOLT-8 2")

    put = await stocked.run(put_stock, PutStock(item="BOLT-8", quantity=Decimal(7), location="A1"))
    assert await held_by_line(stocked) == [Decimal(12), Decimal(5), Decimal(0)]
    event = (await rows_of(stocked.db, AuditEvent, GUILD))[-1]
    assert (event.record, read_supplied(event.detail)) == (
        put.record, [[sooner.request_id, 1, "0", "5"], [later.request_id, 1, "10", "12"]]
    )  # fmt: skip
    drawn = [row for row in await rows_of(stocked.db, Outbox, GUILD) if row.record == put.record]
    assert {row.kind for row in drawn} == {"audit_line", "document"}
    await require_proven(stocked)


async def test_what_is_released_or_found_or_given_back_supplies_requests(
    stocked: Warehouse,
) -> None:
    first, _second = await ask(stocked, "BOLT-8 9"), await ask(stocked, "BOLT-8 8")
    taken = await pick(stocked, first.request_id)
    third = await ask(stocked, "BOLT-8 3")
    await stocked.run(reverse_record, ReverseRecord(record=taken.record), stocked.manager)
    assert await held_by_line(stocked) == [Decimal(9), Decimal(1), Decimal(0)]

    await stocked.run(cancel_request, EndRequest(request=first.request_id))
    assert await held_by_line(stocked) == [Decimal(0), Decimal(8), Decimal(2)]
    found = AdjustStock(item="BOLT-8", location="B2", counted=Decimal(5), reason="found")
    await stocked.run(adjust_stock, found, stocked.manager)
    assert await held_by_line(stocked) == [Decimal(0), Decimal(8), Decimal(3)]
    assert (await look(stocked, third.request_id)).lacking == ()
    await require_proven(stocked)


async def test_what_leaves_quarantine_or_is_released_supplies_requests(
    warehouse: Warehouse,
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.manager)
    await warehouse.add_shelf("A1")
    pen = AddLocation(name="Pen", kind="quarantine")
    await warehouse.run(add_location, pen, warehouse.admin)
    for lot, location in (("L1", "A1"), ("L2", "Pen")):
        put = PutStock(item="MILK", quantity=Decimal(4), location=location, lot=lot)
        await warehouse.run(put_stock, put)
    reason = {"item": "MILK", "lot": "L1", "reason": "smell"}
    await warehouse.run(hold_lot, HoldLot(**reason), warehouse.manager)
    await ask(warehouse, "MILK 7")
    assert await held_by_line(warehouse) == [Decimal(0)]

    await warehouse.run(release_lot, ReleaseLot(**reason), warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(4)]
    out = MoveStock(item="MILK", quantity=Decimal(1), source="Pen", target="A1", lot="L2")
    await warehouse.run(move_stock, out, warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(5)]
    edit_pen = EditLocation(location="Pen", kind="storage")
    await warehouse.run(edit_location, edit_pen, warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(7)]
    await require_proven(warehouse)


async def test_a_form_may_fill_in_some_lines_alone(stocked: Warehouse) -> None:
    made = await ask(stocked, "BOLT-8 2; NUT-8 2")
    picked = await fill_in(stocked, made.request_id, "", "1")
    assert [(line.sku, line.left) for line in picked.left] == [
        ("BOLT-8", Decimal(2)),
        ("NUT-8", Decimal(1)),
    ]
    await require_proven(stocked)


async def test_what_is_no_longer_there_is_no_longer_reserved(stocked: Warehouse) -> None:
    await ask(stocked, "BOLT-8 9", needed_by="1.2.2027")
    await ask(stocked, "BOLT-8 4", needed_by="1.3.2027")
    put = await stocked.run(put_stock, PutStock(item="BOLT-8", quantity=Decimal(3), location="A1"))
    assert await held_by_line(stocked) == [Decimal(9), Decimal(4)]
    await stocked.run(reverse_record, ReverseRecord(record=put.record), stocked.manager)
    assert await held_by_line(stocked) == [Decimal(9), Decimal(1)]
    lost = AdjustStock(item="BOLT-8", location="A1", counted=Decimal(0), reason="lost")
    await stocked.run(adjust_stock, lost, stocked.manager)
    assert await held_by_line(stocked) == [Decimal(4), Decimal(0)]
    await stocked.run(put_stock, PutStock(item="BOLT-8", quantity=Decimal(7), location="A1"))
    assert await held_by_line(stocked) == [Decimal(9), Decimal(2)]
    await require_proven(stocked)
