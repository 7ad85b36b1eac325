"""Bulk: many lines as one record, all or nothing."""

from datetime import date
from decimal import Decimal

import pytest

from bot.database.models import Item
from bot.database.unit import UnitOfWork
from bot.domain.lines import LinesRefused
from bot.domain.lots import NotTracked
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import InsufficientStock
from bot.errors import Archived, InvalidValue, NotFound, TallymanError
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.bulk.lines import BulkAction, BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
from tests.database.controllers.test_base import item
from tests.database.heads import heads

Typed = tuple[str, str, str]


async def bulk(
    warehouse: Warehouse, action: BulkAction, *typed: Typed, target: str | None = None
) -> StockMoved:
    lines = tuple(
        BulkLine(number=number, item=item, quantity=Decimal(quantity), location=location)
        for number, (item, quantity, location) in enumerate(typed, 1)
    )
    request = MoveInBulk(action=action, lines=lines, location="A1", target=target)
    return await warehouse.run(move_in_bulk, request, warehouse.manager)


@pytest.mark.both_engines
async def test_many_lines_are_one_record_that_is_undone_whole(warehouse: Warehouse) -> None:
    bolt, nut = await warehouse.add_item(), await warehouse.add_item("NUT-8")
    first, second = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    put = await bulk(warehouse, "put", ("BOLT-8", "10", ""), ("nut-8", "4", "B2"))
    assert put.line_count == 2
    assert await warehouse.level(nut, second) == 4
    await bulk(warehouse, "move", ("The BOLT-8", "3", ""), ("BOLT-8", "1", ""), target="B2")
    await bulk(warehouse, "take", ("BOLT-8", "2", "B2"))
    counted = await bulk(
        warehouse, "count", ("BOLT-8", "7", ""), ("BOLT-8", "2", "B2"), ("NUT-8", "0", "B2")
    )
    assert [await warehouse.level(bolt, each) for each in (first, second)] == [7, 2]
    assert await warehouse.level(nut, second) == 0
    await warehouse.run(reverse_record, ReverseRecord(record=counted.record), warehouse.manager)
    assert await warehouse.level(nut, second) == 4
    agreed = await bulk(warehouse, "count", ("NUT-8", "4", "B2"))
    assert (agreed.action, agreed.line_count) == ("bulk.agreed", 0)
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.both_engines
async def test_hundreds_of_lines_name_items_by_barcodes_and_names(warehouse: Warehouse) -> None:
    await warehouse.add_shelf("A1")

    async def fill(uow: UnitOfWork) -> list[Item]:
        numbers = range(210)
        items = await uow.items.bulk_create([item(f"N-{n}") for n in numbers])
        await uow.barcodes.bulk_create(
            [
                {
                    "code": f"40-{n}",
                    "code_key": f"40-{n}",
                    "item_id": items[n].id,
                    "unit": "",
                    "quantity": Decimal(10),
                }
                for n in numbers
            ]
        )
        return items

    items = await warehouse.change(fill)
    names = [row.name for row in items]
    codes = [f"40-{n}" for n in range(len(items))]
    put = await bulk(warehouse, "put", *((name, "1", "") for name in (*names, *codes)))
    assert put.line_count == 2 * len(items)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        totals = await books.stock.totals([row.id for row in items])
    assert set(totals.values()) == {Decimal(11)}
    assert len(totals) == len(items)


@pytest.mark.both_engines
async def test_a_line_calls_an_item_as_any_command_does(warehouse: Warehouse) -> None:
    """A text leads to the same item, and the same pack, as where it is typed alone."""
    old = await warehouse.add_item("OLD-1")
    for sku in ("KEPT-1", "GONE-1", "ODD-1", "TWIN-1", "TWIN-2"):
        await warehouse.add_item(sku, "Twin" if sku.startswith("TWIN") else "")
    await warehouse.add_shelf("A1")
    admin = warehouse.admin
    for code, item_name in (("012345678905", "KEPT-1"), ("77-1", "ODD-1"), ("88-1", "OLD-1")):
        pack = TypedQuantity(Decimal(6)) if item_name == "KEPT-1" else None
        barcode = SetBarcode(item=item_name, code=code, quantity=pack)
        await warehouse.run(set_barcode, barcode, admin)
    await warehouse.run(merge_items, MergeItems(item="GONE-1", into="KEPT-1"), warehouse.manager)
    await warehouse.run(edit_item, EditItem(item="ODD-1", sku="EVEN-1"), admin)
    await warehouse.run(edit_item, EditItem(item="KEPT-1", sku="KEPT-2"), admin)
    # The SKU that one item gave up is another's now, and one is named like a code.
    await warehouse.add_item("KEPT-1", "Newer")
    await warehouse.add_item("NAMED-1", "88-1")
    await warehouse.archive(await warehouse.add_item("DEAD-1", "Dead"))
    # Of one name: in use, archived, and merged into an item of another name.
    again = await warehouse.add_item("AGAIN-1", "Again")
    await warehouse.archive(await warehouse.add_item("AGAIN-2", "Again"))
    await warehouse.add_item("AGAIN-3", "Again")
    await warehouse.run(merge_items, MergeItems(item="AGAIN-3", into="OLD-1"), warehouse.manager)
    texts = (
        *("KEPT-1", "kept-2", "GONE-1", "ODD-1", "EVEN-1", "12345678905", "0012345678905"),
        *("77-1", "88-1", "The ODD-1", "The OLD-1", "The GONE-1", "Newer", "Twin", "DEAD-1"),
        *("Dead", "PIN-8", "99-1", "Again"),
    )
    for text in texts:
        assert await put_in_bulk(warehouse, text) == await put_alone(warehouse, text), text
    assert await put_alone(warehouse, "88-1") == (old.id, 1)
    assert await put_alone(warehouse, "Again") == (again.id, 1)
    async with warehouse.db.look_up(warehouse.manager) as books:
        assert "Again" in await books.file_rows.list_leads(["Again"], ())


