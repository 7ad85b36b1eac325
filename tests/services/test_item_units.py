"""Units, barcodes and packs of items: what is typed is booked exactly, in the item's own unit."""

from decimal import Decimal

import pytest

from bot.domain.conversions import NotExact
from bot.domain.items import (
    BarcodeTaken,
    TrackingFixed,
    UnitFixed,
    UnitIsOwn,
    UnitOfBarcodes,
)
from bot.domain.quantities import TypedQuantity, read_factor, read_quantity
from bot.domain.units import NotWhole, WrongUnit
from bot.errors import InvalidValue, NotFound
from bot.services.approvals.declared import DecideProposal
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.counts.deciding import COUNT_APPROVALS
from bot.services.counts.starting import StartCount, start_count
from bot.services.item_pages import GetItem, get_item
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.moved import StockMoved
from bot.services.orders.steps import StepOrder, cancel_order
from bot.services.receipts import FindRequest, find_request
from bot.services.requests.closing import EndRequest, cancel_request
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
from bot.services.suggestions import suggest_items
from bot.services.verification import verify_books
from bot.views.replies import render
from tests.database.books import Warehouse, refusal
from tests.database.tampering import tamper
from tests.services.buying import approve, order
from tests.services.imports.files import preview
from tests.services.picks import ask

pytestmark = pytest.mark.usefixtures("shop")
PACK, BOTTLE = "4000000000006", "4000000000013"


@pytest.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    await warehouse.add_item("COLA", unit="pcs")
    await warehouse.add_item("OIL", unit="l")
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)
    return warehouse


async def unit(warehouse: Warehouse, item: str, name: str, factor: str) -> None:
    request = SetUnit(item=item, unit=name, factor=read_factor(factor))
    await warehouse.run(set_unit, request, warehouse.manager)


async def code(warehouse: Warehouse, item: str, text: str, of: str | None = None) -> None:
    request = SetBarcode(item=item, code=text, unit=of)
    await warehouse.run(set_barcode, request, warehouse.manager)


async def put(warehouse: Warehouse, item: str, typed: str = "1") -> StockMoved:
    read = read_quantity(typed)
    request = PutStock(item=item, quantity=read.value, unit=read.unit, location="A1")
    return await warehouse.run(put_stock, request)


async def test_a_quantity_in_another_unit_is_booked_in_the_own_one_and_shown_in_both(
    warehouse: Warehouse,
) -> None:
    await unit(warehouse, "COLA", "box", "50 pcs")
    done = await put(warehouse, "COLA", "2 boxes")
    assert render(done).content.splitlines()[0] == "✅ Put **100 pcs** (2 box) of **COLA** The COLA"
    moved = await warehouse.run(
        move_stock,
        MoveStock(item="COLA", quantity=Decimal(1), unit="BOX", source="A1", target="B2"),
    )
    assert moved.lines[0].quantity == 50
    counted = AdjustStock(item="COLA", location="B2", counted=Decimal(2), unit="box", reason="x")
    adjusted = await warehouse.run(adjust_stock, counted, warehouse.manager)
    assert "B2: 50 → 100 pcs (2 box)" in render(adjusted).content
    again = await warehouse.db.query(
        find_request, FindRequest(record=moved.record, key="k"), warehouse.employee
    )
    assert again.request.quantity == 50
    assert not again.request.unit


async def test_another_unit_is_refused_and_those_of_the_item_are_named(
    warehouse: Warehouse,
) -> None:
    await unit(warehouse, "COLA", "box", "50")
    async with refusal(warehouse.db, WrongUnit) as wrong:
        await put(warehouse, "COLA", "2 crate")
    assert (wrong.value.unit, wrong.value.others) == ("crate", ("box",))


async def test_a_dozen_is_twelve_of_what_is_counted_whole_and_has_no_such_unit(
    warehouse: Warehouse,
) -> None:
    await unit(warehouse, "COLA", "box", "50")
    done = await put(warehouse, "COLA", "half a dozen")
    assert "**6 pcs** (0.5 dozen)" in render(done).content
    assert (await put(warehouse, "COLA", "a dozen boxes")).lines[0].quantity == 600
    async with refusal(warehouse.db, WrongUnit):
        await put(warehouse, "OIL", "1 dozen")
    await unit(warehouse, "COLA", "Dutzend", "13")
    assert (await put(warehouse, "COLA", "1 dozen")).lines[0].quantity == 13


