"""Items' days: after each midnight, and as soon as an item is tracked, made from the ledger.

What is due is whatever the ledger has beyond each item's mark, so days of downtime, records that
came late and another time zone need nothing of their own.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.database.controllers.item_days import RECORDS_AT_ONCE, Kept
from bot.database.delivery.kept_days import KeptDays
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.item_days import split_at_day
from bot.domain.periods import day_of, start_of

# Some seconds of one guild's past; what is more comes when others had their turn.
_MAX_PIECES: Final = 100


class ItemDaysHandler:
    """Makes the days of a guild's tracked items that are over; due at each local midnight."""

    def __init__(
        self,
        db: DatabaseService,
        max_pieces: int = _MAX_PIECES,
        records_at_once: int = RECORDS_AT_ONCE,
    ) -> None:
        self._db = db
        self._kept = KeptDays(db)
        self._max_pieces = max_pieces
        self._at_once = records_at_once

    async def __call__(self, guild_id: int) -> datetime | None:
        """Make what is due; returns when more is, None if no item is tracked."""
        actor = system_actor(guild_id, "job")
        async with self._db.look_up(actor) as books:
            zone = (await books.guilds.require()).timezone
            tracked = await books.tracked_items.list_kept()
            left_over = await books.tracked_items.list_left_over()
        for item_id in left_over:
            await self._kept.drop(guild_id, item_id)
        if not tracked:
            return None
        left = self._max_pieces
        for kept in tracked:
            left = await self._make(guild_id, kept, zone, left)
            if not left:
                return self._db.clock()
        tomorrow = day_of(self._db.clock(), zone) + timedelta(days=1)
        return start_of(tomorrow, zone)

    async def _make(self, guild_id: int, kept: Kept, zone: str, left: int) -> int:
        """Make an item's days in so many pieces at most; returns how many are left."""
        if kept.timezone != zone:
            if not await self._kept.begin(guild_id, kept, zone):
                return left  # another process is at it
            kept = Kept(kept.item_id, 0, zone)
        actor = system_actor(guild_id, "job")
        while left:
            left -= 1
            async with self._db.look_up(actor) as books:
                assert kept.last_record is not None
                piece = await books.item_days.list_recorded(
                    kept.item_id, kept.last_record, books.head.last_record, self._at_once
                )
            if not piece:
                return left + 1
            closed = split_at_day(piece, zone, day_of(self._db.clock(), zone))
            if not closed:
                return left
            until = closed[-1].record
            if not await self._kept.take(guild_id, kept, closed, until):
                return left
            if len(closed) < self._at_once:
                return left
            kept = Kept(kept.item_id, until, zone)
        return left
