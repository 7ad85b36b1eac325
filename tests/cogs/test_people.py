"""People as they use it: register, look, choose roles in a menu, shut out, erase."""

import json
from typing import Any

import pytest

from tests.cogs.world import House, World

EMAIL = "ann@example.com"


async def test_a_newcomer_registers_and_works(house: House) -> None:
    refused = await house.stranger.type("find", query="BOLT-8")
    assert refused.text.startswith("You may not do this")
    said = await house.stranger.type("my register", email=EMAIL)
    assert said.lines[:3] == [
        f"✅ Registered <@{house.stranger.id}>",
        "email: a\\*\\*\\*@e\\*\\*\\*.com",
        "role: employee",
    ]
    assert (await house.stranger.type("take", item="BOLT-8", location="Shelf A1")).record == 9
    twice = await house.stranger.type("my register")
    assert twice.text == "You are registered already. Your address is changed with `/my email`."


async def test_one_looks_at_oneself(house: House) -> None:
    unknown = await house.stranger.type("my profile")
    assert "I do not know you yet" in unknown.text
    await house.stranger.type("my register", email=EMAIL)
    profile = await house.stranger.type("my profile")
    assert EMAIL in profile.text
    assert "**employee**, given by name" in profile.text
    allowed = await house.stranger.type("my permissions")
    assert "`stock.move`" in allowed.text
    nothing = await house.join().type("my permissions")
    assert "No role brings anything here" in nothing.text
    owner = await house.owner.type("my permissions")
    assert "owner of the server" in owner.text
    managed = await house.manager.type("my permissions")
    assert f"**manager**, brought by <@&{house.roles['manager'].id}>" in managed.text


async def test_an_address_is_changed_and_removed(world: World, house: House) -> None:
    async with world.unchanged():
        unknown = await house.stranger.type("my email", email=EMAIL)
    assert unknown.text == "I do not know you yet. Register first: `/my register`."
    await house.stranger.type("my register")
    changed = await house.stranger.type("my email", email=EMAIL)
    assert changed.lines[1] == "email: a\\*\\*\\*@e\\*\\*\\*.com"
    async with world.unchanged():
        same = await house.stranger.type("my email", email=EMAIL)
        bad = await house.stranger.type("my email", email="nobody")
    assert same.text == "That is the address that I have."
    assert "does not look like an e-mail address" in bad.text
    assert "none" in (await house.stranger.type("my email", email="none")).lines[1]


async def test_one_takes_home_and_erases_what_is_kept(world: World, house: House) -> None:
    await house.stranger.type("my register", email=EMAIL)
    exported = await house.stranger.type("my export")
    stored = world.env.backend.get_message(exported.message.channel_id, exported.message.id)
    (attachment,) = stored.attachments
    assert attachment["filename"] == "my-data.json"
    asked = await house.stranger.type("my erase")
    assert "It cannot be undone" in asked.text
    erased = await house.stranger.press(asked, "Erase")
    assert erased.lines[0] == f"✅ Erased the profile of <@{house.stranger.id}>"
    assert "I do not know you yet" in (await house.stranger.type("my profile")).text
    assert (await house.auditor.type("audit verify")).text.startswith("✅")
    assert json.dumps(house.audit_lines()).count(EMAIL) == 0


async def test_roles_are_chosen_in_a_menu_and_replace_the_set(house: House) -> None:
    await house.stranger.type("my register")
    offered = await house.admin.type("people roles", member=house.stranger.member)
    ids = {role.id: role.name for role in await house.role_rows()}
    manager, viewer = (str(i) for i, name in ids.items() if name in {"manager", "viewer"})
    said = await house.admin.choose(offered, manager, viewer)
    assert said.lines[:2] == [
        f"✅ Set the roles of <@{house.stranger.id}>",
        "roles: employee → viewer, manager",
    ]
    assert "✅" in (await house.stranger.type("item add", sku="X-1", name="X")).text


async def test_a_menu_grants_no_more_than_one_holds(world: World, house: House) -> None:
    offered = await house.admin.type("people roles", member=house.stranger.member)
    house.take_role(house.admin, "admin")
    async with world.unchanged():
        said = await house.admin.choose(offered, "11")
    assert "`people.manage`" in said.text


async def test_who_is_shut_out_can_press_nothing_on_the_screen(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    said = await house.admin.type("people deactivate", member=house.employee.member, reason="left")
    assert said.lines[0] == f"✅ Deactivated <@{house.employee.id}>"
    async with world.unchanged():
        for label in ("Undo", "Again"):
            refused = await house.employee.press(taken, label)
            assert "switched off" in refused.text
        assert await house.employee.values("take", "item", "bolt") == []
    shown = await house.auditor.type("people show", member=house.employee.member)
    assert "⚠️ deactivated" in shown.text
    await house.admin.type("people reactivate", member=house.employee.member)
    assert "✅" in (await house.employee.press(taken, "Undo")).text


async def test_neither_the_owner_nor_oneself_is_shut_out(world: World, house: House) -> None:
    async with world.unchanged():
        owner = await house.admin.type(
            "people deactivate", member=house.owner.member, reason="coup"
        )
        myself = await house.admin.type(
            "people deactivate", member=house.admin.member, reason="tired"
        )
    assert owner.text == "The server's owner cannot be deactivated."
    assert myself.text.startswith("You cannot deactivate yourself.")


async def test_people_are_listed_and_the_list_turns(world: World, house: House) -> None:
    for _ in range(11):
        await house.join().type("my register")
    listed = await house.auditor.type("people list")
    assert len(listed.description.splitlines()) == 10
    await world.restart()
    turned = await house.auditor.press(listed, "Next ▶")
    assert len(turned.description.splitlines()) == 1
    only = await house.auditor.type("people list", role="viewer")
    assert "Nobody was given this role by name" in only.text


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ("people list", "people.view"),
        ("people show", "people.view"),
        ("people roles", "people.manage"),
        ("people deactivate", "people.manage"),
        ("people reactivate", "people.manage"),
    ],
)
async def test_rights_are_those_of_the_product(
    world: World, house: House, command: str, needs: str
) -> None:
    options: dict[str, Any] = {} if command == "people list" else {"member": house.colleague.member}
    if command == "people deactivate":
        options["reason"] = "x"
    async with world.unchanged():
        said = await house.employee.type(command, **options)
    assert f"`{needs}`" in said.text
