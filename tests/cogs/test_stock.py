import re
from decimal import Decimal

import pytest

from tests.cogs.world import House, World


async def test_a_take_shows_before_and_after_and_its_number(house: House) -> None:
    answer = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert answer.lines == [
        "✅ Took **3 pcs** of **BOLT-8** Bolt 8 mm",
        "Shelf A1: 10 → 7 pcs",
        "`#8`",
    ]
    assert list(answer.buttons) == ["Undo", "Again"]
    assert await house.level("BOLT-8", "Shelf A1") == 7


async def test_a_put_shows_before_and_after_and_its_number(house: House) -> None:
    answer = await house.employee.type("put", item="BOLT-8", quantity="3", location="Shelf B2")
    assert answer.lines[1:] == ["Shelf B2: 4 → 7 pcs", "`#8`"]
    assert await house.level("BOLT-8", "Shelf B2") == 7


async def test_a_move_shows_both_places(house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    answer = await house.employee.type("move", item="BOLT-8", quantity="4", **ends)
    assert answer.lines[1:] == [
        "Shelf A1: 10 → 6 pcs",
        "Shelf B2: 4 → 8 pcs",
        "`#8`",
    ]
    assert await house.levels() == {("BOLT-8", "Shelf A1"): 6, ("BOLT-8", "Shelf B2"): 8}


@pytest.mark.parametrize(("counted", "difference"), [("12", "+2"), ("0", "-10"), ("9", "-1")])
async def test_an_adjustment_sets_the_level_and_says_why(
    house: House, counted: str, difference: str
) -> None:
    options = {"item": "BOLT-8", "location": "Shelf A1", "reason": "counted by hand"}
    answer = await house.manager.type("adjust", counted=counted, **options)
    assert f"by **{difference} pcs**" in answer.lines[0]
    assert answer.lines[1:] == [
        f"Shelf A1: 10 → {counted} pcs",
        "Note: counted by hand",
        "`#8`",
    ]
    assert list(answer.buttons) == ["Undo"]
    assert await house.level("BOLT-8", "Shelf A1") == Decimal(counted)


async def test_a_quantity_left_out_is_one(house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    await house.employee.type("put", item="BOLT-8", location="Shelf B2")
    assert await house.levels() == {("BOLT-8", "Shelf A1"): 9, ("BOLT-8", "Shelf B2"): 5}


async def test_what_is_typed_works_without_choosing(house: House) -> None:
    for item in ("bolt-8", " BOLT-8 ", "bolt 8 MM"):
        for place in ("shelf a1", " SHELF  A1"):
            answer = await house.employee.type("take", item=item, location=place)
            assert answer.lines[1].startswith("Shelf A1: ")
    assert await house.level("BOLT-8", "Shelf A1") == 4


async def test_a_note_is_shown_and_kept(house: House) -> None:
    options = {"item": "BOLT-8", "location": "Shelf A1"}
    answer = await house.employee.type("take", note="for the lorry", **options)
    assert "Note: for the lorry" in answer.lines
    await house.world.tell_audit()
    assert house.audit_lines()[-1].endswith("— for the lorry")


async def test_more_than_there_is_cannot_be_taken(world: World, house: House) -> None:
    async with world.unchanged():
        answer = await house.employee.type(
            "take", item="BOLT-8", quantity="11", location="Shelf A1"
        )
    assert answer.text == "Shelf A1 holds 10 pcs of BOLT-8; you asked for 11. Shelf B2 holds 4."
    assert not answer.buttons


async def test_nothing_is_taken_from_where_the_item_never_was(world: World, house: House) -> None:
    await house.manager.type("location add", name="Empty")
    async with world.unchanged():
        answer = await house.employee.type("take", item="BOLT-8", location="Empty")
    assert answer.text == (
        "Empty holds 0 pcs of BOLT-8; you asked for 1. Shelf A1 holds 10, Shelf B2 holds 4."
    )
    taken = await house.employee.press(answer, "Shelf B2 · 4 pcs")
    assert taken.lines[1] == "Shelf B2: 4 → 3 pcs"


async def test_a_move_to_the_same_place_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        ends = {"from": "Shelf A1", "to": "shelf a1"}
        answer = await house.employee.type("move", item="BOLT-8", quantity="1", **ends)
    assert answer.text == "**Shelf A1** is both ends of this move. Pick another location."


async def test_a_count_that_agrees_is_said_with_its_record(house: House) -> None:
    answer = await house.manager.type(
        "adjust", item="BOLT-8", location="Shelf A1", counted="10.000", reason="again"
    )
    said, note, number = answer.lines
    assert said.startswith("✅ Counted **10 pcs** of **BOLT-8**")
    assert said.endswith("at Shelf A1, as the books say.")
    assert (note, number) == ("Note: again", f"`#{answer.record}`")
    undone = await house.manager.press(answer, "Undo")
    assert undone.lines[0] == (
        f"✅ Reversed #{answer.record}. That count agreed with the books, so no stock moved."
    )


async def test_an_adjustment_needs_a_reason(world: World, house: House) -> None:
    async with world.unchanged():
        answer = await house.manager.type(
            "adjust", item="BOLT-8", location="Shelf A1", counted="3", reason="   "
        )
    assert answer.text == "The reason cannot be empty."


async def test_an_archived_item_or_place_takes_no_part(world: World, house: House) -> None:
    await house.manager.type("item add", sku="OLD", name="Old thing")
    await house.manager.type("item archive", item="OLD")
    await house.manager.type("location add", name="Attic")
    await house.manager.type("location archive", location="Attic")
    ends = {"from": "Shelf A1", "to": "Attic"}
    async with world.unchanged():
        put = await house.employee.type("put", item="OLD", location="Shelf A1")
        manager = house.roles["manager"].id
        assert "**OLD** is archived. Ask <@&" in put.text
        assert f"<@&{manager}> for `/item restore`." in put.text
        assert put.buttons == {}
        told = await house.manager.type("put", item="OLD", location="Shelf A1")
        assert told.text.endswith("**OLD** is archived. `/item restore` makes it active again.")
        assert list(told.buttons) == ["Restore"]
        moved = await house.employee.type("move", item="BOLT-8", quantity="1", **ends)
        assert "**Attic** is archived" in moved.text
        counted = await house.manager.type(
            "adjust", item="BOLT-8", location="Attic", counted="1", reason="found"
        )
        assert "**Attic** is archived" in counted.text


async def test_an_archived_item_is_refused_before_the_location_is_asked_for(house: House) -> None:
    await house.manager.type("item add", sku="OLD", name="Old thing")
    await house.manager.type("item archive", item="OLD")
    for command in ("put", "take"):
        answer = await house.employee.type(command, item="OLD")
        assert "**OLD** is archived" in answer.text


async def test_a_refusal_names_the_option_that_it_is_about(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="\x01A1")
    assert taken.text.startswith("The location contains invisible")
    ends = {"from": "Shelf A1", "to": "\x01B2"}
    moved = await house.employee.type("move", item="BOLT-8", quantity="1", **ends)
    assert moved.text.startswith("The `to` location contains invisible")


async def test_the_locations_of_the_outside_world_cannot_be_named(
    world: World, house: House
) -> None:
    async with world.unchanged():
        for place in ("supplier", "customer", "loss", "gain", "out", "1", "\x01gain"):
            ends = {"from": place, "to": "Shelf A1"}
            for answer in (
                await house.employee.type("take", item="BOLT-8", location=place),
                await house.manager.type("move", item="BOLT-8", quantity="1", **ends),
                await house.manager.type("location show", location=place),
            ):
                assert re.search("There is no location|invisible", answer.text)


@pytest.mark.both_engines
async def test_a_quantity_is_read_as_people_write_it(house: House) -> None:
    """T12, T15."""
    await house.manager.type("item add", sku="OIL", name="Oil", unit="kg")
    level = Decimal(0)
    for typed, value in {
        "2,5": "2.5", ".5": "0.5", "3 kg": "3", "0.5kg": "0.5", "\uff11\uff12": "12",
        "2.5000": "2.5", "10.00000": "10", "1.250": "1.25", "3 kilo": "3",
    }.items():  # fmt: skip
        await house.employee.type("put", item="OIL", quantity=typed, location="Shelf A1")
        level += Decimal(value)
        assert await house.level("OIL", "Shelf A1") == level, typed
    refused = {
        "1,000": "can be read as 1000 or as 1.",
        "2.1234": "at most 3 decimals",
        "3 pcs": "**OIL** is counted in kg, not in pcs. Write the quantity again.",
    }
    for typed, words in refused.items():
        answer = await house.employee.type("put", item="OIL", quantity=typed, location="Shelf A1")
        assert words in answer.text, typed
    assert await house.level("OIL", "Shelf A1") == level
