"""Reports as people see them: the totals, the largest rows, and all of it as a file."""

import csv
import io
import zipfile

from tests.cogs.test_files import content_of
from tests.cogs.world import House, World


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


async def test_stock_is_reported_at_a_location_and_as_of_a_day(house: House) -> None:
    shown = await house.employee.type("report show", kind="stock", location="Shelf A1")
    assert "Stock · as of" in shown.text
    assert "Shelf A1" in shown.text
    assert "**BOLT-8**" in shown.text
    assert "10 pcs" in shown.text
    before = await house.employee.type("report show", kind="stock", as_of="2020-01-01")
    assert "_Nothing was in stock._" in before.text
    refused = await house.employee.type("report show", kind="stock", as_of="soon")
    assert "soon" in refused.text
