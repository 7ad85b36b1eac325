"""Locations inside locations: what is in all of them, moving one, and taking from one."""

import pytest

from tests.cogs.phones import Phone
from tests.cogs.world import House


async def build_hall(house: House) -> Phone:
    manager = house.manager
    await manager.type("location add", name="Hall")
    await manager.type("location add", name="Rack", parent="Hall")
    for number in (7, 8):
        await manager.type("location add", name=f"Bin 0{number}", parent="Rack")
    await manager.type("put", item="BOLT-8", quantity="5", location="Bin 07")
    return manager


@pytest.mark.both_engines
async def test_a_location_shows_what_is_inside_it_apart_from_what_is_there(house: House) -> None:
    """T06."""
    await build_hall(house)
    shown = await house.viewer.type("location show", location="Hall")
    assert shown.title == "Hall"
    assert "1 item · 3 locations inside" in shown.text
    assert "**BOLT-8** Bolt 8 mm\n**5 pcs** · all of it inside" in shown.text
    assert "Empty" not in shown.text
    await house.manager.type("put", item="BOLT-8", quantity="2", location="Hall")
    shown = await house.viewer.type("location show", location="Hall")
    assert "**7 pcs** · 2 pcs here, 5 pcs inside" in shown.text
    history = await house.viewer.type("history", location="Rack")
    said = "Ask as well for those inside it: **Hall › Rack › Bin 07**, **Hall › Rack › Bin 08**"
    assert said in history.text
    history = await house.viewer.type("history", location="Hall")
    assert "2 pcs **BOLT-8**" in history.text
    assert "Only what moved at this location itself." in history.text
    inside = await house.viewer.press(shown, "All inside")
    rack = await house.viewer.press_row(inside, "Rack")
    assert (rack.title, rack.buttons.keys() >= {"Up", "History"}) == ("Rack", True)
    item = await house.viewer.press_row(rack, "BOLT-8")
    assert item.title == "BOLT-8"


@pytest.mark.both_engines
async def test_taking_from_a_location_with_others_inside_asks_which_one(house: House) -> None:
    await build_hall(house)
    await house.manager.type("put", item="BOLT-8", quantity="9", location="Bin 08")
    async with house.world.unchanged():
        asked = await house.employee.type("take", item="BOLT-8", quantity="4", location="Hall")
    assert list(asked.buttons) == [
        "Hall \u203a Rack \u203a Bin 08 · 9 pcs",
        "Hall \u203a Rack \u203a Bin 07 · 5 pcs",
    ]
    taken = await house.employee.press(asked, "Hall \u203a Rack \u203a Bin 07 · 5 pcs")
    assert taken.lines[1] == "Hall \u203a Rack \u203a Bin 07: 5 → 1 pcs"
    moved = await house.employee.type(
        "move", item="BOLT-8", quantity="1", to="Shelf A1", **{"from": "Rack"}
    )
    assert len(moved.buttons) == 2


@pytest.mark.both_engines
async def test_a_rack_moves_with_all_its_bins_as_one_record(house: House) -> None:
    """F13."""
    manager = await build_hall(house)
    await manager.type("location add", name="Hall B")
    before = await house.records()
    edited = await manager.type("location edit", location="Rack", parent="Hall B")
    assert edited.lines[1] == "inside: Hall → Hall B"
    assert edited.record == before + 1
    assert (
        "Hall B \u203a Rack \u203a Bin 07"
        in (await house.viewer.type("item show", item="BOLT-8")).text
    )
    async with house.world.unchanged():
        for parent in ("Rack", "Bin 07", "Hall B"):
            refused = await manager.type("location edit", location="Hall B", parent=parent)
            reason = "into itself" if parent == "Hall B" else "because that is inside it"
            assert reason in refused.text, parent
    out = await manager.type("location edit", location="Rack", parent="none", name="Rack 2")
    assert out.lines[1:3] == ["name: Rack → Rack 2", "inside: Hall B → none"]
    assert (await manager.type("audit verify")).text.startswith("✅")


async def test_a_location_cannot_be_restored_into_an_archived_one(house: House) -> None:
    manager = house.manager
    await manager.type("location add", name="Attic")
    await manager.type("location add", name="Box", parent="Attic")
    for name in ("Box", "Attic"):
        await manager.type("location archive", location=name)
    refused = await manager.type("location restore", location="Box")
    assert "**Attic** is archived" in refused.text
    await manager.press(refused, "Restore")
    restored = await manager.type("location restore", location="Box")
    assert restored.lines[:2] == ["✅ Restored the location **Box**", "archived: yes → no"]


async def test_the_page_of_an_item_takes_puts_and_moves(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", reorder_point="20")
    page = await house.employee.type("item show", item="BOLT-8")
    assert "🔻 Reorder at 20 pcs" in page.text
    form = await house.employee.open_row_form(page, "Shelf B2")
    taken = await house.employee.submit(form, quantity="2")
    assert taken.lines[1] == "Shelf B2: 4 → 2 pcs"
    form = await house.employee.open_form(page, "Put")
    put = await house.employee.submit(form, quantity="3", location="shelf b2", note="back")
    assert put.lines[1] == "Shelf B2: 2 → 5 pcs"
    form = await house.employee.open_form(page, "Move")
    moved = await house.employee.submit(form, **{"quantity": "1", "from": "Shelf A1", "to": "B3"})
    assert moved.text.startswith("There is no location **B3**")
    history = await house.employee.press(page, "History")
    assert "Shelf B2" in history.text
    assert "Put" not in (await house.viewer.type("item show", item="BOLT-8")).buttons