async def test_a_product_code_is_one_code_in_each_of_its_lengths(warehouse: Warehouse) -> None:
    await code(warehouse, "COLA", "012345678905")
    for spelled in ("0012345678905", "12345678905", "012345678905"):
        assert (await put(warehouse, spelled)).lines[0].sku == "COLA"
        async with refusal(warehouse.db, BarcodeTaken):
            await code(warehouse, "OIL", spelled)
    await code(warehouse, "OIL", "012345678912")
    async with refusal(warehouse.db, NotFound) as unknown:
        await put(warehouse, "0123456789")
    assert [each.label for each in unknown.value.suggestions] == ["COLA", "OIL"]
    await code(warehouse, "COLA", "0012345678905")  # again removes
    async with refusal(warehouse.db, NotFound):
        await put(warehouse, "012345678905")


async def test_what_is_not_exact_is_refused_and_never_rounded(warehouse: Warehouse) -> None:
    await unit(warehouse, "OIL", "cup", "0.333333")
    await unit(warehouse, "COLA", "tray", "25")
    async with refusal(warehouse.db, NotExact):
        await put(warehouse, "OIL", "1 cup")
    async with refusal(warehouse.db, NotWhole):
        await put(warehouse, "COLA", "0.5 tray")
    assert (await put(warehouse, "OIL", "1000 cup")).lines[0].quantity == Decimal("333.333")


async def test_a_unit_is_changed_removed_and_never_the_own_one(warehouse: Warehouse) -> None:
    await unit(warehouse, "COLA", "box", "50")
    await unit(warehouse, "COLA", "boxes", "40")
    for name, factor, error in (
        ("Pieces", "2", UnitIsOwn),
        ("6-pack", "6", InvalidValue),
        ("box", "0.0000001", InvalidValue),
        ("tray", "5 kg", WrongUnit),
    ):
        async with refusal(warehouse.db, error):
            await unit(warehouse, "COLA", name, factor)
    await code(warehouse, "COLA", PACK, "box")
    async with refusal(warehouse.db, UnitOfBarcodes):
        await unit(warehouse, "COLA", "box", "0")
    await code(warehouse, "COLA", PACK)
    await unit(warehouse, "COLA", "box", "0")
    shown = await warehouse.db.query(get_item, GetItem(item="COLA"), warehouse.viewer)
    assert not shown.details.units
    assert not shown.details.barcodes


@pytest.mark.both_engines
async def test_the_code_of_a_pack_moves_packs_and_that_of_a_bottle_bottles(
    warehouse: Warehouse,
) -> None:
    """F07."""
    await unit(warehouse, "COLA", "pack", "6")
    await code(warehouse, "COLA", PACK, "pack")
    await code(warehouse, "COLA", BOTTLE)
    assert render(await put(warehouse, PACK, "2")).content.startswith(
        "✅ Put **12 pcs** (2 pack) of **COLA**"
    )
    assert (await put(warehouse, BOTTLE)).lines[0].quantity == 1
    # Without a location it is guessed, which reads the item another time.
    taken = await warehouse.run(take_stock, TakeStock(item=PACK, quantity=Decimal(1)))
    assert taken.lines[0].quantity == 6
    assert taken.given == "1 pack"
    # A unit that is typed counts more than the one of the code.
    assert (await put(warehouse, PACK, "3 pcs")).lines[0].quantity == 3
    async with refusal(warehouse.db, BarcodeTaken) as taken_code:
        await code(warehouse, "OIL", PACK)
    assert taken_code.value.item == "COLA"
    async with refusal(warehouse.db, BarcodeTaken):
        await code(warehouse, "OIL", "cola")
    async with refusal(warehouse.db, BarcodeTaken):
        request = AddItem(sku=BOTTLE, name="Other")
        await warehouse.run(add_item, request, warehouse.manager)


