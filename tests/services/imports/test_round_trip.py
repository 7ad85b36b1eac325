"""What is exported of items is imported again; units and codes are in the file to be read."""

from decimal import Decimal

import pytest

from bot.domain.imports import Outcome
from bot.domain.quantities import TypedQuantity
from bot.reports.tables import write_csv
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.exports.tables import TABLES, read_table
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
from tests.services.imports.files import apply, preview


async def export(warehouse: Warehouse) -> bytes:
    """Return the items as a file."""
    table = TABLES["items"].headings, read_table(warehouse.db, "items", warehouse.manager)
    return (await write_csv("items", {"items": table})).content


@pytest.mark.both_engines
async def test_items_are_what_they_were_exported_as(warehouse: Warehouse) -> None:
    for sku, unit, whole in (("TAPE", "pcs", False), ("ROPE", "m", True), ("NUT", "pcs", None)):
        request = AddItem(sku=sku, name=f"The {sku}", unit=unit, whole=whole, tracking="lot")
        await warehouse.run(add_item, request, warehouse.manager)
    pack = SetUnit(item="NUT", unit="box", factor=TypedQuantity(Decimal(50)))
    await warehouse.run(set_unit, pack, warehouse.manager)
    units: dict[str, str | None] = {"4001": None, "4002": "box"}
    for code, package in units.items():
        barcode = SetBarcode(item="NUT", code=code, unit=package)
        await warehouse.run(set_barcode, barcode, warehouse.manager)
    exported = await export(warehouse)
    assert b"NUT,The NUT,pcs,,,lot,,box=50,4001; 4002=1 box\r\n" in exported
    for sku, whole in (("TAPE", True), ("ROPE", False)):
        await warehouse.run(edit_item, EditItem(item=sku, whole=whole), warehouse.manager)
    gone = EditItem(item="NUT", clear=("barcode",))
    await warehouse.run(edit_item, gone, warehouse.manager)
    no_pack = SetUnit(item="NUT", unit="box", factor=TypedQuantity(Decimal(0)))
    await warehouse.run(set_unit, no_pack, warehouse.manager)
    changed = await export(warehouse)
    previewed = await preview(warehouse, exported)
    assert previewed.plan is not None
    assert previewed.plan.counts == {Outcome.CHANGED: 3}
    done = await apply(warehouse, previewed)
    assert await export(warehouse) == exported
    again = await preview(warehouse, exported)
    assert again.plan is not None
    assert again.plan.counts == {Outcome.UNCHANGED: 3}
    undo = ReverseRecord(record=done.record)
    await warehouse.run(reverse_record, undo, warehouse.manager)
    assert await export(warehouse) == changed
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def test_units_and_codes_of_new_items_are_read_and_codes_of_others_refused(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("OLD")
    code = SetBarcode(item="OLD", code="012345678905")
    await warehouse.run(set_barcode, code, warehouse.manager)
    file = (
        "sku,name,unit,further units,ean\n"
        "OIL,Oil,l,can=0.5; drum=200 l,4001=2 can; 4002\n"
        "OLD,,,,12345678905\n"
        "NEW,New,,box=50,0012345678905\n"
        "BAD,Bad,,box=50; pcs=2,4002\n"
        "ODD,Odd,,,4009=1 crate\n"
    )
    previewed = await preview(warehouse, file)
    assert previewed.plan is not None
    assert [len(row.faults) for row in previewed.plan.rows] == [0, 0, 1, 2, 1]
    done = await apply(warehouse, previewed, "adding")
    assert (done.added, done.changed) == (1, 0)
    assert b"OIL,Oil,l,,,none,,can=0.5; drum=200,4001=2 can; 4002\r\n" in await export(warehouse)
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings
    await warehouse.run(reverse_record, ReverseRecord(record=done.record), warehouse.manager)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings
