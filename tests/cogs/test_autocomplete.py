from typing import Any

from tests.cogs.world import House, World

GUESSES: dict[tuple[str, str], dict[str, Any]] = {
    ("take", "item"): {},
    ("put", "item"): {},
    ("move", "item"): {},
    ("adjust", "item"): {},
    ("history", "item"): {},
    ("item edit", "item"): {},
    ("item archive", "item"): {},
    ("item show", "item"): {},
    ("take", "location"): {},
    ("put", "location"): {},
    ("move", "from"): {},
    ("move", "to"): {},
    ("adjust", "location"): {},
    ("history", "location"): {},
    ("location add", "parent"): {},
    ("location rename", "location"): {},
    ("location archive", "location"): {},
    ("location show", "location"): {},
}


async def test_items_and_places_are_guessed(house: House) -> None:
    for command, option in GUESSES:
        wanted = ["BOLT-8"] if option == "item" else ["Shelf A1", "Shelf B2"]
        for typed in ("", "bo" if option == "item" else "sh"):
            assert await house.manager.values(command, option, typed) == wanted, command


async def test_a_word_of_a_name_or_a_slip_is_enough(house: House) -> None:
    for typed in ("bolt", "8 m", "MM", " bolt 8", "blot"):
        assert await house.employee.values("take", "item", typed) == ["BOLT-8"], typed


async def test_a_choice_shows_sku_name_and_stock_and_gives_the_sku(house: House) -> None:
    (choice,) = await house.employee.suggest("take", "item", "bolt")
    assert choice == {"name": "BOLT-8 · Bolt 8 mm (14 pcs)", "value": "BOLT-8"}
    taken = await house.employee.type("take", item=choice["value"], location="Shelf A1")
    assert taken.lines[0].startswith("✅ Took")


async def test_places_that_hold_the_item_come_first_with_how_much(house: House) -> None:
    await house.manager.type("location add", name="Bay")
    names = [c["name"] for c in await house.employee.suggest("take", "location", item="bolt-8")]
    assert names == ["Shelf A1 (10 pcs)", "Shelf B2 (4 pcs)", "Bay"]
    names = [c["name"] for c in await house.employee.suggest("take", "location")]
    assert names == ["Bay", "Shelf A1", "Shelf B2"]


async def test_what_one_moved_lately_comes_first(house: House) -> None:
    for sku in ("AAA", "NUT-8", "ZZZ"):
        await house.manager.type("item add", sku=sku, name=f"The {sku}")
    await house.employee.type("put", item="ZZZ", location="Shelf A1")
    await house.employee.type("put", item="NUT-8", location="Shelf A1")
    assert await house.employee.values("take", "item") == ["NUT-8", "ZZZ", "BOLT-8", "AAA"]
    # What is in stock comes before what is not.
    assert await house.colleague.values("take", "item") == ["BOLT-8", "NUT-8", "ZZZ", "AAA"]
    assert await house.employee.values("take", "item", "z") == ["ZZZ"]


async def test_what_one_moved_lately_comes_first_while_one_types(house: House) -> None:
    for number in range(30):
        await house.manager.type("item add", sku=f"Z{number:02}", name=f"Zed {number:02}")
    await house.employee.type("put", item="Z29", location="Shelf A1")
    await house.manager.type("put", item="Z20", location="Shelf A1")
    offered = await house.employee.values("take", "item", "z")
    assert (offered[:3], len(offered)) == (["Z29", "Z20", "Z00"], 25)
    assert (await house.employee.values("take", "item", "z07"))[0] == "Z07"


async def test_a_move_is_not_offered_to_where_it_comes_from(house: House) -> None:
    ends = {"item": "BOLT-8", "from": "Shelf A1"}
    assert await house.employee.values("move", "to", **ends) == ["Shelf B2"]


async def test_locations_inside_others_are_offered_by_their_path(house: House) -> None:
    for rack in ("Rack 1", "Rack 2"):
        await house.manager.type("location add", name=rack)
        await house.manager.type("location add", name="Bin 07", parent=rack)
    paths = ["Rack 1 › Bin 07", "Rack 2 › Bin 07"]
    for typed in ("07", "bin", "rack bin", "07 rack"):
        assert await house.employee.values("put", "location", typed) == paths, typed
    put = await house.employee.type("put", item="BOLT-8", location=paths[1])
    assert put.lines[1] == "Rack 2 › Bin 07: 0 → 1 pcs"
    (choice, *_) = await house.employee.suggest("take", "location", "bin", item="BOLT-8")
    assert choice == {"name": "Rack 2 › Bin 07 (1 pcs)", "value": "Rack 2 › Bin 07"}


async def test_records_are_searched_about_suppliers_roles_and_members_too(house: House) -> None:
    await house.employee.type("supplier propose", name="Supreme Steel")
    await house.employee.type("my register")
    assert await house.admin.values("audit search", "subject", "sup") == ["Supreme Steel"]
    assert await house.admin.values("audit search", "subject", "manag") == ["manager"]
    assert "BOLT-8" in await house.admin.values("audit search", "subject", "bolt")


