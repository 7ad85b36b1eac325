"""The audit channel as a reader sees it, and as the bot writes in it."""

import re

import simcord

from bot.database.models import AuditMessage
from tests.cogs.world import House, World
from tests.database.books import rows_of


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


async def require_every_line_found(world: World, house: House, *channels: str) -> None:
    """Compare what is known of where records are with what the channels show."""
    known = {
        (row.channel_id, row.message_id, record)
        for row in await rows_of(world.db, AuditMessage, house.guild.id)
        for record in range(row.first_record, row.last_record + 1)
    }
    shown = [
        (house.guild.channels[name].id, message.id, int(record))
        for name in channels
        for message in house.guild.channels[name].history()
        for record in re.findall(r"`#(\d+)`", message.content)
    ]
    assert len(shown) == len({record for *_, record in shown})
    assert known == set(shown)
