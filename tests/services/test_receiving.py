"""Receiving: what comes in of orders, what is too much, what it cost, and taking it back."""

from datetime import date
from decimal import Decimal

import pytest

from bot.database.models import StockMove
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.domain.lines import LinesRefused
from bot.domain.quantities import TypedQuantity
from bot.domain.receiving import (
    DeliveredMeanwhile,
    LotUntyped,
    NothingAwaited,
    NothingDelivered,
    NotOrdered,
    SerialsDiffer,
    SerialTwice,
    TooMuchDelivered,
)
from bot.domain.stock import NotReversible, ReversalBlocked
from bot.errors import NotAllowed, NotFound
from bot.services.guilds import SetSetting, set_setting
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import AddLocation, add_location
from bot.services.merging import MergeItems, merge_items
from bot.services.receiving.delivering import DeliverOrder, deliver_order
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import TakeStock, take_stock
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, require_sound_books, rows_of
from tests.services.buying import approve
from tests.services.deliveries import deliver, look, prepare, send_order
from tests.services.test_valuation import value_now


@pytest.fixture
async def dock(warehouse: Warehouse) -> Warehouse:
    """X, Y and Z in pieces, MILK by lots, CAM by serial numbers; a dock and a shelf."""
    for sku in ("X", "Y", "Z"):
        await warehouse.add_item(sku)
    for sku, tracking in (("MILK", "lot"), ("CAM", "serial")):
        request = AddItem(sku=sku, name=sku, tracking=tracking)
        await warehouse.run(add_item, request, warehouse.admin)
    await warehouse.run(add_location, AddLocation(name="Dock", kind="receiving"), warehouse.admin)
    await warehouse.add_shelf("A1")
    await approve(warehouse)
    return warehouse


async def undo(warehouse: Warehouse, record: int, actor: Actor | None = None) -> None:
    await warehouse.run(reverse_record, ReverseRecord(record=record), actor or warehouse.manager)


async def test_an_order_in_parts_is_complete_when_every_line_came_in(dock: Warehouse) -> None:
    order = await send_order(dock, [f"{sku} 1 5" for sku in "XYZ"])
    async with refusal(dock.db, TooMuchDelivered) as caught:
        await deliver(dock, order, "X 3")
    (excess,) = caught.value.lines
    assert (excess.sku, excess.too_many, excess.limit) == ("X", Decimal(2), Decimal(1))
    async with refusal(dock.db, TooMuchDelivered):
        await deliver(dock, order, "X 1; X 1")

    first = await deliver(dock, order, "Y 1")
    assert [each.sku for each in first.left] == ["X", "Z"]
    assert await look(dock, order) == ("partial", ["0", "1", "0"])
    await deliver(dock, order, "Z 1; X 0")
    assert await look(dock, order) == ("partial", ["0", "1", "1"])
    last = await deliver(dock, order, "X 1")
    assert not last.left
    assert await look(dock, order) == ("received", ["1", "1", "1"])
    async with refusal(dock.db, NothingAwaited):
        await deliver(dock, order, "X 1", version=99)
    assert not (await verify_books(dock.db, dock.auditor)).findings
    await require_sound_books(dock.db)


async def test_more_than_ordered_comes_in_up_to_the_setting(dock: Warehouse) -> None:
    setting = SetSetting(name="over_delivery_percent", value="10")
    await dock.run(set_setting, setting, dock.admin)
    order = await send_order(dock, ["X 20 1", "Y 1 1"])
    async with refusal(dock.db, TooMuchDelivered) as caught:
        await deliver(dock, order, "X 23")
    assert (caught.value.lines[0].too_many, caught.value.lines[0].limit) == (
        Decimal(1),
        Decimal(22),
    )
    done = await deliver(dock, order, "X 22")
    assert [each.sku for each in done.beyond] == ["X"]
    assert await look(dock, order) == ("partial", ["22", "0"])
    async with refusal(dock.db, TooMuchDelivered):
        await deliver(dock, order, "X 1")
    await deliver(dock, order, "Y 1")
    assert (await look(dock, order))[0] == "received"


async def test_what_others_received_meanwhile_is_noticed(dock: Warehouse) -> None:
    order = await send_order(dock, ["X 5 1"])
    form = await prepare(dock, order)
    await deliver(dock, order, "X 2", version=form.version)
    async with refusal(dock.db, DeliveredMeanwhile):
        await deliver(dock, order, "X 2", version=form.version)
    assert [str(each.left) for each in (await prepare(dock, order)).lines] == ["3.000"]


