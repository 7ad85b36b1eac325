"""Exports, and many lines from a form or a file."""

import csv
import io
import zipfile

import pytest

from bot.reports.sheets import read_sheet
from bot.services.role_permissions import SetPermissions, set_permissions
from tests.cogs.phones import Answer
from tests.cogs.test_imports import send
from tests.cogs.test_orders import approve_supplier, write
from tests.cogs.world import House, World

ODD = (
    "sku,name,unit,place,quantity\n"
    "-12V,Negative rail,pcs,Shelf A1,3\n"
    "00123,Leading zeros,kg,Shelf A1,7.1250\n"
    "=SUM,Equals thing,pcs,Shelf B2,1\n"
    "'+49,Apostrophe,pcs,Shelf B2,0.5\n"
).replace(",0.5", ",5")


def content_of(world: World, answer: Answer) -> tuple[str, bytes]:
    stored = world.env.backend.get_message(answer.message.channel_id, answer.message.id)
    (attachment,) = [a for a in stored.attachments if not a["filename"].endswith(".png")]
    return attachment["filename"], world.env.backend.cdn.get(attachment["url"]) or b""


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_goes_out_comes_in_unchanged(world: World, house: House, form: str) -> None:
    shown = await send(house.manager, ODD.encode())
    await house.manager.press(shown, "Apply")
    exported = await house.manager.type("export", kind="stock", format=form)
    name, content = content_of(world, exported)
    assert name == f"stock.{form}"
    sheet = read_sheet(content, "stock")
    assert sheet.headings[:5] == ("sku", "name", "unit", "place", "quantity")
    cells = [row.cells[0] for row in sheet.rows]
    assert cells == ["'+49", "-12V", "00123", "=SUM", "BOLT-8", "BOLT-8"]
    for kind in ("items", "stock"):
        again = await send(house.manager, content, kind)
        assert "There is nothing to change." in again.text, again.text
        assert "**0** new · **0** changed · **6** unchanged" in again.text


async def test_everything_is_an_archive_of_tables(world: World, house: House) -> None:
    exported = await house.auditor.type("export", kind="everything", format="csv")
    name, content = content_of(world, exported)
    assert name == "everything.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = {
            each: list(csv.DictReader(io.StringIO(archive.read(each).decode("utf-8-sig"))))
            for each in archive.namelist()
        }
    assert [row["to"] for row in tables["moves.csv"]] == ["Shelf A1", "Shelf B2"]
    assert [row["name"] for row in tables["locations.csv"]] == ["Shelf A1", "Shelf B2"]
    assert len(tables["items.csv"]) == 1


async def test_requests_go_out_line_by_line(world: World, house: House) -> None:
    await house.employee.type(
        "request new", **{"for": "Jo"}, lines="BOLT-8 4", needed_by="2031-03-01"
    )
    exported = await house.auditor.type("export", kind="requests", format="csv")
    name, content = content_of(world, exported)
    assert name == "requests.csv"
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    wanted = {"request": "R-1", "status": "open", "for": "Jo", "needed_by": "2031-03-01"}
    wanted |= {"sku": "BOLT-8", "quantity": "4", "picked": "0", "reserved": "4"}
    assert {key: row[key] for key in wanted} == wanted


async def test_what_is_never_imported_runs_nothing_in_a_spreadsheet(
    world: World, house: House
) -> None:
    await house.manager.type("item add", sku="SER", name="Serum", tracking="lot")
    code = "=cmd|' /C calc'!A0"
    at = {"location": "Shelf A1", "lot": code}
    await house.employee.type("put", item="SER", quantity="1", **at)
    await house.employee.type("request new", **{"for": code}, lines="BOLT-8 4", note="@SUM(A1)")
    exported = await house.auditor.type("export", kind="everything", format="csv")
    with zipfile.ZipFile(io.BytesIO(content_of(world, exported)[1])) as archive:
        moves, requests, stock = (
            list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
            for name in ("moves", "requests", "stock")
        )
    assert [row["lot"] for row in moves] == ["", "", f"'{code}"]
    assert [(row["for"], row["note"]) for row in requests] == [(f"'{code}", "'@SUM(A1)")]
    # This one can be imported again, unchanged.
    assert [row["lot"] for row in stock] == ["", "", code]


async def test_orders_go_out_line_by_line_and_prices_only_to_those_who_see_them(
    world: World, house: House
) -> None:
    await approve_supplier(house)
    await house.admin.type("item unit", item="BOLT-8", unit="box", factor="50")
    await write(house, "BOLT-8 2 box 12.9; BOLT-8 3 0.0012", currency="USD", rate="0.9")
    exported = await house.auditor.type("export", kind="orders", format="csv")
    name, content = content_of(world, exported)
    assert name == "orders.csv"
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    wanted = {"order": "PO-1", "status": "draft", "supplier": "Acme", "promised_for": ""}
    wanted |= {"sku": "BOLT-8", "quantity": "100", "unit": "pcs", "received": "0"}
    wanted |= {"price": "12.9", "price_unit": "box", "currency": "USD"}
    assert {key: first[key] for key in wanted} == wanted
    assert (first["amount"], second["price"], second["amount"]) == ("25.8", "0.0012", "0.0036")

    kept = SetPermissions(role="auditor", permissions=("order.view", "stock.export"))
    await world.db.run(set_permissions, kept, house.actor_of(house.owner), "less")
    exported = await house.auditor.type("export", kind="orders", format="csv")
    row = next(csv.DictReader(io.StringIO(content_of(world, exported)[1].decode("utf-8-sig"))))
    assert list(row)[-1] == "received"


async def test_who_may_not_export_gets_no_file(world: World, house: House) -> None:
    async with world.unchanged():
        refused = await house.employee.type("export", kind="items")
        assert "`stock.export`" in refused.text


async def test_lines_are_typed_into_a_form_or_come_from_a_file(world: World, house: House) -> None:
    form = await house.manager.ask("bulk", action="take", location="Shelf A1")
    done = await house.manager.submit(form, lines="BOLT-8 2\nBOLT-8 1 Shelf B2")
    assert "2 lines" in done.text
    assert await house.level("BOLT-8", "Shelf B2") == 3
    file = ("lines.csv", b"sku;menge;ort\nBOLT-8;5;Shelf A1\nBOLT-8;nothing;Shelf B2\n")
    async with world.unchanged():
        refused = await house.manager.type("bulk", action="count", file=file)
        assert "Line 3" in refused.text
    file = ("lines.csv", b"sku;menge\nBOLT-8;4\n")
    moved = await house.manager.type(
        "bulk", action="move", location="Shelf A1", to="Shelf B2", file=file
    )
    assert "8 → 4 pcs" in moved.text
    file = ("lines.csv", b"sku;menge\nBOLT-8;3\n")
    counted = await house.manager.type("bulk", action="count", location="Shelf A1", file=file)
    assert counted.lines[:2] == [
        "✅ Counted in bulk: **3 pcs** of **BOLT-8** Bolt 8 mm",
        "Shelf A1: 4 → 3 pcs",
    ]
    assert await house.level("BOLT-8", "Shelf B2") == 7
