from typing import Any

import pytest

from tests.cogs.phones import Phone
from tests.cogs.world import House, World

EVERYBODY = {"stranger", "viewer", "employee", "manager", "auditor", "admin", "owner"}
LOOKERS = {"viewer", "employee", "manager", "auditor", "admin"}
MOVERS = {"employee", "manager", "admin"}
MANAGERS = {"manager", "admin"}
READERS = {"manager", "auditor", "admin"}
KEEPERS = {"admin", "owner"}

NOBODYS = "no such thing"
ITEM, PLACE = {"item": NOBODYS}, {"location": NOBODYS}
ENDS = {"from": NOBODYS, "to": NOBODYS}

# Whoever may do it is refused for what they ask, so that nothing ever changes here.
COMMANDS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "take": (MOVERS, ITEM | PLACE),
    "put": (MOVERS, ITEM | PLACE),
    "move": (MOVERS, ITEM | ENDS | {"quantity": "1"}),
    "adjust": (MANAGERS, ITEM | PLACE | {"counted": "1", "reason": "none"}),
    "find": (LOOKERS, {"query": NOBODYS}),
    "undo": (MOVERS, {"record": 4711}),
    "history": (LOOKERS, {}),
    "item add": (MANAGERS, {"sku": "<@1>", "name": "<@1>"}),
    "item edit": (MANAGERS, ITEM),
    "item archive": (MANAGERS, ITEM),
    "item restore": (MANAGERS, ITEM),
    "item show": (LOOKERS, ITEM),
    "item list": (LOOKERS, {}),
    "location add": (MANAGERS, {"name": "<@1>"}),
    "location rename": (MANAGERS, PLACE | {"name": "Other"}),
    "location archive": (MANAGERS, PLACE),
    "location show": (LOOKERS, PLACE),
    "location list": (LOOKERS, {}),
    "settings show": (KEEPERS, {}),
    "settings set": (KEEPERS, {"key": "currency", "value": NOBODYS}),
    "role list": (READERS, {}),
    "role bind": (KEEPERS, {"role": NOBODYS}),
    "role unbind": (KEEPERS, {"role": NOBODYS}),
}


def person(house: House, name: str) -> Phone:
    found = getattr(house, name)
    assert isinstance(found, Phone)
    return found


@pytest.mark.parametrize("name", sorted(EVERYBODY))
async def test_commands_are_for_those_who_hold_the_right(
    world: World, house: House, name: str
) -> None:
    may: set[str] = set()
    async with world.unchanged():
        for command, (_, options) in COMMANDS.items():
            picked = {"discord_role": house.roles["viewer"]} if "bind" in command else {}
            answer = await person(house, name).type(command, **options, **picked)
            if not answer.text.startswith("You may not do this: it takes `"):
                may.add(command)
    assert may == {command for command, (people, _) in COMMANDS.items() if name in people}


async def test_the_missing_right_is_named_with_whom_to_ask(house: House) -> None:
    answer = await house.viewer.type("take", item="BOLT-8")
    assert answer.text == (
        "You may not do this: it takes `stock.move`. Ask an admin of these books for a role."
    )


async def test_a_lost_role_takes_effect_at_the_next_command(world: World, house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    house.take_role(house.employee, "employee")
    async with world.unchanged():
        answer = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert answer.text.startswith("You may not do this")


async def test_an_unbound_role_takes_effect_at_the_next_command(world: World, house: House) -> None:
    await house.admin.type("role unbind", discord_role=house.roles["employee"], role="employee")
    async with world.unchanged():
        answer = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert answer.text.startswith("You may not do this")


async def test_somebody_in_two_roles_may_what_either_may(house: House) -> None:
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
            assert answer.text.startswith("You may not do this")


async def test_no_command_works_in_a_direct_message(world: World, house: House) -> None:
    user = world.env.create_user("visitor")
    visitor = Phone(world.env, user, user.dm_channel)
    async with world.unchanged():
        for command in [*COMMANDS, "setup"]:
            answer = await visitor.send(command)
            assert answer.text == (
                "I keep a server's books. Use my commands in your server, not here."
            )
    assert await house.records() == 7


async def test_no_button_works_in_a_direct_message(world: World, house: House) -> None:
    user = world.env.create_user("visitor")
    visitor = Phone(world.env, user, user.dm_channel)
    message = await visitor.send("find")
    async with world.unchanged():
        for custom_id in (
            "record:undo:7",
            "record:again:7",
            "stock:take:100:1:101",
            "item:page:a0:",
        ):
            answer = await visitor.forge(message, custom_id)
            assert answer.text.startswith("I keep a server's books.")
    assert await house.level("BOLT-8", "Shelf A1") == 10
