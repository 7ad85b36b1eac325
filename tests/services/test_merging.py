"""Merging items: stock, history and codes go over in one record, and come back in another."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Lot, StockLevel
from bot.domain.items import MergedAway, Unlike
from bot.domain.lots import LotsDiffer
from bot.domain.quantities import read_factor
from bot.domain.stock import NotReversible, ReversalBlocked
from bot.services.audit import FindRecords, find_records
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.counts.starting import StartCount, start_count
from bot.services.item_pages import GetItem, get_item
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import EditItem, RestoreItem, edit_item, restore_item
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.merging import MergeItems, merge_items, preview_merge
from bot.services.moved import StockMoved
from bot.services.recalls import RecallLot, recall_lot
from bot.services.requests.closing import EndRequest, cancel_request
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.search import FindStock, ListHistory, find_stock, list_history
from bot.services.stock import PutStock, TakeStock, put_stock, take_stock
from bot.services.verification import verify_books
from bot.views.errors import explain
from bot.views.replies import render
from tests.database.books import (
    GUILD,
    Warehouse,
    refusal,
    require_sound_books,
    rows_of,
    snapshot,
)
from tests.database.tampering import tamper
from tests.services.picks import ask

pytestmark = pytest.mark.usefixtures("twins")
PACK = "4000000000006"


@pytest.fixture
async def twins(warehouse: Warehouse) -> None:
    """One bolt under two SKUs, both in stock, the one with a former SKU, a unit and a code."""
    await warehouse.add_item("OLD-1", "Bolt")
    await warehouse.add_item("NEW", "Bolt")
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)
    manager = warehouse.manager
    await warehouse.run(edit_item, EditItem(item="OLD-1", sku="OLD"), manager)
    await warehouse.run(
        set_unit, SetUnit(item="OLD", unit="pack", factor=read_factor("6")), manager
    )
    await warehouse.run(set_barcode, SetBarcode(item="OLD", code=PACK, unit="pack"), manager)
    for item, location, quantity in (("OLD", "A1", 5), ("OLD", "B2", 2), ("NEW", "A1", 10)):
        await put(warehouse, item, location, quantity)


async def put(warehouse: Warehouse, item: str, location: str, quantity: int) -> StockMoved:
    request = PutStock(item=item, quantity=Decimal(quantity), location=location)
    return await warehouse.run(put_stock, request)


async def merge(warehouse: Warehouse, item: str = "OLD", into: str = "NEW") -> StockMoved:
    return await warehouse.run(merge_items, MergeItems(item=item, into=into), warehouse.manager)


async def findings(warehouse: Warehouse) -> tuple[object, ...]:
    return (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.both_engines
async def test_stock_history_and_codes_go_over_in_one_record(warehouse: Warehouse) -> None:
    preview = await warehouse.db.query(
        preview_merge, MergeItems(item="OLD", into="NEW"), warehouse.manager
    )
    assert preview.quantity == 7
    assert (preview.locations, preview.barcodes) == (2, 1)
    merged = await merge(warehouse)
    assert render(merged).content.splitlines() == [
        "✅ Merged the items **OLD / NEW**",
        "OLD · A1: 5 → 0 pcs",
        "NEW · A1: 10 → 15 pcs",
        "OLD · B2: 2 → 0 pcs",
        "NEW · B2: 0 → 2 pcs",
        f"`#{merged.record}`",
    ]
    for name in ("old", "OLD-1", PACK):
        shown = await warehouse.db.query(get_item, GetItem(item=name), warehouse.viewer)
        assert shown.item.sku == "NEW"
        assert shown.total == 17
    found = await warehouse.db.query(find_stock, FindStock(typed="OLD"), warehouse.viewer)
    assert found.item is not None
    assert set(shown.details.former_skus) == {"OLD", "OLD-1"}
    taken = await warehouse.run(
        take_stock, TakeStock(item=PACK, quantity=Decimal(1), location="A1")
    )
    assert taken.lines[0].sku == "NEW"
    assert taken.lines[0].quantity == 6
    listed = await warehouse.db.query(list_history, ListHistory(item="NEW"), warehouse.viewer)
    assert {move.sku for move in listed.moves} == {"OLD", "NEW"}
    assert len(listed.moves) == 3 + 4 + 1
    about_old = FindRecords(subject="old")
    records = await warehouse.db.query(find_records, about_old, warehouse.auditor)
    assert [event.action for event in records.events][:2] == ["item.merged", "stock.put"]
    at_b2 = ListHistory(item="OLD", location="B2")
    listed = await warehouse.db.query(list_history, at_b2, warehouse.viewer)
    assert [move.sku for move in listed.moves] == ["NEW", "OLD", "OLD"]
    assert not await findings(warehouse)
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
async def test_undoing_gives_back_all_that_went_over(warehouse: Warehouse) -> None:
    names = ("item", "item_unit", "barcode", "former_sku", "item_merge", "search_word")
    before = await snapshot(warehouse.db)
    merged = await merge(warehouse)
    async with refusal(warehouse.db, MergedAway):
        await warehouse.run(restore_item, RestoreItem(item="OLD"), warehouse.manager)
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=merged.record), warehouse.manager
    )
    assert render(undone).content.startswith("✅ Reversed the merge of **OLD / NEW**")
    after = await snapshot(warehouse.db)
    for name in names:
        assert without_records(after[name]) == without_records(before[name]), name
    for item, level in (("OLD", 7), ("NEW", 10)):
        shown = await warehouse.db.query(get_item, GetItem(item=item), warehouse.viewer)
        assert shown.total == level
    async with refusal(warehouse.db, NotReversible):
        await warehouse.run(reverse_record, ReverseRecord(record=undone.record), warehouse.manager)
    assert not await findings(warehouse)


async def test_a_move_from_before_is_undone_where_the_stock_is_now(warehouse: Warehouse) -> None:
    earlier = await put(warehouse, "OLD", "A1", 3)
    await merge(warehouse)
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=earlier.record), warehouse.manager
    )
    assert undone.lines[0].sku == "NEW"
    assert undone.lines[0].source.after == 15
    assert not await findings(warehouse)


async def test_a_merge_is_not_undone_where_its_stock_is_gone_or_merged_on(
    warehouse: Warehouse,
) -> None:
    merged = await merge(warehouse)
    undo = ReverseRecord(record=merged.record)
    async with refusal(warehouse.db, NotReversible):
        await warehouse.run(reverse_record, undo, warehouse.employee)
    await warehouse.run(take_stock, TakeStock(item="NEW", quantity=Decimal(12), location="A1"))
    async with refusal(warehouse.db, ReversalBlocked):
        await warehouse.run(reverse_record, undo, warehouse.manager)
    await warehouse.add_item("NEWER", "Bolt")
    again = await merge(warehouse, "NEW", "NEWER")
    shown = await warehouse.db.query(get_item, GetItem(item="OLD"), warehouse.viewer)
    assert shown.item.sku == "NEWER"
    listed = await warehouse.db.query(list_history, ListHistory(item="NEWER"), warehouse.viewer)
    assert {move.sku for move in listed.moves} == {"OLD", "NEW", "NEWER"}
    async with refusal(warehouse.db, NotReversible):
        await warehouse.run(reverse_record, undo, warehouse.manager)
    await warehouse.run(reverse_record, ReverseRecord(record=again.record), warehouse.manager)
    assert not await findings(warehouse)


async def test_items_that_are_not_alike_stay_two(warehouse: Warehouse) -> None:
    manager = warehouse.manager
    await warehouse.add_item("OIL", unit="l")
    await warehouse.add_item("LOTS")
    await warehouse.run(edit_item, EditItem(item="LOTS", tracking="lot"), manager)
    await warehouse.run(
        set_unit, SetUnit(item="NEW", unit="packs", factor=read_factor("8")), manager
    )
    reasons = {}
    for into in ("OLD", "OIL", "LOTS", "NEW"):
        async with refusal(warehouse.db, Unlike) as unlike:
            await merge(warehouse, "OLD", into)
        reasons[into] = unlike.value.reason
    assert reasons == {"OLD": "same", "OIL": "unit", "LOTS": "tracking", "NEW": "factor"}


async def test_what_a_merge_led_elsewhere_is_proved(
    warehouse: Warehouse, database_url: str
) -> None:
    await merge(warehouse)
    await tamper(database_url, "DELETE FROM item_merge")
    assert [
        each.noun for each in (await verify_books(warehouse.db, warehouse.auditor)).findings
    ] == ["merge"]


def without_records(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Rows but for the record that changed them last, which is the first number after the guild."""
    return sorted(
        (tuple(value for place, value in enumerate(row) if place != 1) for row in rows), key=repr
    )


