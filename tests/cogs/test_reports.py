"""Reports as people see them: the totals, the largest rows, and all of it as a file."""

import csv
import io
import zipfile
from decimal import Decimal

import discord
from simcord.components import walk_components

from tests.cogs.test_files import content_of
from tests.cogs.world import House, World
from tests.services.test_valuation import BUY, Bought


async def test_value_says_what_has_no_price_and_takes_the_right_to_see_prices(
    world: World, house: House
) -> None:
    shown = await house.manager.type("report show", kind="value", format="csv")
    assert "Value of stock · as of" in shown.text
    assert "**no known value** · 1 item" in shown.text
    assert "came in without a price" in shown.text
    assert "**BOLT-8**" in shown.text
    assert "14 pcs without a price" in shown.text
    name, content = content_of(world, shown)
    assert name == "value.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["value.csv", "cost of what left.csv"]
        rows = list(csv.DictReader(io.StringIO(archive.read("value.csv").decode("utf-8-sig"))))
    assert [row["quantity without a price"] for row in rows] == ["14"]
    async with world.unchanged():
        refused = await house.employee.type("report show", kind="value")
    assert "`price.view`" in refused.text


async def test_what_left_without_a_price_is_said_as_a_number_of_items(
    world: World, house: House
) -> None:
    await house.admin.type("item add", sku="SAND", name="Sand", unit="kg")
    await house.employee.type("put", item="SAND", quantity="3", location="Shelf A1")
    for item, quantity in (("BOLT-8", "5"), ("SAND", "1"), ("SAND", "1")):
        await house.employee.type("take", item=item, quantity=quantity, location="Shelf A1")
    shown = await house.manager.type("report show", kind="value", format="csv")
    month = f"{world.clock.now:%Y-%m}"
    assert shown.lines[-1] == f"{month}: 2 items without a price"
    _name, content = content_of(world, shown)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        left = archive.read("cost of what left.csv").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(left))) == [
        ["month", "cost of what left", "currency", "items without a price"],
        [month, "", "", "2"],
    ]


async def test_stock_is_reported_at_a_location_and_as_of_a_day(house: House) -> None:
    shown = await house.employee.type("report show", kind="stock", location="Shelf A1")
    assert "Stock · as of" in shown.text
    assert "Shelf A1" in shown.text
    assert "**BOLT-8**" in shown.text
    assert "10 pcs" in shown.text
    before = await house.employee.type("report show", kind="stock", as_of="2020-01-01")
    assert "_Nothing was in stock._" in before.text
    within = await house.employee.type("report show", kind="stock", as_of="2026-01-05 07:30")
    assert within.lines[:2] == ["Stock · as of 2026-01-05 07:30", "_Nothing was in stock._"]
    early = await house.employee.type("report show", kind="stock", as_of="2027-01-01")
    assert early.text == "**2027-01-01** has not come yet. Write a day up to today."
    refused = await house.employee.type("report show", kind="stock", as_of="soon")
    assert "soon" in refused.text


async def test_a_list_shows_its_totals_and_first_rows_and_is_a_file_without_formulas(
    world: World, house: House
) -> None:
    await house.admin.type("item add", sku="=1+1", name="@SUM(A1)", reorder_point="5")
    await house.admin.type("item edit", item="BOLT-8", reorder_point="20", reorder_target="50")
    shown = await house.viewer.type("report show", kind="low", format="csv")
    assert "Low stock · as of" in shown.text
    assert "**2 items**" in shown.text
    assert "**14 pcs** of 20 · order 36 pcs" in shown.text
    name, content = content_of(world, shown)
    assert name == "low.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert (rows[0]["sku"], rows[0]["name"]) == ("'=1+1", "'@SUM(A1)")
    assert rows[1]["suggested"] == "36"
    shown = await house.viewer.type("report show", kind="low")
    assert content_of(world, shown)[0] == "low.xlsx"
    refused = await house.viewer.type("report show", kind="low", as_of="2020-01-01")
    assert "of now alone. Leave out `as_of`." in refused.text


async def test_what_left_counts_after_its_item_was_merged_into_one_that_never_moved(
    house: House,
) -> None:
    await house.manager.type("item add", sku="OLD", name="Old")
    await house.manager.type("item add", sku="NEW", name="New")
    await house._run(BUY, Bought("OLD", 10, "Shelf A1", (Decimal("2.5"), "EUR")), house.manager)
    await house.employee.type("take", item="OLD", quantity="10", location="Shelf A1")
    asked = await house.manager.type("item merge", item="OLD", into="NEW")
    await house.manager.press(asked, "Merge")
    value = await house.manager.type("report show", kind="value")
    assert "2026-01: **25.00 EUR**" in value.text
    ranked = await house.manager.type("report show", kind="abc")
    assert "**A** **NEW** New · 25.00 EUR" in ranked.text


async def test_each_report_says_what_there_is(house: House) -> None:
    await house.employee.type("put", item="BOLT-8", quantity="4", location="Shelf A1")
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf A1")
    await house.employee.type("request new", **{"for": "Jo", "lines": "BOLT-8 2"})
    for kind, said, *said_of_picture in (
        ("expiry", "Nothing in stock expires soon."),
        ("abc", "**A: 1 item · B: 0 items · C: 0 items**", "BOLT-8: 4 pcs · 100 %"),
        ("idle", "Of everything in stock something left."),
        ("cover", "**315 days** · 14 pcs, 4 left in 90 days", "BOLT-8: 315"),
        ("moves", "in 18 pcs · out 4 pcs", "pcs: in 18, out 4"),
        ("orders", "No order is open."),
        ("requests", "**R-1** Jo · **BOLT-8** · 2 pcs reserved"),
    ):
        shown = await house.viewer.type("report show", kind=kind)
        assert said in shown.text
        pictures = [
            part["items"][0]["description"]
            for part in walk_components(shown.message.components)
            if part.get("type") == discord.ComponentType.media_gallery.value
        ]
        assert any(all(word in each for word in said_of_picture) for each in pictures) == bool(
            said_of_picture
        )
        assert len(pictures) == bool(said_of_picture)


async def test_what_came_and_was_undone_makes_nothing_idle(world: World, house: House) -> None:
    await house.manager.type("item add", sku="INK", name="Ink")
    put = await house.manager.type("put", item="INK", quantity="2", location="Shelf A1")
    await house.manager.type("undo", record=str(put.record))
    world.clock.advance(days=100)
    await house.manager.type("put", item="INK", quantity="2", location="Shelf A1")
    shown = await house.viewer.type("report show", kind="idle")
    assert "BOLT-8" in shown.text
    assert "INK" not in shown.text
