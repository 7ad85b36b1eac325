"""Managing people: a menu of roles, access off and on at once, lists, those who left."""

import itertools

import pytest
from simcord import UserHandle

from bot.database.models import Member, RoleAssignment
from tests.cogs.phones import Answer, Phone
from tests.cogs.test_lists import FOLLOWING, PREVIOUS, names, turn_all
from tests.cogs.test_role_permissions import menus
from tests.cogs.world import House, World
from tests.database.books import rows_of

VIEWER, EMPLOYEE, MANAGER = "11", "12", "13"


async def ask_roles(house: House, person: Phone) -> Answer:
    return await house.admin.type("people roles", member=person.member)


def chosen(answer: Answer) -> set[str]:
    ((_, names),) = menus(answer).items()
    return names


async def choose(person: Phone, menu: Answer, *values: str) -> Answer:
    (custom_id,) = menus(menu)
    return await person.choose(menu, *values, custom_id=custom_id)


async def given(house: House, person: Phone) -> set[int]:
    rows = await rows_of(house.world.db, RoleAssignment, house.guild.id)
    return {row.role_id for row in rows if row.user_id == person.id}


@pytest.mark.both_engines
async def test_roles_are_chosen_in_a_menu_that_outlives_a_restart(
    world: World, house: House
) -> None:
    menu = await ask_roles(house, house.stranger)
    assert chosen(menu) == set()
    await world.restart()
    changed = await choose(house.admin, menu, EMPLOYEE, VIEWER)
    assert changed.lines[0] == f"✅ Set the roles of <@{house.stranger.id}>"
    assert changed.lines[1] == "roles: employee, viewer"
    assert (await house.stranger.type("take", item="BOLT-8", location="Shelf A1")).record
    menu = await ask_roles(house, house.stranger)
    assert chosen(menu) == {EMPLOYEE, VIEWER}
    none = await choose(house.admin, menu)
    assert none.lines[1] == "roles: employee, viewer → none"
    refused = await house.stranger.type("take", item="BOLT-8", location="Shelf A1")
    assert refused.text.startswith("You don't have permission")


async def test_a_menu_that_was_left_open_acts_on_the_roles_as_they_are(house: House) -> None:
    old, new = await ask_roles(house, house.stranger), await ask_roles(house, house.stranger)
    await choose(house.admin, new, MANAGER)
    changed = await choose(house.admin, old, VIEWER)
    assert changed.lines[1] == "roles: manager → viewer"
    assert await given(house, house.stranger) == {int(VIEWER)}


async def test_choosing_what_is_chosen_changes_nothing(world: World, house: House) -> None:
    menu = await ask_roles(house, house.stranger)
    async with world.unchanged():
        same = await choose(house.admin, menu)
    assert same.text == f"<@{house.stranger.id}> already has these values."


async def test_a_menu_serves_only_those_who_manage_people(world: World, house: House) -> None:
    menu = await ask_roles(house, house.stranger)
    house.take_role(house.admin, "admin")
    async with world.unchanged():
        refused = await choose(house.admin, menu, MANAGER)
    assert refused.text.endswith("-# `people.manage`")


async def test_a_role_that_was_deleted_meanwhile_is_not_assigned(
    world: World, house: House
) -> None:
    menu = await ask_roles(house, house.stranger)
    asked = await house.admin.type("role delete", role="viewer")
    await house.admin.press(asked, "Delete")
    async with world.unchanged():
        refused = await choose(house.admin, menu, VIEWER, EMPLOYEE)
    assert refused.text == "This role no longer exists."


async def test_a_deactivated_person_can_do_nothing_not_even_with_buttons_on_screen(
    world: World, house: House
) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert "Undo" in taken.buttons
    off = await house.admin.type(
        "people deactivate", member=house.employee.member, reason="Left @everyone"
    )
    assert off.lines[0] == f"✅ Deactivated <@{house.employee.id}>"
    async with world.unchanged():
        for label in ("Undo", "Again"):
            refused = await house.employee.press(taken, label)
            assert refused.text.startswith("Your access has been deactivated.")
        for command in ("my register", "item list", "people list"):
            refused = await house.employee.type(command)
            assert refused.text.startswith("Your access has been deactivated.")
        assert await house.employee.values("take", "item") == []
    await house.admin.type("people reactivate", member=house.employee.member)
    assert "✅" in (await house.employee.press(taken, "Undo")).text


async def test_the_access_of_owner_and_oneself_stays(world: World, house: House) -> None:
    async with world.unchanged():
        for person, words in (
            (house.owner, "they own this server"),
            (house.admin, "deactivate yourself"),
        ):
            refused = await house.admin.type(
                "people deactivate", member=person.member, reason="because"
            )
            assert words in refused.text
        program = UserHandle(world.env, world.env.backend.bot_user)
        refused = await house.admin.type("people deactivate", member=program, reason="x")
        assert "I cannot be deactivated" in refused.text


async def test_who_may_not_manage_people_is_refused(world: World, house: House) -> None:
    about = {"member": house.colleague.member}
    async with world.unchanged():
        for person in (house.stranger, house.employee, house.manager, house.auditor):
            for command, more in (
                ("people roles", {}),
                ("people deactivate", {"reason": "x"}),
                ("people reactivate", {}),
            ):
                refused = await person.type(command, **about, **more)
                assert refused.text.startswith("You don't have permission"), command
        for person in (house.stranger, house.viewer, house.employee):
            assert (await person.type("people list")).text.startswith("You don't have permission")
            shown = await person.type("people show", **about)
            assert shown.text.startswith("You don't have permission")


