"""`/access why` agrees with the check, and shows where a permission comes from."""

from datetime import timedelta

import pytest

from bot.database.unit import UnitOfWork
from bot.services.permissions import list_offered
from tests.cogs.phones import Phone
from tests.cogs.test_role_deletion import give_by_name
from tests.cogs.world import House, World
from tests.database.books import recorded
from tests.database.clock import Clock

UNGRANTED = "people.manage"


async def switch_off(house: House, person: Phone) -> None:
    """Deactivate a member, as the owner."""

    async def deactivate(uow: UnitOfWork) -> None:
        await uow.members.create(user_id=person.id, name="x", registered_at=uow.now)
        await uow.members.update_by_id(person.id, deactivated_at=uow.now)

    operation = recorded(deactivate, [])
    await house.world.db.run(operation, None, house.actor_of(house.owner), f"off-{person.id}")


async def why(asking: Phone, about: Phone, permission: str = "stock.move") -> list[str]:
    answer = await asking.type("access why", member=about.member, permission=permission)
    return answer.lines


async def test_a_permission_is_traced_to_the_discord_role_that_grants_it(house: House) -> None:
    assert await why(house.auditor, house.employee) == [
        f"✅ <@{house.employee.id}> has `stock.move`:",
        f"- the role **employee**, from <@&{house.roles['employee'].id}>",
    ]


async def test_permissions_of_everyone_and_assigned_roles_are_distinguished(
    house: House, clock: Clock
) -> None:
    await house.owner.type("role bind", discord_role=house.guild.default_role, role="viewer")
    clock.now += timedelta(days=3650)
    await give_by_name(house, house.stranger, 12)
    lines = await why(house.auditor, house.stranger, "stock.view")
    assert lines[0] == f"✅ <@{house.stranger.id}> has `stock.view`:"
    assert lines[1].startswith("- the role **employee**, assigned by name <t:")
    assert lines[2:] == ["- the role **viewer**, from @\u200beveryone"]


async def test_an_assignment_from_before_the_member_last_joined_has_expired(
    house: House, clock: Clock
) -> None:
    await give_by_name(house, house.stranger, 12)
    member = house.world.env.backend.get_member(house.guild.id, house.stranger.id)
    member.joined_at = (clock.now + timedelta(days=1)).isoformat()
    lines = await why(house.auditor, house.stranger)
    assert lines[0] == f"❌ <@{house.stranger.id}> does not have `stock.move`."
    assert lines[1].endswith("but expired when they left; assign it again")
    assert (await house.stranger.type("take", item="BOLT-8")).text.startswith(
        "You don't have permission"
    )


async def test_a_missing_permission_is_shown_with_those_who_can_grant_it(house: House) -> None:
    assert await why(house.viewer, house.viewer, UNGRANTED) == [
        "❌ You do not have `people.manage`.",
        "Your roles do not grant it.",
        f"Roles that grant it: **admin** (<@&{house.roles['admin'].id}>).",
        (
            "Who can grant it: the server's owner and members with "
            f"**admin** (<@&{house.roles['admin'].id}>)."
        ),
    ]


async def test_the_owner_always_has_two_permissions(house: House) -> None:
    assert await why(house.owner, house.owner, "ROLE.MANAGE") == [
        "✅ You have `role.manage`:",
        "- as the server's owner, always",
    ]
    assert (await why(house.owner, house.owner))[0] == "❌ You do not have `stock.move`."


async def test_deactivated_members_may_ask_and_are_told_why(world: World, house: House) -> None:
    await switch_off(house, house.employee)
    async with world.unchanged():
        lines = await why(house.employee, house.employee)
    assert lines[0].startswith("❌ Your access has been deactivated")
    assert lines[1].startswith("- the role **employee**")
    asked = await why(house.auditor, house.employee)
    assert asked[0].startswith(f"❌ <@{house.employee.id}> is deactivated")


async def test_members_who_left_have_no_permissions(house: House) -> None:
    await give_by_name(house, house.colleague, 12)
    left = house.colleague.member.user
    house.world.env.backend.remove_member(house.guild.id, left.id)
    await house.world.env.settle()
    answer = await house.auditor.type("access why", member=left, permission="stock.move")
    assert answer.lines[0] == (
        f"❌ <@{left.id}> is not in this server and has no permissions here."
    )
    assert answer.lines[1].startswith("- the role **employee**, assigned by name")


async def test_asking_about_others_needs_people_view(world: World, house: House) -> None:
    async with world.unchanged():
        for person in (house.stranger, house.viewer, house.employee, house.owner):
            refused = await why(person, house.manager)
            assert refused[-1] == "-# `people.view`"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("stock.fly", "There is no permission **stock.fly**. Did you mean **stock.view**, "),
        ("moving", "There is no permission **moving**."),
        ("x" * 521, "The permission is too long: 520 characters at most."),
        ("<@1>", "There is no permission **\\<@\u200b1>**."),
    ],
)
async def test_unknown_permissions_are_refused(
    world: World, house: House, typed: str, words: str
) -> None:
    async with world.unchanged():
        lines = await why(house.viewer, house.viewer, typed)
    assert lines[0].startswith(words)


async def test_the_permissions_are_offered(house: House) -> None:
    offered = await house.stranger.values("access why", "permission", "MOVE")
    assert offered == ["stock.move"]
    # Discord takes 25; the others are found by what is typed.
    offered = await house.stranger.values("access why", "permission")
    assert offered == [*list_offered()][:25]
    assert await house.stranger.values("access why", "permission", "audit") == ["audit.view"]
