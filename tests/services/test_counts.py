"""Counts on both engines: what is posted, what is asked again, and who may decide."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from discord.ui import LayoutView, TextDisplay

from bot.database.models import CountLine, Item, Lot, StockCount
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.domain.counts import (
    AlreadyListed,
    CorrectedSince,
    CountBlocked,
    LinesOpen,
    LotUnnamed,
    NothingEntered,
    NothingToCount,
    OutsideCount,
)
from bot.domain.documents import NotADocument
from bot.domain.lines import LinesRefused
from bot.domain.lots import OneOfSerial, SerialInStock
from bot.domain.quantities import TypedQuantity
from bot.domain.units import WrongUnit
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import (
    AlreadyDecided,
    IllegalStep,
    InvalidValue,
    NotAllowed,
    NotFound,
    SelfApproval,
    StaleControl,
    StaleVersion,
)
from bot.services.approvals.declared import DecideProposal
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.counts.adding import AddFound, add_found
from bot.services.counts.deciding import (
    COUNT_APPROVALS,
    DifferencesListed,
    ListDifferences,
    list_differences,
)
from bot.services.counts.documents import COUNTS
from bot.services.counts.entering import (
    CountsEntered,
    EnterCounts,
    EntryPrepared,
    PrepareEntry,
    enter_counts,
    prepare_entry,
)
from bot.services.counts.skipping import SkipLines, skip_lines
from bot.services.counts.starting import (
    CountStarted,
    StartCount,
    SubmitCount,
    start_count,
    submit_count,
)
from bot.services.documents.kinds import GetDocument, ListDocuments, SuggestDocuments
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, add_item
from bot.services.locations import AddLocation, add_location
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, PutStock, TakeStock, adjust_stock, put_stock, take_stock
from bot.services.verification import verify_books
from bot.views.count_differences import differences_page
from tests.database.books import Warehouse, refusal, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.buying import approve
from tests.services.deliveries import deliver, send_order
from tests.services.sync.scanner import Scanner

D = Decimal


class Count:
    """A count of A1 by the employee, decided about by the manager."""

    def __init__(self, warehouse: Warehouse, started: CountStarted) -> None:
        self.warehouse = warehouse
        self.started = started
        self.id = started.count_id

    async def open_form(self, actor: Actor | None = None, *lines: int) -> EntryPrepared:
        """Open the form of the next lines, or of some."""
        request = PrepareEntry(count_id=self.id, lines=lines)
        return await self.warehouse.db.query(
            prepare_entry, request, actor or self.warehouse.employee
        )

    async def hand_in(
        self, form: EntryPrepared, typed: dict[str, str], actor: Actor | None = None
    ) -> CountsEntered:
        """Submit a form with what was counted, by SKU."""
        numbers = {line.sku: line.number for line in form.lines}
        filled = tuple((numbers[sku], text) for sku, text in typed.items())
        request = EnterCounts(count_id=self.id, seen=form.record, typed=filled)
        return await self.warehouse.run(enter_counts, request, actor)

    async def enter(
        self, typed: dict[str, str], actor: Actor | None = None, *lines: int
    ) -> CountsEntered:
        """Open a form and submit it at once."""
        return await self.hand_in(await self.open_form(actor, *lines), typed, actor)

    async def submit(self, version: int | None = None) -> None:
        """Ask for a decision."""
        request = SubmitCount(count_id=self.id, version=version)
        await self.warehouse.run(submit_count, request)

    async def decide(self, verb: str, actor: Actor | None = None, **given: Any) -> int:
        """Decide about the present version; returns the record."""
        (row,) = await self.rows()
        request = DecideProposal(subject_id=self.id, **{"version": row.version, **given})
        decision = COUNT_APPROVALS.decisions[verb]
        return (await self.warehouse.run(decision, request, actor or self.warehouse.manager)).record

    async def differences(self, actor: Actor | None = None, **turn: int) -> DifferencesListed:
        """Look at what differs, as the manager."""
        request = ListDifferences(count_id=self.id, **turn)
        who = actor or self.warehouse.manager
        return await self.warehouse.db.query(list_differences, request, who)

    async def rows(self) -> list[Any]:
        """Read the counts as they are in their table."""
        return [
            row
            for row in await rows_of(self.warehouse.db, StockCount, self.warehouse.guild_id)
            if row.id == self.id
        ]


async def start(warehouse: Warehouse, location: str = "A1", **given: Any) -> Count:
    request = StartCount(location=location, **given)
    return Count(warehouse, await warehouse.run(start_count, request))


async def stock_up(warehouse: Warehouse, *skus: str) -> list[Item]:
    """Put ten of each item into A1."""
    shelf = await warehouse.add_shelf("A1")
    items = [await warehouse.add_item(sku) for sku in skus]
    for item in items:
        await warehouse.put(item, 10, shelf)
    return items


async def take(warehouse: Warehouse, sku: str, quantity: int) -> None:
    request = TakeStock(item=sku, quantity=Decimal(quantity), location="A1")
    await warehouse.run(take_stock, request, warehouse.colleague)


async def level(warehouse: Warehouse, item: Item, location: str = "A1") -> Decimal:
    async with warehouse.db.look_up(warehouse.manager) as books:
        found = await books.locations.require_reference(location)
    return await warehouse.level(item, found)


async def require_proven(warehouse: Warehouse) -> None:
    """Claim that the rows are what the records say."""
    await require_sound_books(warehouse.db)
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()


@pytest.mark.parametrize("is_taken_first", [False, True])
async def test_what_is_taken_around_the_counting_of_a_line_is_no_difference(
    warehouse: Warehouse, *, is_taken_first: bool
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    count = await start(warehouse)
    if is_taken_first:
        await take(warehouse, "TEA", 2)
    await count.enter({"TEA": "8" if is_taken_first else "10"})
    if not is_taken_first:
        await take(warehouse, "TEA", 2)
    await count.submit()
    await count.decide("post")
    assert await level(warehouse, tea) == 8
    await require_proven(warehouse)


async def test_a_line_that_was_moved_while_its_form_was_open_is_asked_again(
    warehouse: Warehouse,
) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    form = await count.open_form()
    await take(warehouse, "TEA", 2)
    async with refusal(warehouse.db, StaleControl):
        await count.hand_in(replace(form, record=10**6), {"TEA": "10"})
    entered = await count.hand_in(form, {"TEA": "10", "CUP": "9"})
    assert [(each.sku, each.reason) for each in entered.again] == [("TEA", "moved")]
    assert [line.sku for line in entered.lines] == ["CUP"]
    await count.enter({"TEA": "8"})
    await count.submit()
    (found,) = (await count.differences()).page.rows
    assert (found.line.sku, found.difference) == ("CUP", Decimal(-1))
    posted = await count.decide("post")
    assert await level(warehouse, tea) == 8
    await warehouse.run(reverse_record, ReverseRecord(record=posted), warehouse.manager)
    await require_proven(warehouse)


async def test_a_difference_is_worth_what_was_paid_last_and_not_sent_back(
    warehouse: Warehouse,
) -> None:
    await stock_up(warehouse, "TEA")
    await approve(warehouse)
    await deliver(warehouse, await send_order(warehouse, ["TEA 10 1.00"]), "TEA 10", "A1")
    wrong = await deliver(warehouse, await send_order(warehouse, ["TEA 5 99.00"]), "TEA 5", "A1")
    await warehouse.run(reverse_record, ReverseRecord(record=wrong.record), warehouse.manager)
    count = await start(warehouse)
    await count.enter({"TEA": "18"})
    await count.submit()
    (found,) = (await count.differences()).page.rows
    assert (found.difference, found.unit_cost, found.currency) == (D(-2), D(1), "EUR")


async def test_two_count_at_once_and_nothing_is_overwritten_silently(
    warehouse: Warehouse,
) -> None:
    await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    first, second = await count.open_form(), await count.open_form(warehouse.colleague)
    await count.hand_in(first, {"TEA": "9"})
    async with refusal(warehouse.db, NothingEntered) as refused:
        await count.hand_in(second, {"TEA": "7"}, warehouse.colleague)
    (again,) = refused.value.again
    assert (again.reason, again.by) == ("counted", warehouse.employee.user_id)
    entered = await count.enter({"CUP": "10"}, warehouse.colleague)
    assert entered.left == 0
    corrected = await count.enter({"TEA": "8 pcs"}, warehouse.colleague, again.line)
    assert corrected.lines[0].counted == 8
    await require_proven(warehouse)


async def test_a_text_that_is_no_quantity_costs_no_other_line(warehouse: Warehouse) -> None:
    await stock_up(warehouse, "TEA", "CUP", "PIN", "NUT")
    count = await start(warehouse)
    typed = {"TEA": "many", "CUP": "1 box", "PIN": "2.5", "NUT": "0"}
    entered = await count.enter(typed)
    assert [line.sku for line in entered.lines] == ["NUT"]
    reasons = {each.sku: each.reason for each in entered.again}
    assert reasons == {"TEA": "unreadable", "CUP": "unit", "PIN": "whole"}


async def test_no_one_decides_about_what_they_counted(warehouse: Warehouse) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    await count.enter({"TEA": "9"})
    await count.enter({"CUP": "10"}, warehouse.manager)
    await count.submit()
    for verb in ("post", "recount", "recountall"):
        async with refusal(warehouse.db, SelfApproval):
            await count.decide(verb)
    async with refusal(warehouse.db, SelfApproval):
        await count.differences()
    async with refusal(warehouse.db, NotAllowed):
        await count.decide("post", warehouse.colleague)
    await count.decide("post", warehouse.admin)
    assert await level(warehouse, tea) == 9


async def test_who_counted_a_line_does_not_count_it_again(warehouse: Warehouse) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    await count.enter({"TEA": "9", "CUP": "10"})
    await count.submit(version=1)
    async with refusal(warehouse.db, StaleVersion):
        await count.decide("recount", version=1)
    await count.decide("recount")
    async with refusal(warehouse.db, AlreadyDecided):
        await count.decide("post")
    # The line that agreed stays as it was counted.
    form = await count.open_form(warehouse.colleague)
    assert [line.sku for line in form.lines] == ["TEA"]
    async with refusal(warehouse.db, NothingEntered) as refused:
        await count.hand_in(form, {"TEA": "9"})
    assert refused.value.again[0].reason == "barred"
    await count.hand_in(form, {"TEA": "10"}, warehouse.colleague)
    await count.submit()
    assert (await count.differences()).total == 0
    await count.decide("recountall")
    lines = await rows_of(warehouse.db, CountLine, warehouse.guild_id)
    assert [line.barred_ids for line in lines] == [
        frozenset({warehouse.employee.user_id}),
        frozenset({warehouse.employee.user_id, warehouse.colleague.user_id}),
    ]
    third = replace(warehouse.employee, user_id=933)
    await count.enter({"TEA": "10", "CUP": "10"}, third)
    await count.submit()
    confirmed = await count.decide("post")
    await require_proven(warehouse)
    assert await level(warehouse, tea) == 10
    async with refusal(warehouse.db, IllegalStep):
        await count.enter({"TEA": "1"}, third)
    async with warehouse.db.look_up(warehouse.admin) as books:
        assert (await books.audit.require(confirmed)).action == "count.confirmed"


async def test_a_difference_that_is_no_longer_there_is_not_posted(warehouse: Warehouse) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    await count.enter({"TEA": "4", "CUP": "12"})
    await count.submit()
    await take(warehouse, "TEA", 7)
    async with refusal(warehouse.db, CountBlocked) as refused:
        await count.decide("post")
    assert (refused.value.cause.item, refused.value.missing) == ("TEA", Decimal(6))
    async with refusal(warehouse.db, InvalidValue):
        await count.decide("discard")
    await count.decide("discard", reason="the shelf moved")
    assert await level(warehouse, tea) == 3
    await require_proven(warehouse)


async def test_a_recount_opens_the_lines_that_are_shown_as_differing(
    warehouse: Warehouse, clock: Clock
) -> None:
    tea, cup = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    early = clock() + timedelta(minutes=1)
    clock.advance(minutes=2)
    # Of CUP one is missing; a device that is not heard of yet took it, and two of TEA.
    await count.enter({"TEA": "10", "CUP": "9"})
    await count.submit()
    device = Scanner(warehouse.db, warehouse.employee)
    taken = {"TEA": 2, "CUP": 1}
    for sku, quantity in taken.items():
        data = {"item": sku, "quantity": quantity, "from": "A1"}
        assert (await device.send_one(device.did("stock_moves", data, early))).status == "applied"
    listed = await count.differences()
    assert [(each.line.sku, each.difference) for each in listed.page.rows] == [("TEA", D(2))]
    await count.decide("recount")
    form = await count.open_form(warehouse.colleague)
    assert [line.sku for line in form.lines] == ["TEA"]
    await count.hand_in(form, {"TEA": "8"}, warehouse.colleague)
    await count.submit()
    await count.decide("post")
    assert [await level(warehouse, each) for each in (tea, cup)] == [8, 9]
    await require_proven(warehouse)


async def test_a_line_that_agrees_by_now_does_not_block_a_count_that_was_corrected_since(
    warehouse: Warehouse, clock: Clock
) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    count = await start(warehouse)
    early = clock() + timedelta(minutes=1)
    clock.advance(minutes=2)
    await count.enter({"TEA": "9", "CUP": "8"})
    await count.submit()
    clock.advance(minutes=1)
    adjusted = AdjustStock(item=tea.id, location="A1", counted=D(9), reason="Counted")
    await warehouse.run(adjust_stock, adjusted, warehouse.manager)
    async with refusal(warehouse.db, CorrectedSince):
        await count.decide("post")
    device = Scanner(warehouse.db, warehouse.employee)
    data = {"item": "TEA", "quantity": 1, "from": "A1"}
    assert (await device.send_one(device.did("stock_moves", data, early))).status == "applied"
    listed = await count.differences()
    assert [each.line.sku for each in listed.page.rows] == ["CUP"]
    await count.decide("post")
    assert await level(warehouse, tea) == 9
    await require_proven(warehouse)


async def test_a_line_that_was_corrected_since_is_not_corrected_twice(
    warehouse: Warehouse,
) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    first, second = await start(warehouse), await start(warehouse)
    for count in (first, second):
        await count.enter({"TEA": "8", "CUP": "10"})
        await count.submit()
    # Both saw the same: what the first one posts, the second one has seen.
    await first.decide("post")
    await second.decide("post")
    assert await level(warehouse, tea) == 8


async def test_what_was_corrected_later_is_not_corrected_by_an_earlier_count(
    warehouse: Warehouse, clock: Clock
) -> None:
    tea, _ = await stock_up(warehouse, "TEA", "CUP")
    second = await start(warehouse)
    await second.enter({"TEA": "7", "CUP": "10"})
    await second.submit()
    clock.advance(minutes=1)
    adjusted = AdjustStock(item=tea.id, location="A1", counted=Decimal(8), reason="Counted")
    posted = (await warehouse.run(adjust_stock, adjusted, warehouse.manager)).record
    async with refusal(warehouse.db, CorrectedSince) as refused:
        await second.decide("post")
    assert (refused.value.item, refused.value.record) == ("TEA", posted)
    await second.decide("recount")
    await second.enter({"TEA": "8"}, warehouse.colleague)
    await second.submit()
    await second.decide("post")
    assert await level(warehouse, tea) == 8


async def test_an_item_found_is_added_once_where_it_was_found(warehouse: Warehouse) -> None:
    await stock_up(warehouse, "TEA")
    await warehouse.add_shelf("B2")
    cup = await warehouse.add_item("CUP")
    await warehouse.run(add_item, AddItem(sku="MUG", name="Paper mug"), warehouse.admin)
    count = await start(warehouse, items="TEA")
    seen = (await count.open_form()).record

    async def add(lines: str, location: str | None = None) -> CountsEntered:
        request = AddFound(count_id=count.id, seen=seen, lines=lines, location=location)
        return await warehouse.run(add_found, request)

    async with refusal(warehouse.db, OutsideCount):
        await add("CUP 3", "B2")
    async with refusal(warehouse.db, NotFound):
        await add("CUP 3; NONE 4")
    async with refusal(warehouse.db, LinesRefused):
        await add("CUP")
    async with refusal(warehouse.db, WrongUnit):
        await add("CUP 3 blister")
    await add("CUP 3")
    await add("Paper mug 2 pcs")
    pack = SetBarcode(item="LID", code="4000000000006", quantity=TypedQuantity(D(6)))
    await warehouse.add_item("LID")
    await warehouse.run(set_barcode, pack, warehouse.admin)
    assert [each.counted for each in (await add("4000000000006 2")).lines] == [12]
    async with refusal(warehouse.db, AlreadyListed):
        await add("cup 4")
    async with refusal(warehouse.db, LinesOpen):
        await count.submit()
    await warehouse.run(skip_lines, SkipLines(count_id=count.id, lines=(1,)))
    await count.submit()
    await count.decide("post")
    assert await level(warehouse, cup) == 3
    await require_proven(warehouse)


async def test_each_lot_and_serial_number_is_a_line(warehouse: Warehouse) -> None:
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)
    for sku, tracking in (("TEA", "lot"), ("SAW", "serial")):
        item = AddItem(sku=sku, name=sku, tracking=tracking)
        await warehouse.run(add_item, item, warehouse.admin)
    for sku, lot, quantity, place in (
        ("TEA", "L1", 4, "A1"),
        ("TEA", "L2", 5, "A1"),
        ("SAW", "S1", 1, "A1"),
        ("SAW", "S2", 1, "B2"),
    ):
        put = PutStock(item=sku, quantity=Decimal(quantity), location=place, lot=lot)
        await warehouse.run(put_stock, put, warehouse.manager)
    count = await start(warehouse, "A1")
    form = await count.open_form()
    assert [(line.sku, line.lot) for line in form.lines] == [
        ("SAW", "S1"),
        ("TEA", "L1"),
        ("TEA", "L2"),
    ]
    typed = ((1, "2"), (2, "3"), (3, "5"))
    request = EnterCounts(count_id=count.id, seen=form.record, typed=typed)
    entered = await warehouse.run(enter_counts, request)
    assert [(each.sku, each.reason) for each in entered.again] == [("SAW", "serial")]
    await count.enter({"SAW": "1"})
    add = AddFound(
        count_id=count.id, seen=(await count.open_form(None, 1)).record, lines="SAW 1 S2"
    )
    await warehouse.run(add_found, add)
    await count.submit()
    async with refusal(warehouse.db, SerialInStock):
        await count.decide("post")
    both = await start(warehouse, "B2", items="SAW")
    await both.enter({"SAW": "0"})
    await both.submit()
    await both.decide("post")
    await count.decide("post")
    async with warehouse.db.look_up(warehouse.manager) as books:
        a1 = await books.locations.require_reference("A1")
        held = {row.sku: row.quantity for row in await books.stock.levels_at_location(a1.id)}
    assert held == {"SAW": 2, "TEA": 8}
    await require_proven(warehouse)


async def test_a_serial_number_is_not_posted_to_two_locations(warehouse: Warehouse) -> None:
    saw = AddItem(sku="SAW", name="Saw", tracking="serial")
    await warehouse.run(add_item, saw, warehouse.admin)
    await warehouse.add_shelf("A1")
    for name in ("X", "Y"):
        inside = AddLocation(name=name, parent="A1")
        await warehouse.run(add_location, inside, warehouse.admin)
    put = PutStock(item="SAW", quantity=Decimal(1), location="A1", lot="S1")
    await warehouse.run(put_stock, put, warehouse.manager)
    count = await start(warehouse, "A1")
    await count.enter({"SAW": "0"})
    for place in ("A1 › X", "A1 › Y"):
        seen = (await count.open_form(None, 1)).record
        found = AddFound(count_id=count.id, seen=seen, lines="SAW 1 S1", location=place)
        await warehouse.run(add_found, found)
    await count.submit()
    async with refusal(warehouse.db, SerialInStock):
        await count.decide("post")
    await count.decide("discard", reason="which one?")
    await require_proven(warehouse)


async def test_a_lot_that_the_books_do_not_know_is_added_and_posted(warehouse: Warehouse) -> None:
    await warehouse.add_shelf("A1")
    for sku, tracking in (("TEA", "lot"), ("SAW", "serial")):
        item = AddItem(sku=sku, name=sku, tracking=tracking)
        await warehouse.run(add_item, item, warehouse.admin)
    put = PutStock(item="TEA", quantity=D(4), location="A1", lot="Old lot")
    await warehouse.run(put_stock, put, warehouse.manager)
    tray = SetUnit(item="TEA", unit="tray", factor=TypedQuantity(D(6)))
    await warehouse.run(set_unit, tray, warehouse.manager)
    count = await start(warehouse, "A1")
    form = await count.open_form()
    await count.hand_in(form, {"TEA": "4"})
    for lines, error in (
        ("TEA 1 box L9", WrongUnit),
        ("TEA 3 box", LotUnnamed),
        ("TEA 3 box 2027-02-28", LotUnnamed),
        ("TEA 3 2027-02-28", LotUnnamed),
        ("TEA 3 X12 2027-02-28", LotUnnamed),
        ("TEA 3 tray", LotUnnamed),
        ("SAW 2 S9", OneOfSerial),
        ("TEA 1 L9 2027-02-30", InvalidValue),
    ):
        request = AddFound(count_id=count.id, seen=form.record, lines=lines)
        async with refusal(warehouse.db, error):
            await warehouse.run(add_found, request)
    lines = "TEA 2 pcs L9 2027-02-28\nTEA 1 l9; SAW 1 S9"
    seen = (await count.open_form(None, 1)).record
    added = await warehouse.run(add_found, AddFound(count_id=count.id, seen=seen, lines=lines))
    assert [(each.lot, each.counted) for each in added.lines] == [("L9", D(3)), ("S9", D(1))]
    await count.submit()
    await count.decide("post")
    lots = {
        row.code: row.expires_on for row in await rows_of(warehouse.db, Lot, warehouse.guild_id)
    }
    assert lots == {"Old lot": None, "L9": date(2027, 2, 28), "S9": None}
    async with warehouse.db.look_up(warehouse.manager) as books:
        tea = await books.items.require_reference("TEA")
        totals = await books.stock.totals([tea.id])
    assert list(totals.values()) == [7]
    await require_proven(warehouse)


async def test_differences_are_paged_to_the_end_with_their_value(warehouse: Warehouse) -> None:
    skus = [f"ITEM-{number:02}" for number in range(12)]
    first, *_ = await stock_up(warehouse, *skus)

    async def receive(uow: UnitOfWork) -> None:
        line = await uow.stock.line(first.id, VirtualLocation.SUPPLIER, "A1")
        uow.stock.post(line, Decimal(1), Decimal("0.125"), "EUR")

    await warehouse.change(receive)
    count = await start(warehouse)
    for _ in range(3):
        form = await count.open_form()
        await count.hand_in(form, {line.sku: "7" for line in form.lines})
    await count.submit()
    listed = await count.differences()
    assert (listed.total, len(listed.page.rows), listed.page.has_next) == (12, 10, True)
    rest = await count.differences(after=listed.page.rows[-1].line.number)
    assert [each.line.sku for each in rest.page.rows] == skus[10:]
    assert not rest.page.has_next
    back = await count.differences(before=rest.page.rows[0].line.number)
    assert [each.line.sku for each in back.page.rows] == skus[:10]
    valued, plain = listed.page.rows[:2]
    assert (valued.difference, valued.unit_cost, valued.currency) == (D(-4), D("0.125"), "EUR")
    assert (plain.difference, plain.unit_cost) == (D(-3), None)
    shown = differences_page(listed).view
    assert isinstance(shown, LayoutView)
    texts = [each.content for each in shown.walk_children() if isinstance(each, TextDisplay)]
    assert any("-0.50 EUR" in each for each in texts)


async def test_counts_are_named_listed_and_suggested_by_number(warehouse: Warehouse) -> None:
    await stock_up(warehouse, "TEA")
    await warehouse.add_shelf("B2")
    db, employee = warehouse.db, warehouse.employee
    async with refusal(db, NothingToCount):
        await start(warehouse, "B2")
    for _ in range(12):
        await start(warehouse)
    for typed in ("C-4", "c4", "#4", "4"):
        assert (await db.query(COUNTS.get, GetDocument(document=typed), employee)).label == "C-4"
    async with refusal(db, NotADocument):
        await db.query(COUNTS.get, GetDocument(document="R-4"), employee)
    async with refusal(db, NotFound):
        await db.query(COUNTS.get, GetDocument(document="C-99"), employee)
    listed = await db.query(COUNTS.list, ListDocuments(), employee)
    assert [row.number for row in listed.page.rows] == list(range(12, 2, -1))
    older = await db.query(COUNTS.list, ListDocuments(status="counting", after=3), employee)
    assert [row.number for row in older.page.rows] == [2, 1]
    newer = await db.query(COUNTS.list, ListDocuments(before=2), employee)
    assert [row.number for row in newer.page.rows] == list(range(12, 2, -1))
    request = SuggestDocuments(typed="c-1", statuses=("counting",))
    found = await db.query(COUNTS.suggest, request, employee)
    assert [each.row.number for each in found] == [1, 12, 11, 10]