async def test_suppliers_of_fitting_status_are_offered_first(house: House) -> None:
    for number in range(30):
        await house.employee.type("supplier propose", name=f"Acme {number:02}")
    listed = await house.manager.type("supplier list", status="pending")
    assert listed.description
    assert (await house.manager.values("supplier suspend", "supplier"))[0] == "Acme 00"


async def test_at_most_twenty_five_are_offered_and_each_once(house: House) -> None:
    for number in range(30):
        name = f"Nut {number:02} " + "long " * 13
        await house.manager.type("item add", sku=f"NUT-{number:02}", name=name)
    for number in (29, 28):
        await house.employee.type("put", item=f"NUT-{number}", location="Shelf A1")
    for typed in ("", "n"):
        offered = await house.employee.suggest("take", "item", typed)
        assert len({choice["value"] for choice in offered}) == len(offered) == 25
        assert all(len(choice["name"]) <= 100 for choice in offered)
    assert (await house.employee.values("take", "item"))[:2] == ["NUT-28", "NUT-29"]


async def test_archived_items_are_offered_to_restore_and_to_look_at(house: House) -> None:
    await house.manager.type("item add", sku="OLD", name="Old thing")
    await house.manager.type("item archive", item="OLD")
    for typed in ("", "old", "thing"):
        assert await house.manager.values("item restore", "item", typed) == ["OLD"], typed
        for command, option in (("item show", "item"), ("find", "query"), ("history", "item")):
            assert (await house.manager.values(command, option, typed))[-1] == "OLD"
        assert "OLD" not in await house.manager.values("take", "item", typed)
    shown = await house.manager.suggest("item show", "item", "old")
    assert shown[-1]["name"] == "OLD · Old thing (archived)"
    await house.manager.type("item restore", item="OLD")
    assert await house.manager.values("item restore", "item") == []
    assert await house.manager.values("item show", "item", "old") == ["OLD"]


async def test_an_archived_item_that_one_moved_lately_is_not_offered(house: House) -> None:
    await house.manager.type("take", item="BOLT-8", quantity="10", location="Shelf A1")
    await house.manager.type("take", item="BOLT-8", quantity="4", location="Shelf B2")
    await house.manager.type("item archive", item="BOLT-8")
    assert await house.manager.values("take", "item") == []


async def test_archived_places_are_not_offered(house: House) -> None:
    await house.manager.type("location add", name="Shed")
    await house.manager.type("location archive", location="Shed")
    assert await house.manager.values("put", "location", "sh") == ["Shelf A1", "Shelf B2"]


async def test_find_offers_items_and_places_alike(house: House) -> None:
    assert set(await house.viewer.values("find", "query")) == {"BOLT-8", "Shelf A1", "Shelf B2"}
    assert await house.viewer.values("find", "query", "b2") == ["Shelf B2"]


async def test_roles_are_offered_by_what_is_typed(house: House) -> None:
    everything = [
        "accountant",
        "admin",
        "auditor",
        "buyer",
        "employee",
        "manager",
        "viewer",
    ]
    for command in ("role bind", "role unbind"):
        assert sorted(await house.admin.values(command, "role")) == everything
        assert await house.admin.values(command, "role", "MAN") == ["manager"]


async def test_an_owner_without_any_role_is_offered_the_roles_to_bind(house: House) -> None:
    assert len(await house.owner.values("role bind", "role")) == 7


async def test_values_of_settings_are_offered_by_the_setting(house: House) -> None:
    async def offered(key: str, typed: str) -> list[str]:
        return await house.admin.values("settings set", "value", typed, key=key)

    assert "Europe/Berlin" in await offered("timezone", "berl")
    assert await offered("currency", "eu") == ["EUR"]
    assert "15" in await offered("undo_minutes", "")
    roles = ["viewer", "employee", "manager", "auditor", "admin", "buyer", "accountant"]
    assert await offered("default_role", "") == [*roles, "none"]
    assert await house.admin.values("settings set", "value", "x") == []


async def test_nothing_is_offered_without_the_right(house: House) -> None:
    for command, option in (
        *GUESSES,
        ("find", "query"),
        ("item restore", "item"),
        ("role bind", "role"),
    ):
        assert await house.stranger.values(command, option) == [], (command, option)
    assert await house.viewer.values("role bind", "role") == []
    assert await house.viewer.values("settings set", "value", key="default_role") in ([], ["none"])


async def test_nothing_of_another_guild_is_offered(world: World, house: House) -> None:
    other = await world.open_house("Other", is_stocked=False)
    assert await other.manager.values("take", "item", "bolt") == []
    assert await other.manager.values("find", "query", "shelf") == []
    assert house.guild.id != other.guild.id


async def test_whatever_is_typed_is_answered(house: House) -> None:
    for typed in ("x" * 6000, "@everyone", "<@1>", "a\u202eb", "\u200b", "%", "_", "'"):
        for command, option in (("take", "item"), ("take", "location"), ("find", "query")):
            for value in await house.employee.values(command, option, typed):
                assert value in {"BOLT-8", "Shelf A1", "Shelf B2"}, typed
