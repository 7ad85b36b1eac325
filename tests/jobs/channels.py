"""The audit channel as a reader sees it, and as the bot writes in it."""

import re

import simcord

from tests.cogs.world import House


def told(channel: simcord.ChannelHandle) -> list[int]:
    """Return the numbers of the records that a channel was told of, in the order of telling."""
    lines = [line for message in channel.history() for line in message.content.splitlines()]
    found = [re.search(r"`#(\d+)`", line) for line in lines]
    return [int(match[1]) for match in found if match]


async def put(house: House, times: int, note: str = "") -> None:
    for _ in range(times):
        await house.employee.type("put", item="BOLT-8", location="Shelf A1", note=note)


def route(house: House) -> str:
    return f"/channels/{house.guild.channels['audit'].id}/messages"