@pytest.mark.both_engines
async def test_lots_go_over_and_come_back_as_the_same_lots(warehouse: Warehouse) -> None:
    manager = warehouse.manager
    for sku, lot in (("TEA", "L1"), ("TEE", "L2")):
        await warehouse.add_item(sku)
        await warehouse.run(edit_item, EditItem(item=sku, tracking="lot"), manager)
        request = PutStock(item=sku, quantity=Decimal(4), location="A1", lot=lot)
        await warehouse.run(put_stock, request)
    merged = await merge(warehouse, "TEA", "TEE")
    taken = await warehouse.run(
        take_stock, TakeStock(item="TEA", quantity=Decimal(1), location="A1", lot="L1"), manager
    )
    assert taken.lines[0].sku == "TEE"
    assert not await findings(warehouse)
    await warehouse.run(reverse_record, ReverseRecord(record=taken.record), manager)
    await warehouse.run(reverse_record, ReverseRecord(record=merged.record), manager)
    again = TakeStock(item="TEA", quantity=Decimal(4), location="A1", lot="L1")
    assert (await warehouse.run(take_stock, again)).lines[0].sku == "TEA"
    assert not await findings(warehouse)


@pytest.mark.both_engines
async def test_what_was_put_under_a_lot_that_went_over_stays_in_a_lot_of_its_item(
    warehouse: Warehouse,
) -> None:
    manager = warehouse.manager
    for sku in ("TEA", "TEE"):
        await warehouse.add_item(sku)
        await warehouse.run(edit_item, EditItem(item=sku, tracking="lot"), manager)
    day = date(2031, 3, 1)
    tea: dict[str, Any] = {"location": "A1", "lot": "L1"}
    put = PutStock(item="TEA", quantity=Decimal(4), expires_on=day, **tea)
    await warehouse.run(put_stock, put)
    held = {"item": "TEA", "lot": "L1", "reason": "smell"}
    await warehouse.run(hold_lot, HoldLot(**held), manager)
    merged = await merge(warehouse, "TEA", "TEE")
    await warehouse.run(put_stock, PutStock(item="TEE", quantity=Decimal(5), **tea))
    taken = TakeStock(item="TEE", quantity=Decimal(1), **tea)
    await warehouse.run(take_stock, taken, manager)  # it is held still
    await warehouse.run(reverse_record, ReverseRecord(record=merged.record), manager)
    lots = {row.id: row for row in await rows_of(warehouse.db, Lot, GUILD)}
    levels = [row for row in await rows_of(warehouse.db, StockLevel, GUILD) if row.lot_id]
    assert {(lots[row.lot_id].item_id == row.item_id) for row in levels} == {True}
    assert {(lot.code, lot.expires_on, lot.state) for lot in lots.values()} == {("L1", day, "held")}
    for item, quantity in (("TEA", 4), ("TEE", 4)):
        every = TakeStock(item=item, quantity=Decimal(quantity), **tea)
        await warehouse.run(take_stock, every, manager)
    # What is left of it, and nowhere in stock, is in the way of no other day.
    other = date(2031, 4, 1)
    await warehouse.run(
        put_stock, PutStock(item="TEA", quantity=Decimal(2), expires_on=other, **tea)
    )
    await merge(warehouse, "TEA", "TEE")
    lots = {row.id: row for row in await rows_of(warehouse.db, Lot, GUILD)}
    assert {lot.expires_on for lot in lots.values()} == {other}
    assert not await findings(warehouse)


