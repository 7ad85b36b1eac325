from tests.cogs.world import House


async def test_an_item_is_shown_with_where_it_lies_the_most_first(house: House) -> None:
    for query in ("BOLT-8", "bolt 8 mm", "bol"):
        found = await house.viewer.type("find", query=query)
        assert found.title == "BOLT-8"
        assert found.description.splitlines() == [
            "**Bolt 8 mm** · **14 pcs** in stock",
            "Shelf A1: **10 pcs**",
            "Shelf B2: **4 pcs**",
        ]


async def test_a_place_is_shown_with_what_lies_there(house: House) -> None:
    found = await house.viewer.type("find", query="shelf b2")
    assert (found.title, found.description) == ("Shelf B2", "**BOLT-8** Bolt 8 mm: **4 pcs**")


async def test_what_may_mean_several_things_lists_them(house: House) -> None:
    await house.manager.type("item add", sku="SHELF-NAIL", name="Shelf nail")
    found = await house.viewer.type("find", query="shelf")
    assert found.title == "Which one?"
    assert found.description.splitlines() == [
        "**SHELF-NAIL** Shelf nail · pcs",
        "📍 **Shelf A1**",
        "📍 **Shelf B2**",
    ]


async def test_a_slip_of_the_finger_still_finds_it(house: House) -> None:
    assert (await house.viewer.type("find", query="blot-8")).title == "BOLT-8"


async def test_what_is_not_there_is_said_plainly(house: House) -> None:
    async with house.world.unchanged():
        found = await house.viewer.type("find", query="Gold *bars*")
    assert found.text == "There is no item or location **Gold \\*bars\\***."


async def test_nothing_typed_is_refused(house: House) -> None:
    for query in ("", "   "):
        answer = await house.viewer.type("find", query=query)
        assert answer.text == "The search text cannot be empty."


async def test_an_archived_item_is_found_by_its_exact_name_and_marked(house: House) -> None:
    await house.manager.type("item add", sku="OLD", name="Old thing")
    await house.manager.type("item archive", item="OLD")
    assert "_Archived_" in (await house.viewer.type("find", query="old")).description
    guessed = await house.viewer.type("find", query="old thi")
    assert guessed.text == "There is no item or location **old thi**."
