from tests.cogs.phones import Phone
from tests.cogs.world import House, World
from tests.permission_lines import COMMANDS, CONTROLS


async def test_the_missing_right_is_named_with_whom_to_ask(house: House) -> None:
    answer = await house.viewer.type("take", item="BOLT-8")
    assert answer.text == (
        "You don't have permission: **Take, put and move stock; undo own records**. "
        "Type `/my register` to get it.\n-# `stock.move`"
    )


async def test_a_lost_role_takes_effect_at_the_next_command(world: World, house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    house.take_role(house.employee, "employee")
    async with world.unchanged():
        answer = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert answer.text.startswith("You don't have permission")


async def test_an_unbound_role_takes_effect_at_the_next_command(world: World, house: House) -> None:
    await house.admin.type("role unbind", discord_role=house.roles["employee"], role="employee")
    async with world.unchanged():
        answer = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert answer.text.startswith("You don't have permission")


async def test_a_member_with_two_roles_may_do_what_either_allows(house: House) -> None:
    both = house.join("viewer", "employee")
    assert "✅" in (await both.type("take", item="BOLT-8", location="Shelf A1")).text


async def test_what_is_bound_to_everyone_is_for_everyone(house: House) -> None:
    await house.owner.type("role bind", discord_role=house.guild.default_role, role="viewer")
    assert (await house.stranger.type("find", query="BOLT-8")).title == "BOLT-8"


async def test_discords_administrators_hold_nothing_by_that(world: World, house: House) -> None:
    founder = house.join_administrator()
    async with world.unchanged():
        for command in ("setup", "settings show", "item list"):
            answer = await founder.type(command)
            assert answer.text.startswith("You don't have permission")


async def test_no_command_works_in_a_direct_message(world: World, house: House) -> None:
    user = world.env.create_user("visitor")
    visitor = Phone(world.env, user, user.dm_channel)
    async with world.unchanged():
        for command in COMMANDS:
            answer = await visitor.send(command.split(" · ")[0])
            assert answer.text == (
                "I keep a server's books. Use my commands in your server, not here."
            )
    assert await house.records() == 7


async def test_no_button_menu_or_form_works_in_a_direct_message(world: World, house: House) -> None:
    user = world.env.create_user("visitor")
    visitor = Phone(world.env, user, user.dm_channel)
    message = await visitor.send("find")
    async with world.unchanged():
        for name, line in CONTROLS.items():
            answer = await visitor.use(message, name.split()[0], line)
            assert answer.text.startswith("I keep a server's books."), name
        answer = await visitor.forge(message, "record:undo:7")
        assert answer.text.startswith("I keep a server's books.")
    assert await house.level("BOLT-8", "Shelf A1") == 10
