"""What a record did is repeated by Again, and asked back when its answer got lost, by its ids."""

import pytest

from bot.database.models import Receipt
from tests.cogs.phones import Answer
from tests.cogs.world import House, World
from tests.database.books import rows_of

EDITS = "/webhooks/*/messages/@original"
A1 = {"item": "BOLT-8", "quantity": "3", "location": "Shelf A1"}


def lose_next_answer(world: World) -> None:
    """Let Discord drop the next answer, and the person notice after a while."""
    world.env.inject_error("PATCH", EDITS, status=500)


@pytest.mark.both_engines
async def test_again_moves_what_the_record_moved_whatever_it_is_called_by_now(
    house: House,
) -> None:
    """T01."""
    taken = await house.employee.type("take", **A1 | {"quantity": "2"})
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    moved = await house.employee.type("move", item="BOLT-8", quantity="1", **ends)
    await house.manager.type("item edit", item="BOLT-8", sku="BOLT-M8", name="Bolt M8 A2")
    await house.manager.type("item add", sku="BOLT-8", name="Bolt 8 mm")
    await house.manager.type("location rename", location="Shelf A1", name="Rack 7")
    await house.manager.type("location add", name="Shelf A1")
    await house.manager.type("put", item="BOLT-8", quantity="50", location="Shelf A1")
    again = await house.employee.press(taken, "Again")
    assert again.lines[:2] == ["✅ Took **2 pcs** of **BOLT-M8** Bolt M8 A2", "Rack 7: 7 → 5 pcs"]
    again = await house.employee.press(moved, "Again")
    assert again.lines[1:3] == ["Rack 7: 5 → 4 pcs", "Shelf B2: 5 → 6 pcs"]
    assert await house.level("BOLT-8", "Shelf A1") == 50


