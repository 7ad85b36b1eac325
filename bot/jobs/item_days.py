"""Items' days: after each midnight, and as soon as an item is tracked, made from the ledger.

What is due is whatever the ledger has beyond each item's mark, so days of downtime, records that
came late and another time zone need nothing of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.database.controllers.item_days import RECORDS_AT_ONCE, Kept
from bot.database.delivery.kept_days import KeptDays
from bot.database.delivery.rest import Rest
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.item_days import RecordedMove, split_at_day
from bot.domain.periods import day_of
from bot.domain.schedule import next_midnight

# Some seconds of one guild's past; what is more comes when others had their turn.
_MAX_PIECES: Final = 100


@dataclass(slots=True)
class _Turn:
    """A guild's turn: how many pieces it may still make, and whether a day is not over."""

    guild_id: int
    zone: str
    left: int
    has_open_day: bool = False


class ItemDaysHandler:
    """Makes the days of a guild's tracked items that are over.

    Due at the local midnight after a day on which something happened.
    """

    def __init__(
        self,
        db: DatabaseService,
        max_pieces: int = _MAX_PIECES,
        records_at_once: int = RECORDS_AT_ONCE,
    ) -> None:
        self._db = db
        self._kept = KeptDays(db)
        self._rest = Rest(db)
        self._max_pieces = max_pieces
        self._at_once = records_at_once

    async def __call__(self, guild_id: int) -> datetime | None:
        """Make what is due; returns when more is, None if no item is tracked or the books rest."""
        async with self._db.look_up(system_actor(guild_id, "job")) as books:
            zone = (await books.guilds.require()).timezone
            tracked = await books.tracked_items.list_kept()
            left_over = await books.tracked_items.list_left_over()
            seen = books.head.last_record
        for item_id in left_over:
            await self._kept.drop(guild_id, item_id)
        if not tracked:
            return None
        turn = _Turn(guild_id, zone, self._max_pieces)
        for kept in tracked:
            await self._make(turn, kept)
            if not turn.left:
                return self._db.clock()
        if not turn.has_open_day and await self._rest.begin(guild_id, seen):
            return None
        return next_midnight(self._db.clock(), zone)

    async def _make(self, turn: _Turn, kept: Kept) -> None:
        """Make the days of an item, as long as the turn lasts."""
        if kept.timezone != turn.zone:
            if not await self._kept.begin(turn.guild_id, kept, turn.zone):
                turn.has_open_day = True  # another process is at it
                return
            kept = Kept(kept.item_id, 0, turn.zone)
        while turn.left:
            piece = await self._read(turn, kept)
            closed = split_at_day(piece, turn.zone, day_of(self._db.clock(), turn.zone))
            turn.has_open_day |= len(closed) < len(piece)
            if not closed:
                return
            turn.left -= 1
            until = closed[-1].record
            if not await self._kept.take(turn.guild_id, kept, closed, until):
                turn.has_open_day = True
                return
            if len(closed) < self._at_once:
                return
            kept = Kept(kept.item_id, until, turn.zone)

    async def _read(self, turn: _Turn, kept: Kept) -> list[RecordedMove]:
        assert kept.last_record is not None
        async with self._db.look_up(system_actor(turn.guild_id, "job")) as books:
            return await books.item_days.list_recorded(
                kept.item_id, kept.last_record, books.head.last_record, self._at_once
            )
