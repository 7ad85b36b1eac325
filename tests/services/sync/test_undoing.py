"""Undo of what was counted since, undo of counts, and what cannot have left: as if in time."""

from decimal import Decimal

import pytest

from bot.domain.stock import InsufficientStock, ReversalBlocked
from bot.domain.valuation import LeftCosts
from bot.services.audit import GetRecord, get_record
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.search import ListHistory, list_history
from bot.services.stock import TakeStock, take_stock
from bot.services.valuation import FindLedger, find_ledger, value_items
from bot.services.why.stock import ExplainStock, explain_stock
from bot.views.audit.pages import record_page
from bot.views.errors import explain
from bot.views.stock import history_line, moved_page
from bot.views.why import why_page
from tests.database.books import Warehouse, refusal
from tests.database.clock import Clock
from tests.services.sync.scanner import Scanner
from tests.services.sync.test_corrections import HOUR, adjust
from tests.services.test_counts import level, require_proven, start, stock_up


async def undo(warehouse: Warehouse, record: int | None) -> str:
    """Undo a record and return what the answer says."""
    wanted = ReverseRecord(record=record)
    return moved_page(await warehouse.run(reverse_record, wanted, warehouse.manager)).content


async def take(warehouse: Warehouse, quantity: int) -> int:
    """Take tea in Discord; returns the record."""
    wanted = TakeStock(item="TEA", quantity=Decimal(quantity), location="A1")
    return (await warehouse.run(take_stock, wanted, warehouse.manager)).record


def pick(quantity: int) -> dict[str, object]:
    """Return a take of tea, as a device sends it."""
    return {"item": "TEA", "quantity": quantity, "from": "A1"}


@pytest.mark.both_engines
async def test_undo_of_a_move_that_was_counted_since_leaves_what_was_counted(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    clock.advance(hours=1)
    taken = await take(warehouse, 4)
    clock.advance(hours=1)
    counted = await adjust(warehouse, "TEA", 5)
    clock.advance(hours=1)
    await take(warehouse, 2)
    said = await undo(warehouse, taken)
    assert f"What was counted since stays true: `#{counted}`." in said
    heads = f"Reversed #{taken}:", f"Kept the count `#{counted}` true:"
    assert [said.count(each) for each in heads] == [1, 1]
    why = await warehouse.db.query(explain_stock, ExplainStock(item="TEA"), warehouse.manager)
    view = why_page(why).view
    assert view is not None
    shown = "".join(str(getattr(each, "content", "")) for each in view.walk_children())
    verbs = f"reversed #{taken}:", f"kept the count #{counted} true:"
    assert [shown.count(each) for each in verbs] == [1, 1]
    assert await level(warehouse, tea) == 3
    # Ten were there, and five were counted.
    await undo(warehouse, counted)
    assert await level(warehouse, tea) == 8
    await require_proven(warehouse)
    ledger = await warehouse.db.query(find_ledger, FindLedger(), warehouse.admin)
    async for values in value_items(warehouse.db, ledger, warehouse.admin, LeftCosts()):
        assert [value.quantity for _item, value in values] in ([], [Decimal(8)])


@pytest.mark.both_engines
async def test_undo_of_an_older_count_leaves_a_newer_one(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    early, scanner = clock() + HOUR, Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=2)
    older = await adjust(warehouse, "TEA", 20)
    clock.advance(hours=1)
    newer = await adjust(warehouse, "TEA", 7)
    await scanner.send_one(scanner.did("stock_moves", pick(3), early))
    await undo(warehouse, older)
    assert await level(warehouse, tea) == 7
    await undo(warehouse, newer)
    assert await level(warehouse, tea) == 7  # ten less the three that were taken
    await scanner.send_one(scanner.did("stock_moves", pick(2), early))
    assert await level(warehouse, tea) == 5
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_a_count_that_agreed_is_undone_and_late_moves_hold_again(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    early, scanner = clock() + HOUR, Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=2)
    counted = await adjust(warehouse, "TEA", 10)
    await scanner.send_one(scanner.did("stock_moves", pick(3), early))
    assert await level(warehouse, tea) == 10
    clock.advance(hours=1)
    again = await adjust(warehouse, "TEA", 10)
    said = await undo(warehouse, again)
    assert said.startswith(f"✅ Reversed #{again}. That count agreed with the books")
    await undo(warehouse, counted)
    assert await level(warehouse, tea) == 7
    count = await start(warehouse)
    await count.enter({"TEA": "7"})
    await count.submit()
    await undo(warehouse, await count.decide("post"))
    await require_proven(warehouse)


async def test_what_a_location_did_not_hold_at_the_time_cannot_have_left_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    (tea,) = await stock_up(warehouse, "TEA")
    early, scanner = clock() + HOUR, Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=2)
    taken = await take(warehouse, 4)
    clock.advance(hours=1)
    await adjust(warehouse, "TEA", 30)
    # Ten were there, of which four were taken before the thirty were counted.
    pushed = await scanner.send(
        *(scanner.did("stock_moves", pick(each), early) for each in (11, 7, 6))
    )
    assert [each.reason for each in pushed.results] == ["insufficient_stock"] * 2 + [""]
    errors = [each.error for each in pushed.conflicts if isinstance(each.error, InsufficientStock)]
    found = [(error.available, error.since) for error in errors]
    assert found == [(Decimal(10), early), (Decimal(6), early + HOUR)]
    assert str(explain(errors[1])).startswith("A1 held 6 pcs of TEA at <t:")
    async with refusal(warehouse.db, ReversalBlocked) as blocked:
        await undo(warehouse, await put_by(warehouse))
    assert blocked.value.taken_by in {taken, pushed.results[2].record}
    assert "would have to be gone by then" in str(explain(blocked.value))
    await undo(warehouse, taken)
    assert await level(warehouse, tea) == 30
    await require_proven(warehouse)


async def put_by(warehouse: Warehouse) -> int:
    """Return the record that put the tea there."""
    listed = await warehouse.db.query(list_history, ListHistory(item="TEA"), warehouse.manager)
    return min(move.record for move in listed.moves)


async def test_a_line_says_which_count_it_keeps_true(warehouse: Warehouse, clock: Clock) -> None:
    await stock_up(warehouse, "TEA")
    early, scanner = clock() + HOUR, Scanner(warehouse.db, warehouse.manager)
    clock.advance(hours=2)
    counted = await adjust(warehouse, "TEA", 7)
    sent = scanner.did("stock_moves", pick(3), early)
    record = (await scanner.send_one(sent)).record
    assert record is not None
    said = f"so that the count `#{counted}` stays right"
    listed = await warehouse.db.query(list_history, ListHistory(item="TEA"), warehouse.manager)
    lines = [history_line(move, {}) for move in listed.moves if move.record == record]
    assert [said in line for line in lines] == [False, True]
    shown = await warehouse.db.query(get_record, GetRecord(record=record), warehouse.admin)
    page = record_page(shown).embed
    assert page is not None
    assert str(page.description).count(said) == 1
    await undo(warehouse, counted)
    newest = record + 1
    shown = await warehouse.db.query(get_record, GetRecord(record=newest), warehouse.admin)
    page = record_page(shown).embed
    assert page is not None
    assert "stays right" not in str(page.description)
    assert "corrects" not in str(page.description)
