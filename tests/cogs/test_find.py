import pytest

from tests.cogs.world import House


async def test_an_item_is_shown_with_where_it_is_the_most_first(house: House) -> None:
    for query in ("BOLT-8", "bolt 8 mm", "bol"):
        found = await house.viewer.type("find", query=query)
        assert found.title == "BOLT-8"
        assert found.description.splitlines() == [
            "**Bolt 8 mm** · **14 pcs** in stock",
            "Shelf A1: **10 pcs**",
            "Shelf B2: **4 pcs**",
        ]


async def test_a_location_is_shown_with_what_it_holds(house: House) -> None:
    found = await house.viewer.type("find", query="shelf b2")
    assert (found.title, found.description) == (
        "Shelf B2",
        "1 item\n**BOLT-8** Bolt 8 mm\n**4 pcs**",
    )


async def test_what_may_mean_several_things_lists_them(house: House) -> None:
    await house.manager.type("item add", sku="SHELF-NAIL", name="Shelf nail")
    found = await house.viewer.type("find", query="shelf")
    assert found.title == "Which one?"
    assert list(found.rows) == [
        "**SHELF-NAIL** Shelf nail\n**0 pcs**",
        "📍 **Shelf A1**",
        "📍 **Shelf B2**",
    ]
    assert (await house.viewer.press_row(found, "NAIL")).title == "SHELF-NAIL"
    assert (await house.viewer.press_row(found, "Shelf B2")).title == "Shelf B2"


@pytest.mark.both_engines
async def test_what_only_resembles_it_is_a_guess_and_no_answer(house: House) -> None:
    """T05."""
    await house.manager.type("item add", sku="AMS1117-3.3", name="Regulator 3.3 V 5 W 0.8 A")
    for query, guess in {"AMS1117-5.0": "**AMS1117-3.3**", "blot-8": "**BOLT-8**"}.items():
        found = await house.viewer.type("find", query=query)
        assert found.text.startswith(f"There is no item or location **{query}**. Did you mean ")
        assert guess in found.text
    (choice,) = await house.viewer.suggest("find", "query", "blot")
    assert choice == {"name": "≈ BOLT-8 · Bolt 8 mm (14 pcs)", "value": "BOLT-8"}


async def test_signs_alone_match_nothing_but_what_begins_with_them(house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    for query in ("😀", "%", '"'):
        found = await house.employee.type("find", query=query)
        assert found.text.startswith("There is no item or location"), query
        listed = await house.employee.type("item list", query=query)
        assert listed.description == "_No matching items._", query
    await house.manager.type("item add", sku="😀", name="Badge")
    assert (await house.employee.type("find", query="😀")).title == "😀"
    assert list((await house.employee.type("item list", query="😀")).rows) == [
        "**😀** Badge\n**0 pcs**"
    ]


async def test_a_part_is_found_by_the_middle_of_its_number(house: House) -> None:
    """T04."""
    await house.manager.type("item add", sku="AMS1117-3.3", name="Regulator")
    for query in ("1117", "ams11173.3", "AMS1117 3.3", "3.3 1117", "egulat"):
        assert await house.employee.values("take", "item", query) == ["AMS1117-3.3"], query
        assert (await house.viewer.type("find", query=query)).title == "AMS1117-3.3", query


@pytest.mark.both_engines
async def test_words_are_found_in_any_order(house: House) -> None:
    """P02."""
    await house.manager.type("item add", sku="DISP-K30", name="Display for K30 kran")
    for query in ("K30 display", "display ", "kran disp k30", "Krän k-30"):
        assert (await house.viewer.type("find", query=query)).title == "DISP-K30", query


async def test_a_sku_that_was_changed_goes_on_leading_to_its_item(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", sku="B-8")
    shown = await house.viewer.type("find", query="bolt-8")
    assert (shown.title, shown.description.splitlines()[1]) == ("B-8", "Formerly **BOLT-8**")
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert taken.lines[0] == "✅ Took **1 pcs** of **B-8** Bolt 8 mm"
    assert await house.employee.values("take", "item", "bolt-8") == ["B-8"]
    await house.manager.type("item add", sku="BOLT-8", name="Another")
    assert (await house.viewer.type("find", query="bolt-8")).title == "BOLT-8"


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
    assert "_Archived_" in (await house.viewer.type("find", query="old thi")).description


@pytest.mark.both_engines
async def test_a_location_named_by_its_path_comes_before_what_is_inside_it(house: House) -> None:
    for name, parent in {"Hall": None, "Rack": "Hall", "Bin 1": "Rack", "Aisle": "Rack"}.items():
        options = {"name": name} | ({"parent": parent} if parent else {})
        await house.manager.type("location add", **options)
    found = await house.viewer.type("find", query="hall rack")
    assert next(iter(found.rows)) == "📍 **Hall › Rack**"
