"""What people are told before a guild is set up, and what a refusal tells them to do."""

import discord
import pytest

from tests.cogs.world import House, World
from tests.permission_lines import COMMANDS

NOT_YET = "These books are not set up yet. The server's owner or an administrator runs `/setup`."


@pytest.fixture
def bare(world: World) -> House:
    """A guild where nothing was set up."""
    return House(world, "Bare")


async def test_before_the_setup_every_command_says_so(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    options = {"item": "X", "name": "X", "sku": "X"}
    async with world.unchanged():
        for command in COMMANDS:
            name = command.split(" · ")[0]
            if name in {"setup", "help"}:
                continue
            assert (await bare.stranger.send(name)).text == NOT_YET, name
        for person in (bare.owner, founder):
            answer = await person.send("take", item=options["item"])
            assert answer.text == "Run `/setup` first."
        assert (await bare.stranger.type("setup")).text == NOT_YET


async def test_after_the_setup_nothing_is_asked_again(world: World, bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("manager"))
    assert (await bare.manager.type("item list")).title == "Items"
    await world.restart()
    assert (await bare.manager.type("item list")).title == "Items"


async def test_an_owner_is_told_how_to_become_admin(house: House) -> None:
    answer = await house.owner.type("item add", sku="NUT-8", name="Nut")
    assert answer.text == (
        "You don't have permission: **Add, change, archive and restore items**. You own this "
        "server: press **Make me admin** in `/setup`.\n-# `item.manage`"
    )


async def test_a_stranger_is_told_to_register_only_while_that_helps(house: House) -> None:
    refused = await house.stranger.type("take", item="BOLT-8")
    assert "Type `/my register` to get it." in refused.text
    wrong = await house.stranger.type("item add", sku="NUT-8", name="Nut")
    assert "/my register" not in wrong.text
    await house.stranger.type("my register")
    assert "✅" in (await house.stranger.type("take", item="BOLT-8", location="Shelf A1")).text
    await house.stranger.type("my erase")
    await house.stranger.press(await house.stranger.type("my erase"), "Erase")
    again = await house.stranger.type("take", item="BOLT-8")
    assert "/my register" not in again.text


async def test_people_are_told_which_discord_roles_can(house: House) -> None:
    answer = await house.employee.type("item add", sku="NUT-8", name="Nut")
    roles = ", ".join(f"<@&{house.roles[name].id}>" for name in ("admin", "manager"))
    assert f"{roles} can do this: ask an admin for a role." in answer.text


async def test_on_joining_one_sentence_is_posted_where_everyone_reads(world: World) -> None:
    guild = world.env.create_guild("New", owner=world.env.create_user("Olga"))
    hidden = discord.PermissionOverwrite(view_channel=False)
    secret = guild.create_text_channel("secret", overwrites={guild.default_role: hidden})
    floor = guild.create_text_channel("floor")
    joined = world.bot.get_guild(guild.id)
    assert joined is not None
    world.bot.dispatch("guild_join", joined)
    await world.env.settle()
    assert secret.last_message is None
    assert floor.last_message is not None
    assert floor.last_message.content.endswith("an administrator types `/setup` to begin.")
