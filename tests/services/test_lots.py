"""Lots on the floor: which are taken, what a put makes, and what serial numbers allow."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Item, Lot
from bot.database.unit import UnitOfWork
from bot.domain.lots import (
    ExpiryDiffers,
    LotNeeded,
    LotSetAside,
    NotTracked,
    OneOfSerial,
    SerialInStock,
)
from bot.domain.stock import InsufficientStock, ReversalBlocked
from bot.services.moved import StockMoved
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
from tests.database.books import Warehouse, refusal
from tests.database.clock import Clock

# The tests' clock is at 8:00 UTC of 5 January 2026.
TODAY = date(2026, 1, 5)
PAST, SOON, LATER = date(2026, 1, 4), date(2026, 3, 1), date(2026, 9, 1)


async def track(warehouse: Warehouse, sku: str = "COLA", tracking: str = "lot") -> Item:
    """Add an item that is kept by lots, and the shelves A1 and B2."""
    item = await warehouse.add_item(sku)
    for shelf in ("A1", "B2"):
        await warehouse.add_shelf(shelf)
    await warehouse.change(lambda uow: uow.items.update_by_id(item.id, tracking=tracking))
    return item


async def put(
    warehouse: Warehouse, lot: str | None, quantity: int = 5, **others: Any
) -> StockMoved:
    values = {"item": "COLA", "location": "A1"} | others
    request = PutStock(quantity=Decimal(quantity), lot=lot, **values)
    return await warehouse.run(put_stock, request)


async def take(warehouse: Warehouse, quantity: int = 1, **others: Any) -> StockMoved:
    values = {"item": "COLA", "location": "A1"} | others
    return await warehouse.run(take_stock, TakeStock(quantity=Decimal(quantity), **values))


async def hold(warehouse: Warehouse, code: str) -> Lot:
    """Hold a lot back."""

    async def work(uow: UnitOfWork) -> Lot:
        (lot,) = await uow.lots.find_exact(code)
        return await uow.lots.update_by_id(lot.id, state="held")

    return await warehouse.change(work)


def shares(moved: StockMoved) -> list[tuple[str, int]]:
    return [(line.lot, int(line.quantity)) for line in moved.lines]


@pytest.mark.both_engines
async def test_what_expires_first_is_taken_first_over_several_lots(warehouse: Warehouse) -> None:
    await track(warehouse)
    await put(warehouse, "FOREVER")
    await put(warehouse, "LATER", expires_on=LATER)
    await put(warehouse, "OLD", expires_on=PAST)
    await put(warehouse, "HELD", expires_on=SOON)
    await put(warehouse, "SOON", 3, expires_on=SOON)
    await hold(warehouse, "HELD")

    taken = await take(warehouse, 9)

    assert shares(taken) == [("SOON", 3), ("LATER", 5), ("FOREVER", 1)]
    assert taken.line_count == 3
    async with refusal(warehouse.db, InsufficientStock) as caught:
        await take(warehouse, 5)
    assert (caught.value.available, caught.value.set_aside) == (Decimal(4), Decimal(10))
    undone = await warehouse.run(reverse_record, ReverseRecord())
    assert shares(undone) == [("FOREVER", 1), ("LATER", 5), ("SOON", 3)]


@pytest.mark.parametrize("lot", ["OLD", "HELD"])
async def test_held_and_expired_stock_leaves_by_name_with_lot_control_alone(
    warehouse: Warehouse, lot: str
) -> None:
    await track(warehouse)
    await put(warehouse, "OLD", expires_on=PAST)
    await put(warehouse, "HELD")
    await hold(warehouse, "HELD")

    for location in ("A1", None):
        async with refusal(warehouse.db, LotSetAside):
            await take(warehouse, lot=lot, location=location)
    request = TakeStock(item="COLA", quantity=Decimal(2), lot=lot)
    taken = await warehouse.run(take_stock, request, warehouse.manager)

    assert shares(taken) == [(lot, 2)]
    counted = AdjustStock(item="COLA", location="A1", counted=Decimal(0), reason="out", lot=lot)
    assert shares(await warehouse.run(adjust_stock, counted, warehouse.manager)) == [(lot, 3)]


@pytest.mark.both_engines
async def test_a_lot_is_good_through_its_day_where_the_guild_is(
    warehouse: Warehouse, clock: Clock
) -> None:
    await track(warehouse)
    await put(warehouse, "TODAY", expires_on=TODAY)
    clock.advance(hours=4)
    await warehouse.change(lambda uow: uow.guilds.update_by_id(timezone="Pacific/Kiritimati"))
    async with refusal(warehouse.db, InsufficientStock):
        await take(warehouse)  # it is tomorrow there
    clock.advance(hours=17)
    await warehouse.change(lambda uow: uow.guilds.update_by_id(timezone="Pacific/Pago_Pago"))
    assert shares(await take(warehouse)) == [("TODAY", 1)]


async def test_a_put_names_its_lot_and_keeps_to_its_day(warehouse: Warehouse) -> None:
    await track(warehouse)
    await warehouse.add_item("BOLT-8")
    async with refusal(warehouse.db, LotNeeded):
        await put(warehouse, None)
    async with refusal(warehouse.db, NotTracked):
        await put(warehouse, "L1", item="BOLT-8")
    first = await put(warehouse, " l1 ")
    second = await put(warehouse, "L1", expires_on=SOON)
    async with refusal(warehouse.db, ExpiryDiffers):
        await put(warehouse, "L1", expires_on=LATER)

    assert first.lines[0].lot_id == second.lines[0].lot_id
    assert second.lines[0].expires_on == SOON
    for record in (second.record, first.record):
        await warehouse.run(reverse_record, ReverseRecord(record=record))
    # Nothing of it is left: the day was mistyped.
    assert (await put(warehouse, "L1", expires_on=LATER)).lines[0].expires_on == LATER


@pytest.mark.both_engines
async def test_a_serial_number_is_one_piece_at_one_location(warehouse: Warehouse) -> None:
    await track(warehouse, tracking="serial")
    async with refusal(warehouse.db, OneOfSerial):
        await put(warehouse, "S1", 2)
    await put(warehouse, "S1", 1)
    taken = await take(warehouse)
    await put(warehouse, "S1", 1, location="B2")
    async with refusal(warehouse.db, SerialInStock) as caught:
        await put(warehouse, "s1", 1)
    assert caught.value.location == "B2"
    async with refusal(warehouse.db, SerialInStock):
        await warehouse.run(reverse_record, ReverseRecord(record=taken.record))
    counted = AdjustStock(item="COLA", location="A1", counted=Decimal(1), reason="x", lot="S1")
    async with refusal(warehouse.db, SerialInStock):
        await warehouse.run(adjust_stock, counted, warehouse.manager)
    await put(warehouse, "S2", 1, location="B2")
    moved = MoveStock(item="COLA", quantity=Decimal(2), source="B2", target="A1")
    assert shares(await warehouse.run(move_stock, moved)) == [("S1", 1), ("S2", 1)]


@pytest.mark.both_engines
async def test_undo_of_a_lot_that_was_taken_names_what_took_that_lot(warehouse: Warehouse) -> None:
    await track(warehouse)
    await put(warehouse, "L1", expires_on=SOON)
    put_later = await put(warehouse, "L2", expires_on=LATER)
    taken = await take(warehouse, lot="L2")
    await take(warehouse)
    async with refusal(warehouse.db, ReversalBlocked) as caught:
        await warehouse.run(reverse_record, ReverseRecord(record=put_later.record))
    assert caught.value.taken_by == taken.record


async def test_a_count_without_a_lot_is_of_the_only_lot_that_is_there(warehouse: Warehouse) -> None:
    await track(warehouse)
    await put(warehouse, "L1")
    counted = AdjustStock(item="COLA", location="A1", counted=Decimal(4), reason="count")
    assert shares(await warehouse.run(adjust_stock, counted, warehouse.manager)) == [("L1", 1)]
    await put(warehouse, "L2")
    async with refusal(warehouse.db, LotNeeded) as caught:
        await warehouse.run(adjust_stock, counted, warehouse.manager)
    assert set(caught.value.choices) == {"L1", "L2"}
