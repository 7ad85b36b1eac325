from typing import Any

from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.rights import Need
from tests.cogs.world import House, World


async def test_the_default_roles_are_listed_with_what_brings_them(house: House) -> None:
    await house.owner.type("role bind", discord_role=house.guild.default_role, role="viewer")
    page = await house.auditor.type("role list")
    lines = page.description.splitlines()
    assert lines[0] == "**viewer** — Looks, changes nothing"
    assert f"<@&{house.roles['viewer'].id}>" in lines[1]
    assert "@\u200beveryone" in lines[1]
    assert lines[1].endswith(" · 6 permissions")
    opened = await house.auditor.press_row(page, "viewer")
    assert opened.lines[-1] == "- See reports `report.view`"
    assert [line.split("**")[1] for line in lines[::2]] == [
        "viewer",
        "employee",
        "manager",
        "auditor",
        "admin",
        "buyer",
        "accountant",
    ]


async def test_a_bound_role_is_shown_with_its_record(house: House) -> None:
    role = house.guild.create_role("forklift")
    bound = await house.admin.type("role bind", discord_role=role, role=" EMPLOYEE ")
    assert bound.lines == [
        "✅ Bound the role **employee**",
        f"Discord role: <@&{role.id}>",
        "`#8`",
    ]
    unbound = await house.admin.type("role unbind", discord_role=role, role="employee")
    assert unbound.lines[:2] == [
        "✅ Unbound the role **employee**",
        f"Discord role: <@&{role.id}> → none",
    ]


async def test_binding_twice_or_unbinding_nothing_is_refused(world: World, house: House) -> None:
    employee = {"discord_role": house.roles["employee"]}
    async with world.unchanged():
        twice = await house.admin.type("role bind", role="employee", **employee)
        nothing = await house.admin.type("role unbind", role="manager", **employee)
        unknown = await house.admin.type("role bind", role="pirate", **employee)
    assert twice.text == "That Discord role already grants the role **employee**."
    assert nothing.text == "That Discord role does not grant the role **manager**."
    assert unknown.text.startswith("There is no role **pirate**.")


async def test_everyone_only_looks(world: World, house: House) -> None:
    everyone = house.guild.default_role
    async with world.unchanged():
        for role in ("employee", "manager", "auditor", "admin"):
            answer = await house.owner.type("role bind", discord_role=everyone, role=role)
            assert answer.text == (
                f"The role **{role}** can do more than look, so everyone cannot have it."
            )
    assert "✅" in (await house.owner.type("role bind", discord_role=everyone, role="viewer")).text


async def test_people_grant_only_what_they_hold(world: World, house: House) -> None:
    await let_auditors_manage_roles(house)
    picked: dict[str, Any] = {"discord_role": house.guild.create_role("forklift")}
    async with world.unchanged():
        for role in ("employee", "manager", "admin"):
            answer = await house.auditor.type("role bind", role=role, **picked)
            assert answer.text.startswith(f"The role **{role}** grants more than you hold (`")
            assert answer.text.endswith("Ask the server's owner.")
        answer = await house.auditor.type("setup", manager_role=picked["discord_role"])
        assert answer.text.startswith("The role **manager** grants more than you hold")
        answer = await house.auditor.type("settings set", key="default_role", value="manager")
        assert answer.text.startswith("The role **manager** grants more than you hold")
    assert "✅" in (await house.auditor.type("role bind", role="viewer", **picked)).text
    assert "✅" in (await house.owner.type("role bind", role="manager", **picked)).text


async def test_an_owner_keeps_the_keys_whatever_is_unbound(house: House) -> None:
    admin = {"discord_role": house.roles["admin"], "role": "admin"}
    assert "✅" in (await house.owner.type("role unbind", **admin)).text
    assert (await house.admin.type("settings show")).text.startswith("You don't have permission")
    assert "✅" in (await house.owner.type("role bind", **admin)).text
    assert (await house.admin.type("settings show")).title == "Settings"


async def let_auditors_manage_roles(house: House) -> None:
    """Widen the auditors' role, as a later command will."""

    async def widen(uow: UnitOfWork, request: None) -> None:
        del request
        role = await uow.roles.require_reference("auditor")
        more = {"role.manage", "settings.manage"}
        await uow.roles.update_by_id(role.id, permissions=role.permissions | more)
        uow.record("test.changed", subject_type="role", subject_id=role.id, subject=role.name)

    operation = Operation("test.widen", widen, Need(("role.manage",)))
    await house.world.db.run(operation, None, house.actor_of(house.owner), "widen")