async def put_alone(warehouse: Warehouse, text: str) -> object:
    """Return what one piece is put of, and how much that is, or why it is refused."""
    request = PutStock(item=text, quantity=Decimal(1), location="A1")
    try:
        (line,) = (await warehouse.run(put_stock, request, warehouse.manager)).lines
    except TallymanError as error:
        return type(error)
    return line.item_id, line.quantity


async def put_in_bulk(warehouse: Warehouse, text: str) -> object:
    """Do the same as the first of two lines."""
    before = await heads(warehouse.db)
    try:
        line, _ = (await bulk(warehouse, "put", (text, "1", ""), ("TWIN-1", "1", ""))).lines
    except LinesRefused as error:
        assert await heads(warehouse.db) == before
        (fault,) = error.faults
        return type(fault.cause)
    return line.item_id, line.quantity


async def test_every_fault_is_named_and_nothing_is_done(warehouse: Warehouse) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf("A1")
    await warehouse.put(bolt, 5, shelf)
    await warehouse.archive(await warehouse.add_shelf("Old"))
    before = await heads(warehouse.db)
    with pytest.raises(LinesRefused) as refused:
        await bulk(
            warehouse,
            "take",
            ("BOLT-8", "3", ""),
            ("PIN-8", "1", ""),
            ("BOLT-8", "1", "Nowhere"),
            ("BOLT-8", "3", ""),
            ("BOLT-8", "1", "Old"),
        )
    faults = {fault.number: type(fault.cause) for fault in refused.value.faults}
    assert faults == {2: NotFound, 3: NotFound, 4: InsufficientStock, 5: Archived}
    with pytest.raises(InvalidValue):
        await bulk(warehouse, "move", ("BOLT-8", "1", ""))
    assert await heads(warehouse.db) == before


async def test_an_answer_offers_again_only_what_can_be_repeated(warehouse: Warehouse) -> None:
    await warehouse.add_item()
    await warehouse.add_shelf("A1")
    assert not (await bulk(warehouse, "put", ("BOLT-8", "1", ""))).is_offered_again


@pytest.mark.both_engines
async def test_lots_that_expire_first_are_taken_in_bulk(warehouse: Warehouse) -> None:
    item = AddItem(sku="SER", name="Serum", tracking="lot")
    await warehouse.run(add_item, item, warehouse.manager)
    await warehouse.add_shelf("A1")
    for lot, day in (("LATE", 9), ("SOON", 3)):
        expires_on = date(2031, 3, day)
        put = PutStock(
            item="SER", quantity=Decimal(2), location="A1", lot=lot, expires_on=expires_on
        )
        await warehouse.run(put_stock, put, warehouse.manager)
    taken = await bulk(warehouse, "take", ("SER", "3", ""))
    assert [(line.lot, line.quantity) for line in taken.lines] == [
        ("SOON", Decimal(2)),
        ("LATE", Decimal(1)),
    ]
    await require_sound_books(warehouse.db)


async def test_a_line_takes_the_lot_that_it_names_and_no_other(warehouse: Warehouse) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf("A1")
    await warehouse.put(bolt, 5, shelf)
    item = AddItem(sku="SER", name="Serum", tracking="lot")
    await warehouse.run(add_item, item, warehouse.manager)
    for lot, day in (("LATE", 9), ("SOON", 3)):
        expires_on = date(2031, 3, day)
        put = PutStock(
            item="SER", quantity=Decimal(4), location="A1", lot=lot, expires_on=expires_on
        )
        await warehouse.run(put_stock, put, warehouse.manager)

    async def take(*lines: tuple[str, str, int]) -> StockMoved:
        named = tuple(
            BulkLine(number=number, item=item, quantity=Decimal(quantity), lot=lot)
            for number, (item, lot, quantity) in enumerate(lines, 1)
        )
        request = MoveInBulk(action="take", lines=named, location="A1")
        return await warehouse.run(move_in_bulk, request, warehouse.manager)

    taken = await take(("SER", "late", 1), ("SER", "SOON", 2), ("BOLT-8", "", 1))
    assert [(line.sku, line.lot) for line in taken.lines] == [
        ("SER", "LATE"),
        ("SER", "SOON"),
        ("BOLT-8", ""),
    ]
    with pytest.raises(LinesRefused) as refused:
        await take(("SER", "NONE", 1), ("BOLT-8", "LATE", 1), ("SER", "SOON", 3))
    causes = [type(fault.cause) for fault in refused.value.faults]
    assert causes == [NotFound, NotTracked, InsufficientStock]
    await require_sound_books(warehouse.db)
