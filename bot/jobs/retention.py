"""Old receipts are deleted: what was asked a week ago is not asked again under the same key."""

from datetime import datetime, timedelta
from typing import Final

from bot.database.delivery.rest import Rest
from bot.database.delivery.retention import BATCH_RECEIPTS, RECEIPT_LIFE, KeptReceipts
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor

_MAX_BATCHES: Final = 20
_AT_MOST_EVERY: Final = timedelta(days=1)


class ReceiptHandler:
    """Deletes a guild's receipts older than a week; due when the oldest gets so old."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db
        self._receipts = KeptReceipts(db)
        self._rest = Rest(db)

    async def __call__(self, guild_id: int) -> datetime | None:
        """Delete batch by batch, each in a transaction of its own; returns when more is old."""
        for _ in range(_MAX_BATCHES):
            if await self._receipts.purge(guild_id) < BATCH_RECEIPTS:
                break
        else:
            return self._db.clock()
        now = self._db.clock()
        async with self._db.look_up(system_actor(guild_id, "job")) as books:
            seen = books.head.last_record
        oldest = await self._receipts.find_oldest(guild_id)
        if oldest is None and await self._rest.begin(guild_id, seen):
            return None
        oldest = oldest or now
        # A busy guild has one that gets old every minute: once a day is often enough.
        return max(oldest + RECEIPT_LIFE, now + _AT_MOST_EVERY)
