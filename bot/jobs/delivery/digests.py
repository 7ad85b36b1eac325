"""Digests in the alerts channel: one message a day.

A crash after posting repeats it with the same nonce, or, when Discord no longer knows that, finds
the message by its button.
"""

import asyncio

import discord

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.alerts import list_posted
from bot.jobs.delivery.batches import NONCE_LIFE, SEND_SECONDS, NoChannelError, nonce_of
from bot.services.digest import GetDigest, get_digest
from bot.views.digest import digest_message


class DigestDrawing:
    """Posts the digest of a day."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Post what there is to say now, unless it was posted before a crash."""
        if held.channel_id is None:
            raise NoChannelError
        actor = system_actor(held.guild_id, "job")
        found = await self._db.query(get_digest, GetDigest(), actor)
        if not found.parts:
            return
        channel = self._client.get_partial_messageable(held.channel_id)
        message = digest_message(found)
        if self._db.clock() - row.created_at > NONCE_LIFE:
            posted = await list_posted(self._client, channel)
            shown = message.view.children if message.view is not None else ()
            if any(getattr(item, "custom_id", None) in posted for item in shown):
                return
        nonce = nonce_of(f"{held.guild_id}/digest/{row.created_at}")
        async with asyncio.timeout(SEND_SECONDS):
            await channel.send(nonce=nonce, **message.for_sending())