async def test_lots_of_one_code_are_joined_and_parted_again(warehouse: Warehouse) -> None:
    manager, day = warehouse.manager, date(2027, 3, 1)
    for sku in ("TEA", "TEE"):
        await warehouse.add_item(sku)
        await warehouse.run(edit_item, EditItem(item=sku, tracking="lot"), manager)
        request = PutStock(item=sku, quantity=Decimal(4), location="A1", lot="L1", expires_on=day)
        await warehouse.run(put_stock, request)
    take = TakeStock(item="TEA", quantity=Decimal(1), location="A1")
    before = await warehouse.run(take_stock, take)
    merged = await merge(warehouse, "TEA", "TEE")
    await warehouse.run(take_stock, take)
    found = await warehouse.db.query(find_stock, FindStock(typed="l1"), manager)
    assert found.lot is not None
    assert found.lot.item.sku == "TEE"
    hold = {"item": "TEE", "lot": "L1", "reason": "smell"}
    recalled = await warehouse.run(recall_lot, RecallLot(**hold), manager)
    assert [each.record for each in recalled.recipients] == [recalled.record - 1, before.record]
    undo = ReverseRecord(record=merged.record)
    async with refusal(warehouse.db, NotReversible):
        await warehouse.run(reverse_record, undo, manager)
    await warehouse.run(release_lot, ReleaseLot(**hold), manager)
    undone = await warehouse.run(reverse_record, ReverseRecord(record=before.record), manager)
    assert [(line.sku, line.target.after) for line in undone.lines] == [("TEE", Decimal(7))]
    await warehouse.run(reverse_record, undo, manager)
    async with warehouse.db.look_up(manager) as books:
        items = [await books.items.require_reference(sku) for sku in ("TEA", "TEE")]
        totals = await books.stock.totals([item.id for item in items])
    assert [totals[item.id] for item in items] == [3, 4]
    assert not await findings(warehouse)


