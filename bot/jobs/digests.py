"""Digests: what expires soon and what is late goes to the alerts channel, once a day."""

from datetime import datetime, timedelta

from bot.database.delivery.digests import queue_digest
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.periods import start_of
from bot.services.digest import GetDigest, get_digest


class DigestHandler:
    """Queues the digest of a day that has anything in it; due at each local midnight."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def __call__(self, guild_id: int) -> datetime:
        """Queue a guild's digest of today; returns its next midnight."""
        actor = system_actor(guild_id, "job")
        found = await self._db.query(get_digest, GetDigest(), actor)
        if found.parts:
            await queue_digest(self._db, guild_id, found.day)
        return start_of(found.day + timedelta(days=1), found.timezone)
