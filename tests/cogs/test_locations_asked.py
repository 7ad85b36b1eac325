from tests.cogs.world import House, World


async def test_a_newcomer_is_asked_where_from(house: House) -> None:
    asked = await house.employee.type("take", item="BOLT-8", quantity="3")
    assert asked.text == "Where do you take 3 pcs of **BOLT-8** from?"
    assert list(asked.buttons) == ["Shelf A1 · 10 pcs", "Shelf B2 · 4 pcs"]


async def test_asking_changes_nothing(world: World, house: House) -> None:
    async with world.unchanged():
        await house.employee.type("take", item="BOLT-8")


async def test_the_press_takes_from_there_and_carries_the_note(house: House) -> None:
    note = "for **Bob** & <@1>, @everyone"
    asked = await house.employee.type("take", item="BOLT-8", quantity="3", note=note)
    assert asked.footer == note
    taken = await house.employee.press(asked, "Shelf B2 · 4 pcs")
    assert taken.lines[1] == "Shelf B2: 4 → 1 pcs"
    assert taken.lines[2].startswith("Note: for \\*\\*Bob\\*\\* & ")
    assert list(taken.buttons) == ["Undo", "Again"]


async def test_the_press_works_after_a_restart(house: House) -> None:
    asked = await house.employee.type("take", item="BOLT-8", note="kept")
    await house.world.restart()
    taken = await house.employee.press(asked, "Shelf A1 · 10 pcs")
    assert taken.lines[1:3] == ["Shelf A1: 10 → 9 pcs", "Note: kept"]


async def test_where_one_took_last_is_the_default(house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf B2")
    taken = await house.employee.type("take", item="BOLT-8")
    assert taken.lines[1] == "Shelf B2: 3 → 2 pcs"


async def test_where_others_took_is_no_default(house: House) -> None:
    await house.colleague.type("take", item="BOLT-8", location="Shelf B2")
    asked = await house.employee.type("take", item="BOLT-8")
    assert asked.text.startswith("Where do you take")


async def test_the_only_place_that_has_it_is_the_default(house: House) -> None:
    await house.manager.type("take", item="BOLT-8", quantity="4", location="Shelf B2")
    taken = await house.employee.type("take", item="BOLT-8")
    assert taken.lines[1] == "Shelf A1: 10 → 9 pcs"


async def test_an_emptied_shelf_is_no_default_when_others_have_it(house: House) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf B2")
    taken = await house.employee.type("take", item="BOLT-8")
    assert taken.lines[1] == "Shelf A1: 10 → 9 pcs"


async def test_where_one_put_last_is_the_default_for_a_put(house: House) -> None:
    await house.employee.type("put", item="BOLT-8", location="Shelf B2")
    put = await house.employee.type("put", item="BOLT-8")
    assert put.lines[1] == "Shelf B2: 5 → 6 pcs"


async def test_the_location_with_most_is_the_default_for_a_newcomers_put(house: House) -> None:
    put = await house.employee.type("put", item="BOLT-8")
    assert put.lines[1] == "Shelf A1: 10 → 11 pcs"


async def test_a_put_of_something_new_asks_where_to(house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut", unit="box")
    asked = await house.employee.type("put", item="NUT-8", quantity="3", note="first ones")
    assert asked.description == "Where do you put 3 box of **NUT-8**?"
    assert list(asked.buttons) == ["Shelf A1", "Shelf B2"]
    put = await house.employee.press(asked, "Shelf B2")
    assert put.lines[1:3] == ["Shelf B2: 0 → 3 box", "Note: first ones"]


async def test_what_is_nowhere_cannot_be_taken(world: World, house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    async with world.unchanged():
        answer = await house.employee.type("take", item="NUT-8")
    assert answer.text == "There is no **NUT-8** in stock."


async def test_without_any_location_the_answer_says_who_adds_one(world: World) -> None:
    house = await world.open_house(is_stocked=False)
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    answer = await house.manager.type("put", item="NUT-8")
    assert answer.text == "There is no location yet. Add one with `/location add`."
    answer = await house.employee.type("put", item="NUT-8")
    assert answer.text.startswith("There is no location yet. Ask <@&")
    assert answer.text.endswith(" for `/location add`.")


async def test_at_most_twenty_five_places_are_offered(house: House) -> None:
    for number in range(30):
        name = f"Rack {number:02} " + "of a very long name " * 2
        await house.manager.type("location add", name=name)
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    asked = await house.employee.type("put", item="NUT-8")
    assert len(asked.buttons) == 25


async def test_a_place_that_was_emptied_meanwhile_refuses_the_press(
    world: World, house: House
) -> None:
    asked = await house.employee.type("take", item="BOLT-8", quantity="4")
    await house.colleague.type("take", item="BOLT-8", quantity="3", location="Shelf B2")
    async with world.unchanged():
        answer = await house.employee.press(asked, "Shelf B2 · 4 pcs")
    assert answer.text.startswith("Shelf B2 holds 1 pcs of BOLT-8; you asked for 4.")


async def test_the_question_gives_way_to_the_answer(house: House) -> None:
    asked = await house.employee.type("take", item="BOLT-8")
    taken = await house.employee.press(asked, "Shelf A1 · 10 pcs")
    assert taken.message.id == asked.message.id, "one question, one answer, no button left over"
    assert list(taken.buttons) == ["Undo", "Again"]
