"""Digests: what expires soon and what is late goes to the alerts channel, once a day.

Before it, items that fell to their reorder point because lots expired are alerted.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from bot.database.delivery.digests import queue_digest
from bot.database.delivery.rest import Rest
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.periods import day_of, start_of
from bot.errors import NothingToDo
from bot.services.digest import GetDigest, get_digest
from bot.services.expiring import ExpireLots, expire_lots


class DigestHandler:
    """Queues the digest of a day that has anything in it.

    Due at each local midnight, and in books that rest on the first day that will have any.
    """

    def __init__(self, db: DatabaseService) -> None:
        self._db = db
        self._rest = Rest(db)

    async def __call__(self, guild_id: int) -> datetime | None:
        """Queue a guild's digest of today; returns when the next may have anything in it."""
        actor = system_actor(guild_id, "job")
        await self._expire(guild_id)
        found = await self._db.query(get_digest, GetDigest(), actor)
        if found.parts:
            await queue_digest(self._db, guild_id, found.day)
        tomorrow = found.day + timedelta(days=1)
        if found.next_day == tomorrow or not await self._rest.begin(guild_id, found.record):
            return start_of(tomorrow, found.timezone)
        return None if found.next_day is None else start_of(found.next_day, found.timezone)

    async def _expire(self, guild_id: int) -> None:
        actor = system_actor(guild_id, "job")
        async with self._db.look_up(actor) as books:
            zone = (await books.guilds.require()).timezone
        key = f"expired-{day_of(self._db.clock(), zone).isoformat()}"
        with suppress(NothingToDo):
            await self._db.run(expire_lots, ExpireLots(), actor, key)
