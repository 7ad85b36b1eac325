"""Bulk of tracked items: lines name the lots that they put, count, take and move."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Lot, StockLevel
from bot.domain.bulk_lines import LotLeftOut
from bot.domain.imports import RepeatedRow
from bot.domain.lines import LinesRefused
from bot.domain.lots import (
    ExpiryDiffers,
    LotSetAside,
    NotTracked,
    OneOfSerial,
    SerialInStock,
)
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import InsufficientStock
from bot.errors import NotFound, TallymanError
from bot.services.audit import GetRecord, get_record
from bot.services.bulk.lines import BulkAction, BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, add_item
from bot.services.lots import HoldLot, hold_lot
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.role_permissions import SetPermissions, set_permissions
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.heads import heads

DAY = date(2031, 3, 1)


async def stock(warehouse: Warehouse) -> None:
    """Add an item of each tracking, and two shelves."""
    await warehouse.add_item()
    for sku, tracking in (("SERUM", "lot"), ("METER", "serial")):
        item = AddItem(sku=sku, name=sku.title(), tracking=tracking)
        await warehouse.run(add_item, item, warehouse.manager)
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)


def line(item: str, quantity: str, lot: str = "", **more: Any) -> BulkLine:
    return BulkLine(number=0, item=item, quantity=Decimal(quantity), lot=lot, **more)


async def bulk(warehouse: Warehouse, action: BulkAction, *lines: BulkLine) -> StockMoved:
    numbered = tuple(
        BulkLine(**{name: getattr(each, name) for name in BulkLine.__slots__} | {"number": number})
        for number, each in enumerate(lines, 1)
    )
    target = "B2" if action == "move" else None
    request = MoveInBulk(action=action, lines=numbered, location="A1", target=target)
    return await warehouse.run(move_in_bulk, request, warehouse.manager)


async def refused(
    warehouse: Warehouse, action: BulkAction, *lines: BulkLine
) -> dict[int, type[TallymanError]]:
    """Return the causes by the numbers of lines; nothing may have changed."""
    before = await heads(warehouse.db)
    with pytest.raises(LinesRefused) as error:
        await bulk(warehouse, action, *lines)
    assert await heads(warehouse.db) == before
    return {fault.number: type(fault.cause) for fault in error.value.faults}


async def levels(warehouse: Warehouse) -> dict[tuple[str, int], Decimal]:
    """Return what is in stock by the codes of lots, "" for what is not tracked."""
    codes = {lot.id: lot.code for lot in await rows_of(warehouse.db, Lot, GUILD)}
    async with warehouse.db.look_up(warehouse.manager) as books:
        places = [(await books.locations.require_reference(name)).id for name in ("A1", "B2")]
    return {
        (codes.get(row.lot_id, ""), places.index(row.location_id) + 1): row.quantity
        for row in await rows_of(warehouse.db, StockLevel, GUILD)
        if row.location_id in places and row.quantity
    }


async def require_verified(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.both_engines
async def test_lots_are_put_counted_and_moved_as_one_record_each(warehouse: Warehouse) -> None:
    await stock(warehouse)
    put = await bulk(
        warehouse,
        "put",
        line("SERUM", "5", "L-1", expires_on=DAY),
        line("serum", "2", "l-1", location="B2"),
        line("SERUM", "3", "L-2"),
        line("BOLT-8", "4"),
        line("METER", "1", "S-1"),
    )
    assert (put.action, put.line_count) == ("bulk.put", 5)
    assert put.today is not None
    before = await levels(warehouse)
    assert before == {
        ("L-1", 1): 5,
        ("L-1", 2): 2,
        ("L-2", 1): 3,
        ("", 1): 4,
        ("S-1", 1): 1,
    }
    shown = await warehouse.db.query(get_record, GetRecord(record=put.record), warehouse.auditor)
    assert {change.field: change.after for change in shown.detail.changes} == {
        "lines": "5",
        "lots": "3",
    }
    counted = await bulk(
        warehouse,
        "count",
        line("SERUM", "4", "L-1"),
        line("SERUM", "6", "L-3", expires_on=DAY),
        line("SERUM", "3", "L-2"),
        # It was found at the other shelf.
        line("METER", "1", "S-1", location="B2"),
        line("METER", "0", "S-1"),
    )
    assert (counted.action, counted.line_count) == ("bulk.counted", 4)
    assert await levels(warehouse) == {
        ("L-1", 1): 4,
        ("L-1", 2): 2,
        ("L-2", 1): 3,
        ("L-3", 1): 6,
        ("", 1): 4,
        ("S-1", 2): 1,
    }
    await require_verified(warehouse)
    await warehouse.run(reverse_record, ReverseRecord(record=counted.record), warehouse.manager)
    assert await levels(warehouse) == before
    moved = await bulk(warehouse, "move", line("SERUM", "5", "L-1"), line("METER", "1", "S-1"))
    assert (await levels(warehouse))[("L-1", 2)] == 7
    await warehouse.run(reverse_record, ReverseRecord(record=moved.record), warehouse.manager)
    await warehouse.run(reverse_record, ReverseRecord(record=put.record), warehouse.manager)
    assert await levels(warehouse) == {}
    await require_verified(warehouse)


@pytest.mark.both_engines
async def test_every_line_without_a_lot_is_named_and_nothing_is_done(warehouse: Warehouse) -> None:
    await stock(warehouse)
    actions: tuple[BulkAction, ...] = ("put", "count")
    for action in actions:
        assert await refused(
            warehouse,
            action,
            line("BOLT-8", "4"),
            line("SERUM", "5"),
            line("SERUM", "5", behind="B2"),
            line("METER", "1"),
            line("BOLT-8", "1", "L-1"),
            line("BOLT-8", "1", expires_on=DAY),
        ) == {2: LotLeftOut, 3: LotLeftOut, 4: LotLeftOut, 5: NotTracked, 6: NotTracked}
    assert await levels(warehouse) == {}
    assert not await rows_of(warehouse.db, Lot, GUILD)


@pytest.mark.both_engines
async def test_a_serial_number_is_one_piece_in_one_location(warehouse: Warehouse) -> None:
    await stock(warehouse)
    assert await refused(
        warehouse,
        "put",
        line("METER", "1", "S-1"),
        line("METER", "1", "s-1", location="B2"),
        line("METER", "2", "S-2"),
    ) == {2: RepeatedRow, 3: OneOfSerial}
    await bulk(warehouse, "put", line("METER", "1", "S-1"), line("METER", "1", "S-2"))
    assert await refused(warehouse, "put", line("METER", "1", "S-1")) == {1: SerialInStock}
    assert await refused(
        warehouse,
        "count",
        line("METER", "1", "S-1", location="B2"),
        line("METER", "2", "S-2"),
        line("METER", "1", "S-3"),
        line("METER", "1", "S-3", location="B2"),
    ) == {1: SerialInStock, 2: OneOfSerial, 4: SerialInStock}
    await require_verified(warehouse)


async def test_a_day_is_written_on_a_lot_without_one_and_no_other_day_on_stock(
    warehouse: Warehouse,
) -> None:
    await stock(warehouse)
    await bulk(warehouse, "put", line("SERUM", "5", "L-1"))
    agreed = await bulk(warehouse, "count", line("SERUM", "5", "L-1", expires_on=DAY))
    assert agreed.action == "bulk.agreed"
    (lot,) = await rows_of(warehouse.db, Lot, GUILD)
    assert lot.expires_on == DAY
    other = DAY + timedelta(days=1)
    assert await refused(
        warehouse,
        "put",
        line("SERUM", "1", "L-1", expires_on=other),
        line("SERUM", "1", "N-1", expires_on=DAY),
        line("SERUM", "1", "N-1", expires_on=other),
    ) == {1: ExpiryDiffers, 3: ExpiryDiffers}
    await bulk(warehouse, "take", line("SERUM", "5", "L-1"))
    await bulk(warehouse, "put", line("SERUM", "1", "L-1", expires_on=other))
    (lot,) = await rows_of(warehouse.db, Lot, GUILD)
    assert lot.expires_on == other
    await require_verified(warehouse)


@pytest.mark.both_engines
async def test_typed_lines_name_location_lot_and_day_behind_the_quantity(
    warehouse: Warehouse,
) -> None:
    await stock(warehouse)
    rack = SetUnit(item="SERUM", unit="rack", factor=TypedQuantity(Decimal(10)))
    await warehouse.run(set_unit, rack, warehouse.manager)
    await bulk(
        warehouse,
        "put",
        line("SERUM", "5", behind="B2 L-1 2031-03-01"),
        line("SERUM", "2", behind="rack L-2"),
        line("METER", "1", behind="S-1"),
        line("BOLT-8", "3", behind="B2"),
    )
    assert await levels(warehouse) == {
        ("L-1", 2): 5,
        ("L-2", 1): 20,
        ("S-1", 1): 1,
        ("", 2): 3,
    }
    await bulk(warehouse, "take", line("SERUM", "1", behind="B2 L-1"), line("SERUM", "1"))
    await bulk(warehouse, "count", line("SERUM", "3", behind="b2 l-1"))
    assert (await levels(warehouse))[("L-1", 2)] == 3
    assert await refused(
        warehouse,
        "take",
        line("SERUM", "1", behind="Nowhere L-1"),
        line("SERUM", "1", behind="L-9"),
        line("SERUM", "1", behind="L-1"),
    ) == {1: NotFound, 2: NotFound, 3: InsufficientStock}
    assert await refused(warehouse, "count", line("SERUM", "0", behind="L-9")) == {1: NotFound}
    await require_verified(warehouse)


async def test_lines_without_a_lot_take_what_the_others_leave_first_to_expire(
    warehouse: Warehouse,
) -> None:
    await stock(warehouse)
    late = DAY + timedelta(days=9)
    await bulk(
        warehouse,
        "put",
        line("SERUM", "3", "SOON", expires_on=DAY),
        line("SERUM", "3", "LATE", expires_on=late),
    )
    taken = await bulk(
        warehouse, "take", line("SERUM", "1"), line("SERUM", "1", "SOON"), line("SERUM", "3")
    )
    assert [(each.lot, int(each.quantity)) for each in taken.lines] == [
        ("SOON", 1),
        ("SOON", 2),
        ("LATE", 2),
    ]
    lines = line("SERUM", "1"), line("SERUM", "1")
    assert await refused(warehouse, "take", *lines) == {2: InsufficientStock}


async def test_held_lots_are_put_and_counted_and_taken_with_the_right_alone(
    warehouse: Warehouse,
) -> None:
    await stock(warehouse)
    await bulk(warehouse, "put", line("SERUM", "3", "L-1"))
    held = HoldLot(item="SERUM", lot="L-1", reason="seal")
    await warehouse.run(hold_lot, held, warehouse.manager)
    await bulk(warehouse, "put", line("SERUM", "3", "L-1"))
    await bulk(warehouse, "count", line("SERUM", "5", "L-1"))
    await bulk(warehouse, "take", line("SERUM", "1", "L-1"))  # a manager has `lot.control`
    assert await refused(warehouse, "take", line("SERUM", "1")) == {1: InsufficientStock}
    lacking = SetPermissions(role="manager", permissions=("stock.bulk", "stock.view"))
    await warehouse.run(set_permissions, lacking, warehouse.owner)
    assert await refused(warehouse, "take", line("SERUM", "1", "L-1")) == {1: LotSetAside}
    await require_verified(warehouse)
