"""What a role holds is chosen in menus: closing one replaces that area, and no other."""

from typing import Any

import pytest
from simcord.components import walk_components

from bot.database.models import Role
from bot.database.operations import QUERIES
from bot.domain.permissions import PERMISSION_AREAS
from bot.services import permissions
from bot.services.permissions import list_offered
from tests.cogs.phones import Answer, Phone
from tests.cogs.test_roles import let_auditors_manage_roles
from tests.cogs.world import House, World
from tests.database.books import rows_of

_MENU = 3
STOCK, CATALOGUE, SUPPLIERS = "stock", "catalogue", "suppliers"


def menus(answer: Answer) -> dict[str, set[str]]:
    """Return what is chosen in each menu, by custom id."""
    found = [c for c in walk_components(answer.message.components) if c.get("type") == _MENU]
    return {
        menu["custom_id"]: {o["value"] for o in menu["options"] if o.get("default")}
        for menu in found
    }


def chosen(answer: Answer) -> set[str]:
    """Return what is chosen in the one menu of permissions."""
    ((_, names),) = [(name, values) for name, values in menus(answer).items() if "permit" in name]
    return names


async def open_area(person: Phone, answer: Answer, role: Any, area: str) -> Answer:
    return await person.choose(answer, area, custom_id=f"role:area:{role.id}")


async def role_of(house: House, name: str) -> Any:
    roles = await rows_of(house.world.db, Role, house.guild.id)
    return next(role for role in roles if role.name == name)


async def test_a_role_starts_with_nothing_and_is_given_what_is_chosen(
    world: World, house: House
) -> None:
    created = await house.admin.type("role create", name=" Night  shift ", description="After 10")
    assert created.lines[0] == "✅ Created the role **Night shift**"
    assert "It grants nothing yet: choose an area, then its permissions." in created.lines
    role = await role_of(house, "Night shift")
    assert list(menus(created)) == [f"role:area:{role.id}"]
    await world.restart()
    opened = await open_area(house.admin, created, role, STOCK)
    assert menus(opened)[f"role:area:{role.id}"] == {STOCK}
    assert chosen(opened) == set()
    await world.restart()
    moving = await house.admin.choose(
        opened, "stock.view", "stock.move", custom_id=f"role:permit:{role.id}:{STOCK}"
    )
    assert "stock: stock.view, stock.move" in moving.lines
    assert moving.record == created.record + 1
    assert chosen(moving) == {"stock.view", "stock.move"}
    catalogue = await open_area(house.admin, moving, role, CATALOGUE)
    looking = await house.admin.choose(
        catalogue, "item.view", custom_id=f"role:permit:{role.id}:{CATALOGUE}"
    )
    assert chosen(looking) == {"item.view"}
    stock = await open_area(house.admin, looking, role, STOCK)
    less = await house.admin.choose(stock, "stock.view", custom_id=f"role:permit:{role.id}:{STOCK}")
    assert "stock: stock.view, stock.move → stock.view" in less.lines
    none = await house.admin.choose(less, custom_id=f"role:permit:{role.id}:{STOCK}")
    assert "stock: stock.view → none" in none.lines
    assert (await role_of(house, "Night shift")).permissions == {"item.view"}
    await world.tell_audit()
    assert "created role **Night shift** description: After 10" in "\n".join(house.audit_lines())


async def test_a_menu_shows_what_the_role_holds_in_each_area(house: House) -> None:
    role = await role_of(house, "manager")
    shown = await house.admin.type("role permissions", role="MANAGER")
    seen = set[str]()
    for area, names in PERMISSION_AREAS.items():
        opened = await open_area(house.admin, shown, role, area)
        assert chosen(opened) <= set(names)
        seen |= chosen(opened)
    assert seen == set(list_offered()) & role.permissions


