"""Lots and serial numbers in files: counted, dated, taken back, and exported as they come in."""

from datetime import date
from decimal import Decimal

import pytest

from bot.database.models import Lot
from bot.domain.imports import ImportNotReversible, LotMissing, Outcome
from bot.domain.lots import ExpiryDiffers, NotTracked, OneOfSerial, SerialInStock
from bot.reports.tables import write_csv
from bot.services.exports.tables import TABLES, read_table
from bot.services.imports.previewing import preview_again
from bot.services.items import AddItem, add_item
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from bot.views.imports import preview_page
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.services.imports.files import apply, import_file, preview

HEAD = "sku;place;qty;batch;mhd\n"
COUNTED = f"{HEAD}MILK;A1;5;L-1;1.3.2027\nMILK;A1;2;L-2;\nMILK;B2;1;l-1;\nDRILL;A1;1;S-7;\n"


async def open_depot(warehouse: Warehouse) -> None:
    for sku, tracking in (("MILK", "lot"), ("DRILL", "serial")):
        request = AddItem(sku=sku, name=f"The {sku}", unit="pcs", tracking=tracking)
        await warehouse.run(add_item, request, warehouse.admin)
    await warehouse.add_item()
    for name in ("A1", "B2"):
        await warehouse.add_shelf(name)


async def put(warehouse: Warehouse, item: str, quantity: int, lot: str, day: date | None) -> None:
    request = PutStock(
        item=item, quantity=Decimal(quantity), location="A1", lot=lot, expires_on=day
    )
    await warehouse.run(put_stock, request, warehouse.manager)


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def lots_of(warehouse: Warehouse) -> dict[str, date | None]:
    return {row.code: row.expires_on for row in await rows_of(warehouse.db, Lot, GUILD)}


async def levels_of(warehouse: Warehouse) -> dict[tuple[str, ...], str]:
    """Return the exported stock: quantities by item, location, lot and day."""
    pieces = [piece async for piece in read_table(warehouse.db, "stock", warehouse.manager)]
    rows = [row for piece in pieces for row in piece]
    return {(str(r[0]), str(r[3]), str(r[5]), str(r[6])): f"{r[4]:f}" for r in rows}


@pytest.mark.both_engines
async def test_lots_are_made_dated_counted_and_taken_back(warehouse: Warehouse) -> None:
    await open_depot(warehouse)
    await put(warehouse, "MILK", 3, "L-1", None)
    previewed = await preview(warehouse, COUNTED, "stock")
    assert previewed.plan is not None
    assert previewed.plan.counts == {Outcome.CHANGED: 4}
    done = await apply(warehouse, previewed)
    assert done.move_count == 4
    after = {
        ("MILK", "A1", "L-1", "2027-03-01"): "5.000",
        ("MILK", "B2", "L-1", "2027-03-01"): "1.000",
        ("MILK", "A1", "L-2", ""): "2.000",
        ("DRILL", "A1", "S-7", ""): "1.000",
    }
    assert await levels_of(warehouse) == after
    await require_proven(warehouse)
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=done.record), warehouse.manager
    )
    assert undone.record
    assert await levels_of(warehouse) == {("MILK", "A1", "L-1", ""): "3.000"}
    await require_proven(warehouse)
    await import_file(warehouse, COUNTED, "stock")
    assert await levels_of(warehouse) == after
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_exported_stock_comes_in_without_changes(warehouse: Warehouse) -> None:
    await open_depot(warehouse)
    await import_file(warehouse, COUNTED, "stock")
    table = TABLES["stock"].headings, read_table(warehouse.db, "stock", warehouse.manager)
    file = await write_csv("stock", {"stock": table})
    plan = (await preview(warehouse, file.content, "stock")).plan
    assert plan is not None
    assert plan.counts == {Outcome.UNCHANGED: 4}


async def test_new_tracked_items_come_with_their_lots(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    file = "sku,name,tracking,lot,qty,place\nJAM,Jam,lot,J-1,4,A1\nJAM,Jam,lot,J-2,6,A1\n"
    done = await import_file(warehouse, file)
    assert (done.added, done.move_count) == (1, 2)
    assert await lots_of(warehouse) == {"J-1": None, "J-2": None}
    await require_proven(warehouse)


async def test_what_is_wrong_with_a_lot_is_said_of_its_row(warehouse: Warehouse) -> None:
    await open_depot(warehouse)
    await put(warehouse, "MILK", 3, "L-1", date(2027, 3, 1))
    await put(warehouse, "DRILL", 1, "S-1", None)
    rows = (
        "MILK;A1;5;;",
        "MILK;A1;5;L-1;2.3.2027",
        "BOLT-8;A1;5;L-1;",
        "DRILL;A1;2;S-2;",
        "DRILL;B2;1;S-1;",
        "MILK;A1;1;L-3;31.2.2027",
        "MILK;A1;0;L-4;",
    )
    plan = (await preview(warehouse, HEAD + "\n".join(rows), "stock")).plan
    assert plan is not None
    faults = [
        [(each.column, type(each.error).__name__) for each in row.faults] for row in plan.rows
    ]
    assert faults == [
        [("lot", LotMissing.__name__)],
        [("expiry", ExpiryDiffers.__name__)],
        [("lot", NotTracked.__name__)],
        [("quantity", OneOfSerial.__name__)],
        [("lot", SerialInStock.__name__)],
        [("expiry", "InvalidValue")],
        [],
    ]
    assert plan.rows[-1].outcome is Outcome.UNCHANGED
    moved = f"{HEAD}DRILL;A1;0;S-1;\nDRILL;B2;1;S-1;\n"
    await import_file(warehouse, moved, "stock")
    assert ("DRILL", "B2", "S-1", "") in await levels_of(warehouse)
    await require_proven(warehouse)


async def test_a_doubtful_day_of_a_lot_is_asked_back_and_a_month_is_its_last_day(
    warehouse: Warehouse,
) -> None:
    await open_depot(warehouse)
    file = f"{HEAD}MILK;A1;1;L-1;03.2026\nMILK;A1;1;L-2;3/4/2026\n"
    asked = await preview(warehouse, file, "stock")
    assert (asked.plan, asked.content.open_day) == (None, "3/4/2026")
    assert "2026-03-04" in preview_page(asked).content
    actor = warehouse.manager
    decided = await preview_again(warehouse.db, asked.token, actor, first="day")
    assert "03.2026** is 2026-03-31" in preview_page(decided).content
    await apply(warehouse, decided)
    assert await lots_of(warehouse) == {"L-1": date(2026, 3, 31), "L-2": date(2026, 4, 3)}


async def test_a_day_that_was_written_again_since_keeps_an_import_from_being_undone(
    warehouse: Warehouse,
) -> None:
    await open_depot(warehouse)
    await put(warehouse, "MILK", 3, "L-1", None)
    done = await import_file(warehouse, f"{HEAD}MILK;A1;0;L-1;2027-03-01\n", "stock")
    await import_file(warehouse, f"{HEAD}MILK;A1;0;L-1;2027-04-01\n", "stock")
    with pytest.raises(ImportNotReversible):
        await warehouse.run(reverse_record, ReverseRecord(record=done.record), warehouse.manager)