async def test_lots_and_serial_numbers_are_written_at_the_door(dock: Warehouse) -> None:
    lines = ["MILK 10 1", "CAM 3 99"]
    order = await send_order(dock, lines)
    for typed, error in {
        "MILK 4": LotUntyped,
        "CAM 2 S1": SerialsDiffer,
        "CAM 2": LotUntyped,
        "MILK 3 X12 2026-12-01": LotUntyped,
        "MILK 3 2026-12-01": LotUntyped,
        "CAM 1 2026-12-01": LotUntyped,
        "CAM 1 S1; CAM 1 s1": SerialTwice,
        "Z 1": NotOrdered,
    }.items():
        async with refusal(dock.db, LinesRefused) as caught:
            await deliver(dock, order, typed)
        assert isinstance(caught.value.faults[0].cause, error), typed
    async with refusal(dock.db, NothingDelivered):
        await deliver(dock, order, "MILK 0")
    done = await deliver(
        dock, order, "MILK 4 LOT-A 2026-03-01\nMILK 6 pcs LOT-B 1.4.2026\nCAM 2 S1, S2\nCAM 1 S 3"
    )
    assert (done.status, done.move_count) == ("received", 5)
    found = [(each.lot, each.quantity, each.expires_on) for each in done.moved]
    assert found == [
        ("LOT-A", Decimal(4), date(2026, 3, 1)),
        ("LOT-B", Decimal(6), date(2026, 4, 1)),
        *((code, Decimal(1), None) for code in ("S1", "S2", "S 3")),
    ]
    await undo(dock, done.record)
    assert await look(dock, order) == ("sent", ["0", "0"])
    await deliver(dock, order, "CAM 2 S1 S2")
    assert not (await verify_books(dock.db, dock.auditor)).findings


async def test_what_comes_in_knows_what_it_cost(dock: Warehouse) -> None:
    await dock.run(
        set_unit, SetUnit(item="X", unit="box", factor=TypedQuantity(Decimal(50))), dock.manager
    )
    own = await send_order(
        dock,
        [
            "X 2 box 12.5",
            "X 10 1",
        ],
    )
    form = await prepare(dock, own)
    assert [(each.pack_unit, each.left) for each in form.lines] == [
        ("box", Decimal(100)),
        ("", Decimal(10)),
    ]
    await deliver(dock, own, "X 2 box; X 4")
    foreign = await send_order(dock, ["Z 4 2"], currency="USD")
    await deliver(dock, foreign, "Z 4")
    rated = await send_order(dock, ["Z 4 2"], currency="USD", rate="0.9")
    await deliver(dock, rated, "Z 4")
    moves = await rows_of(dock.db, StockMove, dock.guild_id)
    assert [(move.quantity, move.unit_cost, move.currency) for move in moves] == [
        (100, Decimal("0.25"), "EUR"),
        (4, Decimal(1), "EUR"),
        (4, Decimal(2), "USD"),
        (4, Decimal("1.8"), "EUR"),
    ]
    found, _left = await value_now(dock)
    assert dict(found["X"].amounts) == {"EUR": Decimal(29)}
    assert dict(found["Z"].amounts) == {"EUR": Decimal("7.2"), "USD": Decimal(8)}


async def test_a_delivery_is_taken_back_while_its_goods_are_there(dock: Warehouse) -> None:
    order = await send_order(dock, ["X 5 2", "X 5 3"])
    first = await deliver(dock, order, "X 2")
    second = await deliver(dock, order, "X 6")
    assert await look(dock, order) == ("partial", ["5", "3"])
    await undo(dock, first.record)
    assert await look(dock, order) == ("partial", ["3", "3"])
    await dock.run(take_stock, TakeStock(item="X", quantity=Decimal(1), location="Dock"))
    async with refusal(dock.db, ReversalBlocked):
        await undo(dock, second.record)
    async with refusal(dock.db, NotReversible):
        await undo(dock, first.record)
    again = await deliver(dock, order, "X 4")
    assert await look(dock, order) == ("received", ["5", "5"])
    await undo(dock, again.record)
    assert await look(dock, order) == ("partial", ["3", "3"])
    # The oldest of the second delivery left: what was taken back counts as never made.
    found, left = await value_now(dock)
    assert dict(found["X"].amounts) == {"EUR": Decimal(13)}
    assert list(left.amounts.values()) == [Decimal(2)]
    assert not (await verify_books(dock.db, dock.auditor)).findings
    await require_sound_books(dock.db)


async def test_an_item_that_was_merged_comes_in_as_what_it_is_now(dock: Warehouse) -> None:
    order = await send_order(dock, ["X 2 1", "Y 2 3"])
    await dock.run(merge_items, MergeItems(item="X", into="Y"), dock.manager)
    assert [each.sku for each in (await prepare(dock, order)).lines] == ["Y", "Y"]
    await deliver(dock, order, "X 3")
    assert await look(dock, order) == ("partial", ["2", "1"])


