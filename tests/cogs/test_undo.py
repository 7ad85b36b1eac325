import pytest

from tests.cogs.world import House, World


async def test_the_button_takes_the_record_back(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    undone = await house.employee.press(taken, "Undo")
    assert undone.lines == [
        f"✅ Reversed #{taken.record}: **3 pcs** of **BOLT-8** Bolt 8 mm",
        "Shelf A1: 7 → 10 pcs",
        f"`#{taken.record + 1}`",
    ]
    assert list(undone.buttons) == ["Again"]


async def test_a_move_is_taken_back_at_both_places(house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    moved = await house.employee.type("move", item="BOLT-8", quantity="4", **ends)
    undone = await house.employee.press(moved, "Undo")
    assert set(undone.lines[1:3]) == {"Shelf A1: 6 → 10 pcs", "Shelf B2: 8 → 4 pcs"}


async def test_without_a_number_ones_newest_is_taken_back(house: House) -> None:
    first = await house.employee.type("take", item="BOLT-8", quantity="1", location="Shelf A1")
    second = await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    await house.colleague.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    for record in (second.record, first.record):
        undone = await house.employee.type("undo")
        assert undone.lines[0].startswith(f"✅ Reversed #{record}:")
    async with house.world.unchanged():
        nothing = await house.employee.type("undo")
    assert nothing.text == "You have no stock record that could be undone."


async def test_by_number_an_older_one_is_taken_back(house: House) -> None:
    first = await house.employee.type("take", item="BOLT-8", quantity="1", location="Shelf A1")
    await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    undone = await house.employee.type("undo", record=f"#{first.record}")
    assert undone.lines[1] == "Shelf A1: 7 → 8 pcs"


async def test_a_record_is_taken_back_once(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    undone = await house.employee.press(taken, "Undo")
    async with world.unchanged():
        again = await house.employee.press(taken, "Undo")
        typed = await house.manager.type("undo", record=f"#{taken.record}")
    assert again.text == f"#{taken.record} was already reversed by #{undone.record}."
    assert typed.text == again.text


async def test_an_undo_is_never_taken_back(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    undone = await house.employee.press(taken, "Undo")
    async with world.unchanged():
        answer = await house.manager.type("undo", record=f"#{undone.record}")
    assert answer.text.startswith(f"#{undone.record} reverses #{taken.record}. A reversal")


async def test_what_others_did_is_for_those_who_may_reverse(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    async with world.unchanged():
        refused = await house.colleague.type("undo", record=f"#{taken.record}")
        await house.auditor.type("undo", record=f"#{taken.record}")
    assert refused.text.startswith(f"#{taken.record} is not yours.")
    undone = await house.manager.type("undo", record=f"#{taken.record}")
    assert undone.lines[0].startswith(f"✅ Reversed #{taken.record}:")


async def test_ones_own_is_taken_back_within_the_minutes_that_are_set(
    world: World, house: House
) -> None:
    await house.admin.type("settings set", key="undo_minutes", value="5")
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    world.clock.advance(minutes=5, seconds=1)
    async with world.unchanged():
        late = await house.employee.press(taken, "Undo")
    assert late.text.startswith(f"#{taken.record} is more than 5 minutes old.")
    in_time = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    world.clock.advance(minutes=4, seconds=59)
    assert (await house.employee.press(in_time, "Undo")).lines[0].startswith("✅ Reversed")
    undone = await house.manager.type("undo", record=f"#{taken.record}")
    assert undone.lines[0].startswith("✅ Reversed")


async def test_stock_that_went_on_blocks_an_undo(world: World, house: House) -> None:
    put = await house.employee.type("put", item="BOLT-8", quantity="5", location="Shelf B2")
    await house.colleague.type("take", item="BOLT-8", quantity="7", location="Shelf B2")
    async with world.unchanged():
        answer = await house.employee.press(put, "Undo")
    assert answer.text == (
        f"#{put.record} cannot be undone: Shelf B2 holds 2 pcs of BOLT-8, 5 must go back. "
        f"#{put.record + 1} took from there: undo that first."
    )


async def test_what_moved_no_stock_cannot_be_undone(world: World, house: House) -> None:
    added = await house.manager.type("location add", name="Shelf C3")
    async with world.unchanged():
        answer = await house.manager.type("undo", record=f"#{added.record}")
        unknown = await house.manager.type("undo", record="4711")
        asked = await house.employee.type("undo", record=f"#{added.record}")
    does_not = f"`/undo` does not take #{added.record} back."
    assert answer.text == f"{does_not} `/location archive` takes the location out of use."
    assert asked.text.startswith(f"{does_not} Ask <@&")
    assert asked.text.endswith("for `/location archive`.")
    assert unknown.text == "There is no record #4711."


async def test_who_may_not_undo_is_told_what_they_may_do_instead(house: House) -> None:
    await house.buyer.type("supplier propose", name="Acme")
    options = {"supplier": "Acme", "number": "R-1", "total": "100.00"}
    added = await house.accountant.type("invoice add", **options)
    refused = await house.accountant.type("undo", record=f"#{added.record}")
    assert "then **Make void**." in refused.text
    refused = await house.auditor.type("undo", record=f"#{added.record}")
    assert "Make void" not in refused.text
    assert "/my register" not in refused.text


async def test_again_does_it_once_more(house: House) -> None:
    options = {"item": "BOLT-8", "quantity": "2", "location": "Shelf A1", "note": "lorry 7"}
    taken = await house.employee.type("take", **options)
    again = await house.employee.press(taken, "Again")
    assert again.lines[1:] == [
        "Shelf A1: 8 → 6 pcs",
        "Note: lorry 7",
        f"`#{taken.record + 1}`",
    ]
    third = await house.employee.press(again, "Again")
    assert third.lines[1] == "Shelf A1: 6 → 4 pcs"


async def test_again_after_an_undo_does_the_first_thing_once_more(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    undone = await house.employee.press(taken, "Undo")
    again = await house.employee.press(undone, "Again")
    assert again.lines[1] == "Shelf A1: 10 → 8 pcs"


async def test_again_of_an_undo_of_others_does_what_the_button_is_under(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    undone = await house.manager.type("undo", record=f"#{taken.record}")
    again = await house.manager.press(undone, "Again")
    assert again.lines[1] == "Shelf A1: 10 → 8 pcs"


@pytest.mark.both_engines
async def test_again_and_undo_survive_a_restart(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    await house.world.restart()
    assert (await house.employee.press(taken, "Again")).lines[1] == "Shelf A1: 8 → 6 pcs"
    assert (await house.employee.press(taken, "Undo")).lines[1] == "Shelf A1: 6 → 8 pcs"


async def test_again_asks_for_the_right_again(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    house.take_role(house.employee, "employee")
    async with world.unchanged():
        for label in ("Again", "Undo"):
            answer = await house.employee.press(taken, label)
            assert answer.text.startswith("You don't have permission")


async def test_again_is_refused_when_nothing_is_left(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="6", location="Shelf A1")
    async with world.unchanged():
        answer = await house.employee.press(taken, "Again")
    assert answer.text.startswith("Shelf A1 holds 4 pcs of BOLT-8; you asked for 6.")


async def test_a_second_tap_on_the_same_again_is_asked_back(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    again = await house.employee.press(taken, "Again")
    async with world.unchanged():
        asked = await house.employee.press(taken, "Again")
    assert asked.text.endswith(f"ago as #{again.record}. Again?")
    insisted = await house.employee.press(asked, "Again")
    assert insisted.lines[1] == "Shelf A1: 8 → 7 pcs"
