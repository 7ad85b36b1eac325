"""`/access why` says what the check would say, and by which way somebody comes to a right."""

from datetime import timedelta

import pytest

from bot.database.unit import UnitOfWork
from tests.cogs.phones import Phone
from tests.cogs.test_role_deletion import give_by_name
from tests.cogs.world import House, World
from tests.database.books import recorded
from tests.database.clock import Clock

NOBODYS_RIGHT = "people.manage"


async def switch_off(house: House, person: Phone) -> None:
    """Deactivate somebody, as the owner."""

    async def deactivate(uow: UnitOfWork) -> None:
        uow.rights_changed()
        await uow.members.create(user_id=person.id, name="x", registered_at=uow.now)
        await uow.members.update_by_id(person.id, deactivated_at=uow.now)

    operation = recorded(deactivate, [])
    await house.world.db.run(operation, None, house.actor_of(house.owner), f"off-{person.id}")


async def why(asking: Phone, about: Phone, permission: str = "stock.move") -> list[str]:
    answer = await asking.type("access why", member=about.member, permission=permission)
    return answer.lines


async def test_a_right_that_a_discord_role_brings_is_traced_to_it(house: House) -> None:
    assert await why(house.auditor, house.employee) == [
        f"✅ <@{house.employee.id}> holds `stock.move`:",
        f"- the role **employee**, which <@&{house.roles['employee'].id}> brings",
    ]


async def test_a_right_of_everyone_and_one_given_by_name_are_told_apart(
    house: House, clock: Clock
) -> None:
    await house.owner.type("role bind", discord_role=house.guild.default_role, role="viewer")
    clock.now += timedelta(days=3650)
    await give_by_name(house, house.stranger, 12)
    lines = await why(house.auditor, house.stranger, "stock.view")
    assert lines[0] == f"✅ <@{house.stranger.id}> holds `stock.view`:"
    assert lines[1].startswith("- the role **employee**, given by name <t:")
    assert lines[2:] == ["- the role **viewer**, which @\u200beveryone brings"]


async def test_an_assignment_from_before_they_last_joined_is_void(
    house: House, clock: Clock
) -> None:
    clock.now -= timedelta(days=3650)
    await give_by_name(house, house.stranger, 12)
    lines = await why(house.auditor, house.stranger)
    assert lines[0] == f"❌ <@{house.stranger.id}> does not hold `stock.move`."
    assert lines[1].endswith("but they left the server since: void until it is given anew")
    assert (await house.stranger.type("take", item="BOLT-8")).text.startswith("You may not do this")


async def test_what_is_missing_is_said_with_whom_to_ask(house: House) -> None:
    assert await why(house.viewer, house.viewer, NOBODYS_RIGHT) == [
        "❌ You do not hold `people.manage`.",
        "No role of yours holds it.",
        f"Roles that hold it: **admin** (<@&{house.roles['admin'].id}>).",
        (
            "Who can grant it: the server's owner; "
            f"whoever has **admin** (<@&{house.roles['admin'].id}>)."
        ),
    ]


async def test_the_owner_holds_two_rights_by_that_alone(house: House) -> None:
    assert await why(house.owner, house.owner, "ROLE.MANAGE") == [
        "✅ You hold `role.manage`:",
        "- as the server's owner, always",
    ]
    assert (await why(house.owner, house.owner))[0] == "❌ You do not hold `stock.move`."


async def test_who_was_switched_off_is_told_so_and_may_ask(world: World, house: House) -> None:
    await switch_off(house, house.employee)
    async with world.unchanged():
        lines = await why(house.employee, house.employee)
    assert lines[0].startswith("❌ Your access to these books was switched off")
    assert lines[1].startswith("- the role **employee**")
    asked = await why(house.auditor, house.employee)
    assert asked[0].startswith(f"❌ <@{house.employee.id}>'s access to these books was")


async def test_who_left_holds_nothing(house: House) -> None:
    await give_by_name(house, house.colleague, 12)
    left = house.colleague.member.user
    house.world.env.backend.remove_member(house.guild.id, left.id)
    await house.world.env.settle()
    answer = await house.auditor.type("access why", member=left, permission="stock.move")
    assert answer.lines[0] == (
        f"❌ <@{left.id}> is not in this server (any more), so they hold nothing here."
    )
    assert answer.lines[1].startswith("- the role **employee**, given by name")


async def test_about_others_it_takes_the_right_to_look_at_people(
    world: World, house: House
) -> None:
    async with world.unchanged():
        for person in (house.stranger, house.viewer, house.employee, house.owner):
            refused = await why(person, house.manager)
            assert refused[0].startswith("You may not do this: it takes `people.view`.")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("stock.fly", "There is no permission **stock.fly**. Did you mean **stock.view**, "),
        ("moving", "There is no permission **moving**."),
        ("x" * 101, "The permission is too long: 100 characters at most."),
        ("<@1>", "There is no permission **\\<@\u200b1>**."),
    ],
)
async def test_what_is_no_permission_is_said_to_be_none(
    world: World, house: House, typed: str, words: str
) -> None:
    async with world.unchanged():
        lines = await why(house.viewer, house.viewer, typed)
    assert lines[0].startswith(words)


async def test_the_permissions_are_offered(house: House) -> None:
    offered = await house.stranger.values("access why", "permission", "MOVE")
    assert offered == ["stock.move"]
    assert len(await house.stranger.values("access why", "permission")) == 21
