"""Bulk: many lines as one record, all or nothing."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.lines import LinesRefused
from bot.domain.lots import NotTracked
from bot.domain.stock import InsufficientStock
from bot.errors import Archived, InvalidValue, NotFound
from bot.services.bulk.lines import BulkAction, BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.items import AddItem, add_item
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
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