async def test_of_merged_items_that_line_comes_in_under_whose_sku_it_was_typed(
    dock: Warehouse,
) -> None:
    order = await send_order(dock, ["X 2 1", "Y 2 3"])
    await dock.run(merge_items, MergeItems(item="Y", into="X"), dock.manager)
    assert [each.ordered_sku for each in (await prepare(dock, order)).lines] == ["X", "Y"]
    await deliver(dock, order, "Y 1")
    assert await look(dock, order) == ("partial", ["0", "1"])
    await deliver(dock, order, "X 1; Y 1")
    assert await look(dock, order) == ("partial", ["1", "2"])
    found, _ = await value_now(dock)
    assert dict(found["X"].amounts) == {"EUR": Decimal(7)}
    await require_sound_books(dock.db)


async def test_goods_are_received_where_the_form_says(dock: Warehouse) -> None:
    order = await send_order(dock, ["X 9 1"])
    assert (await prepare(dock, order)).location == "Dock"
    assert (await prepare(dock, order, "A1")).location == "A1"
    second = AddLocation(name="Gate", kind="receiving")
    await dock.run(add_location, second, dock.admin)
    assert (await prepare(dock, order)).location == ""
    await deliver(dock, order, "X 1", location="Gate")
    assert (await prepare(dock, order)).location == "Gate"
    version = (await prepare(dock, order)).version
    for place in ("supplier", "nowhere"):
        async with refusal(dock.db, NotFound):
            await deliver(dock, order, "X 1", location=place, version=version)
    request = DeliverOrder(order_id=order, version=version, lines="X 1", location="Dock")
    async with refusal(dock.db, NotAllowed):
        await dock.run(deliver_order, request, dock.auditor)


async def test_an_order_stays_complete_when_what_came_too_much_is_taken_back(
    dock: Warehouse,
) -> None:
    setting = SetSetting(name="over_delivery_percent", value="50")
    await dock.run(set_setting, setting, dock.admin)
    order = await send_order(dock, ["X 4 2", "Y 1 2"])
    await deliver(dock, order, "X 4")
    surplus = await deliver(dock, order, "X 2")
    last = await deliver(dock, order, "Y 1")
    await undo(dock, surplus.record)
    assert await look(dock, order) == ("received", ["4", "1"])
    await undo(dock, last.record)
    assert await look(dock, order) == ("partial", ["4", "0"])
    await require_sound_books(dock.db)


async def test_a_delivery_stays_when_its_order_is_over_or_an_invoice_was_matched(
    dock: Warehouse,
) -> None:
    order = await send_order(dock, ["X 5 2"])
    first, second = [await deliver(dock, order, f"X {quantity}") for quantity in (2, 2)]
    invoice = await add_invoice(dock, order, "3")
    async with refusal(dock.db, NotReversible) as caught:
        await undo(dock, second.record)
    assert caught.value.reason == "billed"
    await set_invoice(dock, invoice, "disputed")
    await undo(dock, second.record)
    await close_order(dock, order)
    async with refusal(dock.db, NotReversible) as caught:
        await undo(dock, first.record)
    assert caught.value.reason == "order_over"
    async with refusal(dock.db, NothingAwaited):
        await deliver(dock, order, "X 1", version=99)


async def add_invoice(warehouse: Warehouse, order: int, quantity: str) -> int:
    async def add(uow: UnitOfWork) -> int:
        supplier = await uow.suppliers.require_reference("Acme")
        item = await uow.items.require_reference("X")
        invoice = await uow.invoices.open(
            made_by=1,
            made_at=uow.now,
            supplier_id=supplier.id,
            supplier_number="A-1",
            number_key="a-1",
            currency="EUR",
            total=Decimal("6.000"),
        )
        await uow.invoice_lines.create(
            invoice_id=invoice.id,
            line=1,
            item_id=item.id,
            quantity=Decimal(quantity),
            unit_price=Decimal(2),
            order_id=order,
            order_line=1,
        )
        return invoice.id

    invoice_id = await warehouse.change(add)
    await set_invoice(warehouse, invoice_id, "matched")
    return invoice_id


async def set_invoice(warehouse: Warehouse, invoice_id: int, status: str) -> None:
    await warehouse.change(lambda uow: uow.invoices.update_by_id(invoice_id, status=status))


async def close_order(warehouse: Warehouse, order: int) -> None:
    await warehouse.change(lambda uow: uow.orders.update_by_id(order, status="closed"))


async def test_a_sku_that_another_item_has_by_now_says_what_it_was_before(dock: Warehouse) -> None:
    order = await send_order(dock, ["X 3 1"])
    await dock.run(edit_item, EditItem(item="X", sku="X-NEW"), dock.admin)
    await dock.add_item("X")
    async with refusal(dock.db, LinesRefused) as refused:
        await deliver(dock, order, "X 3")
    cause = refused.value.faults[0].cause
    assert isinstance(cause, NotOrdered)
    assert (cause.item, cause.meant) == ("X", "X-NEW")
