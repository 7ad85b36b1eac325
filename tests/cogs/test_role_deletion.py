"""Deleting a role asks first, with all that goes with it, and is one record."""

from bot.database.models import Guild, Role, RoleAssignment, RoleBinding
from bot.database.unit import UnitOfWork
from tests.cogs.phones import Phone
from tests.cogs.world import House, World
from tests.database.books import recorded, rows_of


async def give_by_name(house: House, person: Phone, role_id: int) -> None:
    """Assign a role by name, as the owner."""

    async def assign(uow: UnitOfWork) -> None:
        await uow.role_assignments.create(
            user_id=person.id, role_id=role_id, assigned_at=uow.now, assigned_by=house.owner.id
        )

    key = f"give-{person.id}-{role_id}"
    await house.world.db.run(recorded(assign, []), None, house.actor_of(house.owner), key)


async def test_what_goes_with_a_role_is_said_and_then_goes_in_one_record(
    world: World, house: House
) -> None:
    await give_by_name(house, house.stranger, 12)
    asked = await house.admin.type("role delete", role="EMPLOYEE")
    assert asked.lines[0] == "Delete the role **employee** for good? This removes:"
    assert f"its links to Discord roles: <@&{house.roles['employee'].id}>" in asked.lines
    assert f"its assignments by name: <@{house.stranger.id}>" in asked.lines
    assert asked.lines[-1] == "It is the `default_role`: new members will get no role."
    before = await house.records()
    await world.restart()
    deleted = await house.admin.press(asked, "Delete")
    assert deleted.lines[0] == "✅ Deleted the role **employee**"
    assert deleted.record == before + 1 == await house.records()
    assert f"members: <@{house.stranger.id}> → none" in deleted.lines
    assert "default_role: employee → none" in "\n".join(deleted.lines).replace("\\", "")
    assert not deleted.buttons
    guild_id = house.guild.id
    assert 12 not in {role.id for role in await rows_of(world.db, Role, guild_id)}
    assert 12 not in {row.role_id for row in await rows_of(world.db, RoleBinding, guild_id)}
    assert not await rows_of(world.db, RoleAssignment, guild_id)
    assert (await rows_of(world.db, Guild, guild_id))[0].default_role_id is None
    refused = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert refused.text.startswith("You don't have permission")


async def test_a_question_that_is_out_of_date_deletes_nothing(world: World, house: House) -> None:
    asked = await house.admin.type("role delete", role="viewer")
    await give_by_name(house, house.stranger, 11)
    async with world.unchanged():
        answer = await house.admin.press(asked, "Delete")
    assert answer.text.startswith("This role was changed after you looked at it.")
    again = await house.admin.type("role delete", role="viewer")
    assert "✅" in (await house.admin.press(again, "Delete")).text
    async with world.unchanged():
        other = await house.manager.type("find", query="BOLT-8")
        refused = await house.manager.forge(other, again.buttons["Delete"])
        gone = await house.admin.forge(again, again.buttons["Delete"])
    assert refused.text.startswith("You don't have permission")
    assert gone.text == "This role no longer exists."


async def test_the_last_who_managed_roles_leave_the_owner(house: House) -> None:
    asked = await house.owner.type("role delete", role="admin")
    assert "✅" in (await house.owner.press(asked, "Delete")).text
    assert (await house.admin.type("role list")).text.startswith("You don't have permission")
    assert "✅" in (await house.owner.type("role create", name="admin")).text