async def test_people_turn_both_ways_across_a_restart(house: House) -> None:
    people = [house.join() for _ in range(23)]
    for person in people:
        await person.type("my register")
    await choose(house.admin, await ask_roles(house, people[0]), VIEWER)
    first = await house.auditor.type("people list", role="EMPLOYEE")
    assert first.title == "People · employee"
    assert "Discord role" in first.text
    forward = await turn_all(house.auditor, first, FOLLOWING)
    assert [len(page) for page in forward] == [10, 10, 2]
    await house.world.restart()
    page = await house.auditor.type("people list")
    page = await house.auditor.press(page, FOLLOWING)
    assert len(list(itertools.chain(*await turn_all(house.auditor, page, PREVIOUS)))) == 20


async def test_who_left_is_shown_by_the_remembered_name(house: House) -> None:
    await house.stranger.type("my register", email="ann@example.com")
    left = house.stranger.member.user
    house.world.env.backend.remove_member(house.guild.id, left.id)
    await house.world.env.settle()
    shown = await house.auditor.type("people show", member=left)
    assert shown.lines[0] == "Person: stranger"
    assert shown.lines[1] == f"<@{left.id}> · **left the server**"
    assert "E-mail: a\\*\\*\\*@e\\*\\*\\*.com" in shown.lines
    assert "E-mail: ann@example.com" in (await house.admin.type("people show", member=left)).lines
    listed = await house.auditor.type("people list")
    assert names(listed) == ["stranger"]
    assert f"<@{left.id}> **stranger** · employee" in listed.description


async def test_a_menu_from_before_a_person_left_and_came_back_renews_their_role(
    world: World, house: House
) -> None:
    await choose(house.admin, await ask_roles(house, house.stranger), EMPLOYEE)
    old = await ask_roles(house, house.stranger)
    assert chosen(old) == {EMPLOYEE}
    user = house.stranger.member.user
    world.env.backend.remove_member(house.guild.id, user.id)
    async with world.unchanged():
        gone = await choose(house.admin, old, EMPLOYEE)
    assert gone.text.startswith(f"<@{user.id}> is not in this server")
    world.clock.advance(days=1)
    back = house.join_as(house.stranger)
    world.env.backend.get_member(house.guild.id, user.id).joined_at = world.clock.now.isoformat()
    refused = await back.type("take", item="BOLT-8", location="Shelf A1")
    assert refused.text.startswith("You don't have permission")
    changed = await choose(house.admin, old, EMPLOYEE)
    assert changed.lines[1] == "roles: employee"
    assert (await back.type("take", item="BOLT-8", location="Shelf A1")).record


async def test_who_never_registered_can_be_managed(house: House) -> None:
    await house.admin.type("people deactivate", member=house.viewer.member, reason="x")
    listed = await house.auditor.type("people list")
    assert listed.description.splitlines()[0] == f"<@{house.viewer.id}> **viewer** · 🚫 deactivated"
    shown = await house.auditor.type("people show", member=house.viewer.member)
    assert "Not registered" in shown.lines
    assert f"- the role **viewer**, from <@&{house.roles['viewer'].id}>" in shown.lines


async def test_the_audit_tells_with_masked_addresses(world: World, house: House) -> None:
    await house.stranger.type("my register", email="ann@example.com")
    await house.admin.type("people deactivate", member=house.stranger.member, reason="Left")
    await world.tell_audit()
    register, off = house.audit_lines()[-2:]
    who = f"<@{house.stranger.id}>"
    assert f"registered {who} e-mail: a" in register
    assert register.endswith("role: employee")
    assert "ann@" not in register
    assert f"<@{house.admin.id}> deactivated {who} reason: Left" in off


@pytest.mark.parametrize("custom_id", ["people:assign:x:n", "people:roles:{0}:0:n"])
async def test_a_forged_menu_is_out_of_date(world: World, house: House, custom_id: str) -> None:
    menu = await ask_roles(house, house.stranger)
    stored = world.env.backend.get_message(menu.message.channel_id, menu.message.id)
    forged = custom_id.format(house.stranger.id)
    stored.components[0]["components"][0]["custom_id"] = forged
    async with world.unchanged():
        said = await house.admin.choose(menu, VIEWER, custom_id=forged)
    assert said.text == "This button or list is out of date. Run the command again."


async def test_an_erased_person_shows_as_a_mention_only(house: House) -> None:
    await house.stranger.type("my register")
    asked = await house.stranger.type("my erase")
    await house.stranger.press(asked, "Erase")
    shown = await house.auditor.type("people show", member=house.stranger.member)
    assert shown.title == f"Person: {house.stranger.id}"
    listed = (await house.auditor.type("people list")).description.splitlines()
    assert listed[:2] == [
        "_No one is registered yet._",
        "_And everyone with one of these Discord roles:_",
    ]
    assert f"**manager**: <@&{house.roles['manager'].id}>" in listed
    assert not await rows_of(house.world.db, Member, house.guild.id)
