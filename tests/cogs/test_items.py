import pytest

from tests.cogs.world import House, World


async def test_an_added_item_says_what_it_became(house: House) -> None:
    added = await house.manager.type(
        "item add", sku=" nut-8 ", name="Nut  8", unit="kg", reorder_point="2.5 kg"
    )
    assert added.lines == [
        "✅ Added the item **nut-8**",
        "SKU: nut-8",
        "name: Nut 8",
        "unit: kg",
        "reorder point: 2.5",
        "`#8`",
    ]


async def test_the_unit_is_pieces_unless_it_is_named(house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    shown = await house.viewer.type("item show", item="NUT-8")
    assert shown.description.splitlines() == ["**Nut** · **0 pcs** in stock", "_Nothing in stock._"]


async def test_an_item_is_shown_with_its_reorder_point(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", reorder_point="14")
    shown = await house.viewer.type("item show", item="bolt-8")
    assert "Reorder at 14 pcs — time to reorder" in shown.description
    await house.manager.type("item edit", item="BOLT-8", reorder_point="13")
    shown = await house.viewer.type("item show", item="bolt-8")
    assert shown.description.splitlines()[1] == "Reorder at 13 pcs"


async def test_an_edit_changes_what_is_given_and_leaves_the_rest(house: House) -> None:
    edited = await house.manager.type("item edit", item="BOLT-8", sku="B8", name="Bolt, 8 mm")
    assert edited.lines[1:-1] == ["SKU: BOLT-8 → B8", "name: Bolt 8 mm → Bolt, 8 mm"]
    taken = await house.employee.type("take", item="b8", location="Shelf A1")
    assert taken.lines[0] == "✅ Took **1 pcs** of **B8** Bolt, 8 mm"
    async with house.world.unchanged():
        former = await house.viewer.type("item show", item="BOLT-8")
    assert former.title == "B8"


async def test_only_the_case_of_a_name_can_be_changed(house: House) -> None:
    edited = await house.manager.type("item edit", item="BOLT-8", name="BOLT 8 MM")
    assert edited.lines[1] == "name: Bolt 8 mm → BOLT 8 MM"


async def test_an_edit_that_changes_nothing_makes_no_record(world: World, house: House) -> None:
    async with world.unchanged():
        same = await house.manager.type("item edit", item="BOLT-8", name="Bolt 8 mm")
        nothing = await house.manager.type("item edit", item="BOLT-8")
    assert same.text == nothing.text == "**BOLT-8** already has these values."


async def test_skus_are_unique_without_case_and_space(world: World, house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    async with world.unchanged():
        added = await house.manager.type("item add", sku="bolt-8 ", name="Other")
        edited = await house.manager.type("item edit", item="NUT-8", sku="bolt-8 ")
    assert added.text == edited.text == "There is already an item with the SKU **bolt-8**."


async def test_a_name_that_several_items_have_is_asked_back(world: World, house: House) -> None:
    await house.manager.type("item add", sku="B-9", name=" BOLT  8 MM")
    async with world.unchanged():
        asked = await house.employee.type("take", item="bolt 8 mm", location="Shelf A1")
    assert asked.description == (
        "Several items are called **bolt 8 mm**: **BOLT-8** Bolt 8 mm, **B-9** BOLT 8 MM. "
        "Which one?"
    )
    found = await house.viewer.type("find", query="Bolt 8 mm")
    assert found.title == "Which one?"
    await house.manager.type("item archive", item="B-9")
    taken = await house.employee.type("take", item="bolt 8 mm", location="Shelf A1")
    assert taken.lines[0].startswith("✅ Took **1 pcs** of **BOLT-8**")


@pytest.mark.both_engines
async def test_a_reorder_point_and_whole_are_cleared_by_none(house: House) -> None:
    """T09."""
    await house.manager.type("item edit", item="BOLT-8", reorder_point="20", whole="no")
    half = await house.employee.type("take", item="BOLT-8", quantity=".5", location="Shelf A1")
    assert half.lines[1] == "Shelf A1: 10 → 9.5 pcs"
    cleared = await house.manager.type(
        "item edit", item="BOLT-8", reorder_point="None", whole="none"
    )
    assert cleared.lines[1:-1] == ["reorder point: 20 → none", "whole: no → none"]
    assert "Reorder" not in (await house.viewer.type("item show", item="BOLT-8")).description
    await house.manager.type("item edit", item="BOLT-8", reorder_point="0")
    shown = await house.viewer.type("item show", item="BOLT-8")
    assert shown.description.splitlines()[1] == "Reorder at 0 pcs"


async def test_a_unit_is_fixed_once_the_item_was_moved(world: World, house: House) -> None:
    async with world.unchanged():
        refused = await house.manager.type("item edit", item="BOLT-8", unit="box")
    assert refused.text.startswith("Stock of **BOLT-8** was already booked in pcs")
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    edited = await house.manager.type("item edit", item="NUT-8", unit="box")
    assert edited.lines[1] == "unit: pcs → box"


async def test_what_is_in_stock_cannot_be_archived(world: World, house: House) -> None:
    async with world.unchanged():
        refused = await house.manager.type("item archive", item="BOLT-8")
    assert refused.text == "**Shelf A1** still holds 10 pcs of **BOLT-8**. Move it out first."


async def test_an_archived_item_leaves_the_list_and_comes_back(world: World, house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    archived = await house.manager.type("item archive", item="nut-8")
    assert archived.lines[0] == "✅ Archived the item **NUT-8**"
    assert "NUT-8" not in (await house.viewer.type("item list")).description
    async with world.unchanged():
        twice = await house.manager.type("item archive", item="NUT-8")
        taken = await house.manager.type("item add", sku="NUT-8", name="Another")
    assert twice.text == "**NUT-8** is already archived."
    assert "It is archived. `/item restore` makes it active again." in taken.text
    restored = await house.manager.type("item restore", item="nut")
    assert restored.lines[0] == "✅ Restored the item **NUT-8**"
    assert "NUT-8" in (await house.viewer.type("item list")).description
    async with world.unchanged():
        again = await house.manager.type("item restore", item="NUT-8")
    assert again.text == "**NUT-8** is not archived."


async def test_an_unknown_item_is_refused_with_likely_ones(world: World, house: House) -> None:
    async with world.unchanged():
        for command in ("item show", "item archive", "item restore", "item edit"):
            answer = await house.manager.type(command, item="bolt-9")
            told = "There is no item **bolt-9**. Did you mean **BOLT-8** Bolt 8 mm?"
            assert answer.description == told
        for command in ("take", "put"):
            answer = await house.employee.type(command, item="bolt-9", location="Shelf A1")
            assert answer.text.startswith("There is no item **bolt-9**.")


async def test_what_clears_a_field_is_no_name_and_a_number_no_unit(
    world: World, house: House
) -> None:
    async with world.unchanged():
        for option, called in {"sku": "SKU", "name": "name", "unit": "unit"}.items():
            options = {"item": "BOLT-8", option: "none"}
            refused = await house.manager.type("item edit", **options)
            assert refused.text == f"The {called} **none** is reserved. Choose another."
        for command in ("supplier propose", "location add"):
            refused = await house.manager.type(command, name="none")
            assert refused.text == "The name **none** is reserved. Choose another.", command
        for unit in ("3", "(x)", "²"):
            refused = await house.manager.type("item add", sku="N", name="Nut", unit=unit)
            assert refused.text == (
                f"The unit **{unit}** cannot be typed behind a number. Write one that begins with "
                "a letter, such as `pcs`."
            )
        low = {"reorder_point": "10", "reorder_target": "5"}
        refused = await house.manager.type("item add", sku="N", name="Nut", **low)
        assert refused.text == (
            "The reorder target of **N** (5) is below its reorder point (10). Raise it, or lower "
            "the point."
        )
