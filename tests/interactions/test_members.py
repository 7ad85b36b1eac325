import asyncio

import pytest

from bot.errors import Unavailable
from bot.interactions.members import Members
from tests.cogs.world import House

MEMBERS = "/guilds/*/members/*"


class Watch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_callers_at_once_share_one_question_and_its_answer_for_a_minute(
    house: House,
) -> None:
    watch, who = Watch(), (house.guild.id, house.employee.id)
    members = Members(house.world.bot, watch)
    first, second = await asyncio.gather(members.ask(*who), members.ask(*who))
    assert first is not None
    assert first is second
    assert first.discord_role_ids == {house.guild.id, house.roles["employee"].id}
    assert first.joined_at is not None
    assert not first.is_owner
    watch.seconds = 59
    house.take_role(house.employee, "employee")
    assert await members.ask(*who) is first
    assert len(house.world.requests("GET", MEMBERS)) == 1
    watch.seconds = 60
    later = await members.ask(*who)
    assert later is not None
    assert later.discord_role_ids == {house.guild.id}


async def test_the_owner_is_known_and_who_is_no_member_is_none(house: House) -> None:
    members = Members(house.world.bot)
    owner = await members.ask(house.guild.id, house.owner.id)
    assert owner is not None
    assert owner.is_owner
    assert await members.ask(house.guild.id, 1) is None
    assert await members.ask(1, house.owner.id) is None


async def test_a_guild_of_another_process_is_asked_for(house: House) -> None:
    bot = house.world.bot
    known = bot._connection._guilds.pop(house.guild.id)
    try:
        owner = await Members(bot).ask(house.guild.id, house.owner.id)
    finally:
        bot._connection._guilds[house.guild.id] = known
    assert owner is not None
    assert owner.is_owner


async def test_a_question_that_failed_is_asked_again(house: House) -> None:
    members, who = Members(house.world.bot), (house.guild.id, house.employee.id)
    house.world.break_route("GET", "/guilds/*", status=500)
    with pytest.raises(Unavailable):
        await members.ask(*who)
    house.world.heal()
    assert await members.ask(*who) is not None