async def test_lots_of_one_code_that_differ_are_named(warehouse: Warehouse) -> None:
    manager = warehouse.manager
    for sku, expires_on in (("TEA", date(2027, 3, 1)), ("TEE", None)):
        await warehouse.add_item(sku)
        await warehouse.run(edit_item, EditItem(item=sku, tracking="lot"), manager)
        request = PutStock(
            item=sku, quantity=Decimal(4), location="A1", lot="L1", expires_on=expires_on
        )
        await warehouse.run(put_stock, request)
    async with refusal(warehouse.db, LotsDiffer) as differ:
        await merge(warehouse, "TEA", "TEE")
    assert explain(differ.value) == (
        "Both items have a lot **L1**: of **TEA** it is good through 2027-03-01, of **TEE** "
        "through no day. Lots that differ cannot be merged."
    )


async def test_an_item_that_is_waited_for_or_counted_is_not_merged(warehouse: Warehouse) -> None:
    await warehouse.add_item("GONE")
    made = await ask(warehouse, "GONE 3")
    async with refusal(warehouse.db, Unlike) as wanted:
        await merge(warehouse, "GONE")
    await warehouse.run(cancel_request, EndRequest(request=made.request_id))
    await merge(warehouse, "GONE")
    started = await warehouse.run(start_count, StartCount(location="B2"))
    async with refusal(warehouse.db, Unlike) as counted:
        await merge(warehouse, "OLD")
    assert [each.value.reason for each in (wanted, counted)] == ["wanted", "counted"]
    assert counted.value.one == started.label