async def test_again_takes_from_where_was_guessed_then(house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    guessed = await house.employee.type("take", item="BOLT-8")
    await house.employee.type("take", item="BOLT-8", location="Shelf B2")
    again = await house.employee.press(guessed, "Again")
    assert again.lines[1] == "Shelf A1: 8 → 7 pcs"


async def test_what_set_a_level_is_not_offered_again(world: World, house: House) -> None:
    count = {"item": "BOLT-8", "location": "Shelf A1", "counted": "7", "reason": "counted"}
    adjusted = await house.manager.type("adjust", **count)
    assert list(adjusted.buttons) == ["Undo"]
    undone = await house.manager.press(adjusted, "Undo")
    assert not undone.buttons
    async with world.unchanged():
        forged = await house.manager.forge(adjusted, f"record:again:{adjusted.record}")
    assert forged.text.startswith("This button or list is out of date.")


async def test_a_level_that_may_have_been_set_is_asked_back(world: World, house: House) -> None:
    count = {"location": "Shelf A1", "counted": "7", "reason": "counted"}
    lose_next_answer(world)
    await house.manager.ask("adjust", item="BOLT-8", **count)
    await house.employee.type("take", **A1)
    world.clock.advance(seconds=40)
    async with world.unchanged():
        asked = await house.manager.type("adjust", item="bolt 8 mm", **count)
    assert asked.text == "You did this 40 s ago as #8. Again?"
    again = await house.manager.press(asked, "Again")
    assert again.lines[1] == "Shelf A1: 4 → 7 pcs"


@pytest.mark.both_engines
async def test_one_equal_put_of_two_is_undone(house: House) -> None:
    """P01."""
    await house.employee.type("put", item="BOLT-8", location="Shelf B2")
    second = await house.employee.type("put", item="BOLT-8", location="Shelf B2")
    await house.employee.press(second, "Undo")
    assert await house.level("BOLT-8", "Shelf B2") == 5


@pytest.mark.both_engines
async def test_a_location_chosen_by_a_button_is_asked_back(world: World, house: House) -> None:
    asked = await house.employee.type("take", item="BOLT-8", quantity="3", note="for Ann")
    lose_next_answer(world)
    await ask_by_button(house, asked, "Shelf A1 · 10 pcs")
    world.clock.advance(seconds=3)
    async with world.unchanged():
        for options in (
            {"item": "BOLT-8", "quantity": "3"},
            {"item": "bolt 8 MM", "quantity": "3.0 pcs", "location": "shelf a1"},
        ):
            again = await house.employee.type("take", **options)
            assert again.text == "You did this 3 s ago as #8. Again?"
    other = await house.employee.type("take", **A1 | {"location": "Shelf B2"})
    assert other.lines[1] == "Shelf B2: 4 → 1 pcs"


async def ask_by_button(house: House, asked: Answer, label: str) -> None:
    """Press a button whose answer gets lost."""
    await house.employee.member.click(asked.message, label=label)


async def test_the_last_ones_are_asked_back_although_none_is_left(
    world: World, house: House
) -> None:
    lose_next_answer(world)
    await house.employee.ask("take", **A1 | {"quantity": "10"})
    world.clock.advance(seconds=3)
    named = await house.employee.type("take", **A1 | {"quantity": "10"})
    guessed = await house.employee.type("take", item="BOLT-8", quantity="10")
    assert named.text == guessed.text == "You did this 3 s ago as #8. Again?"


async def test_the_default_undo_after_a_lost_undo_is_asked_back(world: World, house: House) -> None:
    await house.employee.type("take", **A1)
    second = await house.employee.type("take", **A1)
    lose_next_answer(world)
    await ask_by_button(house, second, "Undo")
    world.clock.advance(seconds=3)
    async with world.unchanged():
        asked = await house.employee.type("undo")
    assert asked.text == f"You did this 3 s ago as #{second.record + 1}. Again?"


async def test_who_did_it_again_is_not_asked_about_the_first_one(
    world: World, house: House
) -> None:
    lose_next_answer(world)
    await house.employee.ask("take", **A1)
    world.clock.advance(seconds=40)
    asked = await house.employee.type("take", **A1)
    await house.employee.press(asked, "Again")
    third = await house.employee.type("take", **A1)
    assert third.lines[1] == "Shelf A1: 4 → 1 pcs"


@pytest.mark.parametrize("button", ["Again", "Shelf A1 · 10 pcs"])
async def test_a_button_whose_answer_was_lost_shows_it_when_pressed_again(
    world: World, house: House, button: str
) -> None:
    options = A1 if button == "Again" else {"item": "BOLT-8", "quantity": "3"}
    shown = await house.employee.type("take", **options)
    lose_next_answer(world)
    await ask_by_button(house, shown, button)
    done = await house.records()
    pressed = await house.employee.press(shown, button)
    assert pressed.lines[0] == "✅ Took **3 pcs** of **BOLT-8** Bolt 8 mm"
    assert pressed.record == done == await house.records()


async def test_receipts_keep_ids_and_base_units(world: World, house: House) -> None:
    taken = await house.employee.type("take", **A1 | {"quantity": "3.0 pcs"})
    receipts = await rows_of(world.db, Receipt, house.guild.id)
    (kept,) = (each.request for each in receipts if each.record == taken.record)
    assert "BOLT" not in kept
    assert "Shelf" not in kept
    assert '"unit":""' in kept


async def test_one_location_in_the_guild_needs_no_question(world: World) -> None:
    house = await world.open_house(is_stocked=False)
    await house.manager.type("item add", sku="TAPE", name="Tape")
    await house.manager.type("location add", name="Only")
    put = await house.employee.type("put", item="TAPE")
    assert put.lines[1] == "Only: 0 → 1 pcs"


async def test_a_move_is_offered_from_where_there_is_enough(house: House) -> None:
    await house.manager.type("location add", name="Van")
    ends = {"from": "Shelf B2", "to": "Van", "note": "tour 5"}
    refused = await house.employee.type("move", item="BOLT-8", quantity="6", **ends)
    assert refused.description == (
        "Shelf B2 holds 4 pcs of BOLT-8; you asked for 6. Shelf A1 holds 10."
    )
    moved = await house.employee.press(refused, "Shelf A1 · 10 pcs")
    assert moved.lines[1:4] == ["Shelf A1: 10 → 4 pcs", "Van: 0 → 6 pcs", "Note: tour 5"]


async def test_many_lines_and_requests_are_asked_back_as_well(world: World, house: House) -> None:
    bulk = {"action": "take", "file": ("b.csv", b"sku,quantity,place\nBOLT-8,2,Shelf A1\n")}
    lose_next_answer(world)
    await house.manager.ask("bulk", **bulk)
    async with world.unchanged():
        asked = await house.manager.type("bulk", **bulk)
    assert asked.text.startswith("You did this 0 s ago as #")
    again = await house.manager.press(asked, "Again")
    assert again.lines[1] == "Shelf A1: 8 → 6 pcs"
    wanted = {"for": "Line 3", "lines": "BOLT-8 2"}
    lose_next_answer(world)
    await house.employee.ask("request new", **wanted)
    async with world.unchanged():
        asked = await house.employee.type("request new", **wanted)
    assert asked.text.startswith("You did this 0 s ago as #")
    assert "**R-2** for **Line 3**" in (await house.employee.press(asked, "Again")).text