@pytest.mark.both_engines
async def test_the_options_of_an_item_are_kept_cleared_and_fixed(warehouse: Warehouse) -> None:
    added = AddItem(
        sku="TEA",
        name="Tea",
        reorder_point=TypedQuantity(Decimal(2)),
        reorder_target=TypedQuantity(Decimal(9), "pcs"),
        tracking="lot",
        barcode=BOTTLE,
    )
    await warehouse.run(add_item, added, warehouse.manager)
    edit = EditItem(item=BOTTLE, tracking="none", barcode=PACK, clear=("reorder_target",))
    done = await warehouse.run(edit_item, edit, warehouse.manager)
    assert {each.field: (each.before, each.after) for each in done.changes} == {
        "reorder target": ("9", ""),
        "tracking": ("lot", ""),
        f"barcode {PACK}": ("", "1"),
    }
    halves = EditItem(item="TEA", whole=False)
    await warehouse.run(edit_item, halves, warehouse.manager)
    half = TypedQuantity(Decimal("2.5"))
    await warehouse.run(edit_item, EditItem(item="TEA", reorder_point=half), warehouse.manager)
    await put(warehouse, "TEA")
    async with refusal(warehouse.db, TrackingFixed):
        await warehouse.run(edit_item, EditItem(item="TEA", tracking="serial"), warehouse.manager)
    cleared = await warehouse.run(
        edit_item, EditItem(item="TEA", clear=("barcode",)), warehouse.manager
    )
    assert [each.after for each in cleared.changes] == ["", ""]
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.both_engines
async def test_what_documents_under_way_say_keeps_its_unit_and_tracking(
    warehouse: Warehouse,
) -> None:
    await approve(warehouse)
    counted, requested, ordered = "COLA", "OIL", "TEA"
    await warehouse.add_item(ordered, unit="kg")
    count = await warehouse.run(start_count, StartCount(location="A1", items=counted))
    made = await ask(warehouse, f"{requested} 2.5")
    written = await order(warehouse, f"{ordered} 2.5")
    for item, label in ((counted, "C-1"), (requested, "R-1"), (ordered, "PO-1")):
        async with refusal(warehouse.db, UnitFixed) as fixed:
            await warehouse.run(edit_item, EditItem(item=item, unit="t"), warehouse.manager)
        assert fixed.value.document == label
    async with refusal(warehouse.db, TrackingFixed):
        await warehouse.run(edit_item, EditItem(item=counted, tracking="lot"), warehouse.manager)
    await warehouse.run(edit_item, EditItem(item=ordered, tracking="lot"), warehouse.manager)
    previewed = await preview(
        warehouse, f"sku,unit,tracking\n{counted},t,lot\n{requested},t,lot\n{ordered},t,\n"
    )
    assert previewed.plan is not None
    assert [[type(each.error) for each in row.faults] for row in previewed.plan.rows] == [
        [UnitFixed, TrackingFixed],
        [UnitFixed],
        [UnitFixed],
    ]
    over = DecideProposal(subject_id=count.count_id, version=1, reason="wrong shelf")
    await warehouse.run(COUNT_APPROVALS.decisions["discard"], over, warehouse.manager)
    await warehouse.run(cancel_request, EndRequest(request=made.request_id))
    await warehouse.run(cancel_order, StepOrder(order=written.order_id), warehouse.buyer)
    for item in (counted, requested, ordered):
        await warehouse.run(edit_item, EditItem(item=item, unit="t"), warehouse.manager)


@pytest.mark.both_engines
async def test_units_and_barcodes_are_proved_by_the_records(
    warehouse: Warehouse, database_url: str
) -> None:
    await unit(warehouse, "COLA", "pack", "6")
    await code(warehouse, "COLA", PACK, "pack")
    done = await put(warehouse, PACK)
    await warehouse.run(reverse_record, ReverseRecord(record=done.record))
    assert await fields_that_differ(warehouse) == []
    await tamper(database_url, "UPDATE item_unit SET factor = 2 * factor")
    await tamper(database_url, "UPDATE barcode SET quantity = 2 * quantity")
    assert await fields_that_differ(warehouse) == ["factor", "means"]


async def fields_that_differ(warehouse: Warehouse) -> list[str]:
    return [each.field for each in (await verify_books(warehouse.db, warehouse.auditor)).findings]


async def test_a_suggestion_keeps_the_pack_of_a_code_that_is_its_name_as_well(
    warehouse: Warehouse,
) -> None:
    code, six = "4006381333931", TypedQuantity(Decimal(6))
    await warehouse.add_item("PEN-1", code)
    await warehouse.run(
        set_barcode, SetBarcode(item="PEN-1", code=code, quantity=six), warehouse.admin
    )
    async with warehouse.db.look_up(warehouse.viewer) as books:
        (found,) = await suggest_items(books, code)
    assert found.typed == code