async def test_what_no_command_needs_is_shown_nowhere(
    world: World, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {
        name: each
        for name, each in QUERIES.items()
        if "report.view" not in (*each.need.any_of, *each.need.all_of)
    }
    monkeypatch.setattr(permissions, "QUERIES", others)
    async with world.unchanged():
        for answer in (
            await house.admin.type("role permissions", role="admin"),
            await house.admin.press_row(await house.admin.type("role list"), "**admin**"),
            await house.admin.type("my permissions"),
        ):
            assert "stock.move" in answer.text
            assert "request.pick" in answer.text
            assert "report.view" not in answer.text
    monkeypatch.undo()
    shown = await house.admin.type("my permissions")
    assert "report.view" in shown.text


async def test_a_menu_that_was_left_open_takes_back_nothing_in_other_areas(house: House) -> None:
    role = await role_of(house, "employee")
    shown = await house.admin.type("role permissions", role="employee")
    again = await house.admin.type("role permissions", role="employee")
    old = await open_area(house.admin, shown, role, STOCK)
    new = await open_area(house.admin, again, role, SUPPLIERS)
    await house.admin.choose(new, custom_id=f"role:permit:{role.id}:{SUPPLIERS}")
    await house.admin.choose(old, "stock.view", custom_id=f"role:permit:{role.id}:{STOCK}")
    expected = (role.permissions - {"stock.move", "device.use"}) - set(
        PERMISSION_AREAS["suppliers"]
    )
    assert (await role_of(house, "employee")).permissions == expected


async def test_choosing_what_is_chosen_changes_nothing(world: World, house: House) -> None:
    role = await role_of(house, "viewer")
    shown = await house.admin.type("role permissions", role="viewer")
    shown = await open_area(house.admin, shown, role, STOCK)
    async with world.unchanged():
        same = await house.admin.choose(
            shown, "stock.view", custom_id=f"role:permit:{role.id}:{STOCK}"
        )
    assert same.text == "**viewer** already has these values."


async def test_only_what_one_holds_is_added_to_a_role_or_removed(
    world: World, house: House
) -> None:
    await let_auditors_manage_roles(house)
    role = await role_of(house, "viewer")
    custom_id = f"role:permit:{role.id}:people"
    shown = await house.auditor.type("role permissions", role="viewer")
    shown = await open_area(house.auditor, shown, role, "people")
    async with world.unchanged():
        refused = await house.auditor.choose(
            shown, "people.view", "people.manage", custom_id=custom_id
        )
    assert refused.text == (
        "The role **viewer** would grant more than you hold (`people.manage`), and you can only "
        "grant what you hold. Ask the server's owner."
    )
    added = await house.auditor.choose(shown, "people.view", custom_id=custom_id)
    assert "✅" in added.text
    theirs = await house.owner.type("role permissions", role="viewer")
    theirs = await open_area(house.owner, theirs, role, "people")
    assert "✅" in (await house.owner.choose(theirs, "people.manage", custom_id=custom_id)).text
    # What others granted may stay, but not be removed.
    kept = await house.auditor.choose(shown, "people.manage", "people.view", custom_id=custom_id)
    assert "✅" in kept.text
    async with world.unchanged():
        taken = await house.auditor.choose(shown, "people.view", custom_id=custom_id)
    assert taken.text == (
        "The role **viewer** grants permissions that you do not hold (`people.manage`), and you "
        "can only take away what you hold. Ask the server's owner."
    )


async def test_what_everyone_has_never_learns_more_than_looking(world: World, house: House) -> None:
    everyone = house.guild.default_role
    await house.owner.type("role bind", discord_role=everyone, role="viewer")
    role = await role_of(house, "viewer")
    shown = await house.owner.type("role permissions", role="viewer")
    shown = await open_area(house.owner, shown, role, STOCK)
    async with world.unchanged():
        answer = await house.owner.choose(
            shown, "stock.view", "stock.move", custom_id=f"role:permit:{role.id}:{STOCK}"
        )
    assert answer.text == "The role **viewer** can do more than look, so everyone cannot have it."
    shown = await open_area(house.owner, shown, role, CATALOGUE)
    less = await house.owner.choose(shown, custom_id=f"role:permit:{role.id}:{CATALOGUE}")
    assert "✅" in less.text


async def test_a_menu_is_not_a_right(world: World, house: House) -> None:
    role = await role_of(house, "employee")
    shown = await house.admin.type("role permissions", role="employee")
    shown = await open_area(house.admin, shown, role, STOCK)
    house.take_role(house.admin, "admin")
    async with world.unchanged():
        answer = await house.admin.choose(
            shown, "stock.view", custom_id=f"role:permit:{role.id}:{STOCK}"
        )
    assert answer.text.endswith("-# `role.manage`")


async def test_a_role_that_is_gone_is_said_to_be(world: World, house: House) -> None:
    await house.admin.type("role create", name="Temp")
    role = await role_of(house, "Temp")
    shown = await house.admin.type("role permissions", role="temp")
    shown = await open_area(house.admin, shown, role, STOCK)
    await house.admin.press(await house.admin.type("role delete", role="Temp"), "Delete")
    async with world.unchanged():
        answer = await house.admin.choose(
            shown, "stock.view", custom_id=f"role:permit:{role.id}:{STOCK}"
        )
    assert answer.text == "This role no longer exists."


async def test_roles_have_names_of_their_own(world: World, house: House) -> None:
    async with world.unchanged():
        for name, words in {
            "VIEWER": "There is already a role named **VIEWER**.",
            "none": "The name **none** is reserved. Choose another.",
            "<@1>": "The name cannot contain Discord mentions",
            "x" * 41: "The name is too long: 40 characters at most.",
        }.items():
            answer = await house.admin.type("role create", name=name)
            assert answer.text.startswith(words)


async def test_there_are_twenty_five_roles_at_most(world: World, house: House) -> None:
    for number in range(20):
        await house.admin.type("role create", name=f"Role {number}")
    async with world.unchanged():
        answer = await house.admin.type("role create", name="One more")
    assert (
        answer.text
        == "There can be at most 25 roles. Delete one that is not used with `/role delete`."
    )
