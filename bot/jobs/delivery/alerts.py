"""Alerts in the alerts channel: one message for each item that fell to its reorder point.

Posted once and answered by its buttons. A crash after posting repeats it with the same nonce, or,
when Discord no longer knows that, finds the message by its button.
"""

import asyncio
from dataclasses import replace

import discord

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.batches import (
    LOOK_BACK_MESSAGES,
    NONCE_LIFE,
    SEND_SECONDS,
    NoChannelError,
    nonce_of,
)
from bot.services.low_stock import MAY_ANSWER, ListLowStock, list_low_stock
from bot.services.shifts import ListOnShift, list_on_shift
from bot.views.alerts import SNOOZE, low_stock_alert


class AlertDrawing:
    """Posts the alerts of a record."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Post an alert for each item that the record made low, unless it was refilled since."""
        if held.channel_id is None:
            raise NoChannelError
        actor = system_actor(held.guild_id, "job")
        found = await self._db.query(list_low_stock, ListLowStock(record=row.record), actor)
        if not found:
            return
        channel = self._client.get_partial_messageable(held.channel_id)
        able = ListOnShift(permissions=MAY_ANSWER)
        on_shift = await self._db.query(list_on_shift, able, actor)
        is_old = self._db.clock() - row.created_at > NONCE_LIFE
        posted = await list_posted(self._client, channel) if is_old else set()
        for low in found:
            if SNOOZE.custom_id((low.item_id, row.record)) in posted:
                continue
            nonce = nonce_of(f"{held.guild_id}/{row.record}/{low.item_id}")
            alert = replace(low_stock_alert(low, row.record), mentioned=on_shift)
            async with asyncio.timeout(SEND_SECONDS):
                await channel.send(nonce=nonce, **alert.for_sending())


async def list_posted(client: discord.Client, channel: discord.PartialMessageable) -> set[str]:
    """List the custom ids under the bot's own newest messages."""
    assert client.user is not None
    found: set[str] = set()
    async for message in channel.history(limit=LOOK_BACK_MESSAGES):
        if message.author.id != client.user.id:
            continue
        for held in message.components:
            children = held.children if isinstance(held, discord.ActionRow) else ()
            found.update(each.custom_id for each in children if each.custom_id)
    return found
