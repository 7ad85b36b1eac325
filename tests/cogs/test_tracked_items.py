"""Tracked items as people see them: the command, the item's page, and its candles."""

from tests.cogs.world import House, World


async def test_an_item_is_tracked_and_drawn_as_candles_until_it_is_tracked_no_longer(
    world: World, house: House
) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf A1")
    said = await house.admin.type("track", item="bolt-8")
    assert "Keeps the days of **BOLT-8" in said.text
    shown = await house.employee.type("item show", item="BOLT-8")
    assert "Days kept since " in shown.text
    drawn = await house.employee.type("chart", kind="level", item="BOLT-8", days=7)
    assert "Stock of BOLT-8 by day" in drawn.text
    assert "Opened at 0 pcs" in drawn.text
    assert "closed at 10 pcs" in drawn.text
    assert "In and out 18 pcs, most on" in drawn.text
    by_week = await house.employee.press(drawn, "90 days")
    assert "Stock of BOLT-8 by week" in by_week.text
    there = await house.employee.type("chart", kind="level", item="BOLT-8", location="Shelf A1")
    assert "Opened" not in there.text
    async with world.unchanged():
        again = await house.admin.type("track", item="BOLT-8")
        assert "The days of **BOLT-8** are kept already." in again.text
        refused = await house.employee.type("track", item="BOLT-8", on=False)
        assert "item.manage" in refused.text
    await house.admin.type("track", item="BOLT-8", on=False)
    drawn = await house.employee.type("chart", kind="level", item="BOLT-8", days=7)
    assert "Opened" not in drawn.text
