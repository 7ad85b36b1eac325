from tests.cogs.world import House, World


async def test_an_added_place_says_what_it_is_in(house: House) -> None:
    added = await house.manager.type("location add", name="Box 1", parent="shelf a1")
    assert added.lines == [
        "✅ Added the location **Box 1**",
        "name: Box 1",
        "inside: Shelf A1",
        "`#8`",
    ]


async def test_a_location_shows_what_it_is_in_and_what_it_holds(house: House) -> None:
    await house.manager.type("location add", name="Hall")
    await house.manager.type("location add", name="Row", parent="Hall")
    await house.manager.type("location add", name="Box", parent="Row")
    await house.manager.type("put", item="BOLT-8", quantity="3", location="Row")
    shown = await house.viewer.type("location show", location="row")
    assert shown.title == "Row"
    assert shown.description.splitlines() == [
        "Inside **Hall**",
        "1 item · 1 location inside",
        "**BOLT-8** Bolt 8 mm",
        "**3 pcs** · all of it here",
    ]
    empty = await house.viewer.type("location show", location="Box")
    assert empty.description.splitlines()[-1] == "_Empty._"


async def test_a_renamed_place_keeps_its_stock(house: House) -> None:
    renamed = await house.manager.type("location rename", location="Shelf A1", name="Shelf Z9")
    assert renamed.lines[1] == "name: Shelf A1 → Shelf Z9"
    assert await house.level("BOLT-8", "Shelf Z9") == 10
    assert (await house.viewer.type("find", query="z9")).title == "Shelf Z9"


async def test_names_of_places_are_unique_without_case_and_space(
    world: World, house: House
) -> None:
    async with world.unchanged():
        added = await house.manager.type("location add", name=" shelf  B2")
        renamed = await house.manager.type("location rename", location="Shelf A1", name="SHELF B2")
        same = await house.manager.type("location rename", location="Shelf A1", name="Shelf A1")
    assert added.text == "There is already a location named **shelf B2**."
    assert renamed.text == "There is already a location named **SHELF B2**."
    assert same.text == "**Shelf A1** already has these values."


async def test_a_place_in_use_cannot_be_archived(world: World, house: House) -> None:
    await house.manager.type("location add", name="Hall")
    await house.manager.type("location add", name="Row", parent="Hall")
    async with world.unchanged():
        stocked = await house.manager.type("location archive", location="Shelf B2")
        parent = await house.manager.type("location archive", location="Hall")
    assert stocked.text == "**Shelf B2** still holds 4 pcs of **BOLT-8**. Move it out first."
    assert parent.text == "**Hall** still contains the location **Row**. Archive that first."


async def test_an_archived_place_leaves_the_list_and_holds_nothing_new(
    world: World, house: House
) -> None:
    await house.manager.type("location add", name="Hall")
    await house.manager.type("location archive", location="Hall")
    assert "Hall" not in (await house.viewer.type("location list")).description
    async with world.unchanged():
        twice = await house.manager.type("location archive", location="Hall")
        child = await house.manager.type("location add", name="Row", parent="Hall")
    assert twice.text == "**Hall** is already archived."
    assert "**Hall** is archived" in child.text


async def test_an_unknown_place_is_refused_with_likely_ones(world: World, house: House) -> None:
    async with world.unchanged():
        for command, options in (
            ("location show", {}),
            ("location archive", {}),
            ("location rename", {"name": "Shelf"}),
        ):
            answer = await house.manager.type(command, location="shelf a2", **options)
            assert answer.text.startswith("There is no location **shelf a2**. Did you mean ")
            assert "**Shelf A1**" in answer.text
        stocked = await house.employee.type("put", item="BOLT-8", location="shelf a2")
        assert "**shelf a2**" in stocked.text


async def test_what_is_in_quarantine_is_taken_once_its_location_is_storage(
    world: World, house: House
) -> None:
    added = await house.manager.type("location add", name="Cage", kind="quarantine")
    assert added.lines[2] == "kind: Quarantine"
    await house.manager.type("put", item="BOLT-8", quantity="3", location="Cage")
    shown = await house.viewer.type("location show", location="Cage")
    assert shown.description.splitlines()[0] == "Quarantine"
    listed = await house.viewer.type("location list")
    assert any("Quarantine" in row for row in listed.rows)
    async with world.unchanged():
        await house.employee.type("take", item="BOLT-8", quantity="1", location="Cage")
    edited = await house.manager.type("location edit", location="Cage", kind="storage")
    assert edited.lines[1] == "kind: Quarantine → Storage"
    await house.employee.type("take", item="BOLT-8", quantity="1", location="Cage")
    assert await house.level("BOLT-8", "Cage") == 2
    assert (await house.auditor.type("audit verify")).text.startswith("✅")
