"""What people and guilds do to what the bot has written and relies on."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from simulator import ClientRefused, Guild, LoopbackDiscord, Permission
from tests.simulator.puppet import Puppet


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as it:
        yield it


@pytest.fixture
def guild(discord: LoopbackDiscord) -> Guild:
    return discord.add_guild("Depot")


async def ask(discord: LoopbackDiscord, path: str) -> tuple[int, object]:
    headers = {"Authorization": f"Bot {discord.world.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.get(discord.api_url + path) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_card_is_deleted_by_those_who_may(discord: LoopbackDiscord, guild: Guild) -> None:
    channel = guild.channel("general")
    card = Puppet(discord).post(channel, content="Supplier waits")
    janitor = guild.add_role("janitor", Permission.MANAGE_MESSAGES)
    with pytest.raises(ClientRefused):
        discord.act_as(guild.add_member("clerk")).delete(card)
    assert channel.messages == [card]
    discord.act_as(guild.add_member("boss", [janitor])).delete(card)
    assert channel.messages == []
    path = f"/channels/{channel.id}/messages/{card.id}"
    assert (await ask(discord, path))[0] == 404


async def test_the_members_of_each_role_are_counted(discord: LoopbackDiscord, guild: Guild) -> None:
    floor, office = guild.add_role("floor"), guild.add_role("office")
    for name in ("Eli", "Ada"):
        guild.add_member(name, [floor])
    path = f"/guilds/{guild.id}/roles/member-counts"
    (own,) = guild.me.roles
    counts = {str(own.id): 1, str(floor.id): 2, str(office.id): 0}
    assert await ask(discord, path) == (200, counts)
    guild.delete_role(floor)
    assert await ask(discord, path) == (200, {str(own.id): 1, str(office.id): 0})
    assert (await ask(discord, "/guilds/1/roles/member-counts"))[0] == 404


async def test_a_disabled_select_is_not_to_be_chosen_in(
    discord: LoopbackDiscord, guild: Guild
) -> None:
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    menu = {"type": 3, "custom_id": "m", "options": options, "max_values": 2, "disabled": True}
    message = Puppet(discord).post(
        guild.channel("general"), components=[{"type": 1, "components": [menu]}]
    )
    clerk = discord.act_as(guild.add_member("clerk"))
    with pytest.raises(ClientRefused, match="disabled"):
        clerk.send_select(message, "m", "A", "B")
    assert discord.world.interactions == {}
    message.components[0]["components"][0]["disabled"] = False
    sent = clerk.send_select(message, "m", "A", "B").interaction
    assert sent.data["values"] == ["a", "b"]
