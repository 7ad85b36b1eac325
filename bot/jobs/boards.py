"""Boards: which of them show something else than the books, looked at after changes.

A change of a guild with boards only notes the guild, in memory and after its commit: a unit costs
the same with boards and without. A look draws the guild's boards without showing them and asks for
those that differ to be drawn, in their lanes (`bot/jobs/delivery/boards.py`). What other processes
wrote is noticed twice a minute by the heads of those guilds' books, and all boards are looked at
at the start: what a killed process left undone is done then.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from loguru import logger

from bot.database.delivery.board_messages import BoardMessages
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.boards import EDIT_EVERY
from bot.domain.periods import day_of
from bot.domain.shards import Share
from bot.errors import TallymanError, Unavailable
from bot.jobs.delivery.boards import draw_board, is_due
from bot.jobs.loop import Job
from bot.services.boards.reading import GetBoard, get_board, list_board_ids

# A guild whose boards take long to read is looked at a quarter of the time.
_OF_THE_TIME: Final = 4
_AT_ONCE: Final = 2
_LONGEST: Final = timedelta(minutes=5)
_MAX_DOUBLINGS: Final = 6
_FAILED: Final = timedelta(minutes=1)

# The head of a guild's book and the day that it is there, on which lots expire.
_Seen = tuple[int, date]


@dataclass(slots=True)
class _Guild:
    """A guild with boards: when it may be looked at again, and what of it did not get better."""

    seen: _Seen | None = None
    next_look: datetime | None = None
    is_changed: bool = True
    # The boards that differ, each with when it was last edited, and how often that was so.
    stuck: tuple[tuple[int, datetime | None], ...] = ()
    times_stuck: int = 0


class BoardJob(Job):
    """Looks at the boards of guilds that changed, each at most once in five seconds."""

    interval_seconds = 30.0

    def __init__(
        self, db: DatabaseService, share: Share, wake_lanes: Callable[[int], None]
    ) -> None:
        super().__init__()
        self._db = db
        self._share = share
        self._wake_lanes = wake_lanes
        self._messages = BoardMessages(db)
        self._guilds: dict[int, _Guild] = {}
        self._next_heads = 0.0
        # What wakes the loop next, for a guild whose time will have come.
        self._waking: asyncio.TimerHandle | None = None
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    def note(self, guild_id: int) -> None:
        """Look at a guild soon if it has boards: its books changed."""
        known = self._guilds.get(guild_id)
        if known is not None and not known.is_changed:
            known.is_changed = True
            self._wake_at(known.next_look)

    def note_drawn(self, guild_id: int) -> None:
        """Look once more at a guild whose board was drawn: it may have changed meanwhile."""
        known = self._guilds.setdefault(guild_id, _Guild(is_changed=False))
        known.next_look = self._db.clock() + EDIT_EVERY
        self.note(guild_id)

    async def run_once(self) -> None:
        """Look at all guilds with boards that changed, however recently they were looked at."""
        await self._read_heads()
        for known in self._guilds.values():
            known.next_look = None
        await self._look_at_changed()

    async def run_round(self) -> None:
        """Look at what changed and whose time has come."""
        if time.monotonic() >= self._next_heads:
            await self._read_heads()
            self._next_heads = time.monotonic() + self.interval_seconds
        await self._look_at_changed()

    async def _read_heads(self) -> None:
        """Note the guilds whose books moved on, or whose day is another, since the last time."""
        # Those whose first board is created meanwhile are not in the answer, and stay.
        before = set(self._guilds)
        heads = await self._messages.list_heads(self._share)
        now = self._db.clock()
        for gone in before - {head.guild_id for head in heads}:
            del self._guilds[gone]
        for head in heads:
            known = self._guilds.setdefault(head.guild_id, _Guild())
            seen = (head.last_record, day_of(now, head.timezone))
            if seen != known.seen:
                known.seen, known.is_changed = seen, True

    async def _look_at_changed(self) -> None:
        now = self._db.clock()
        due = [
            (guild_id, known)
            for guild_id, known in self._guilds.items()
            # A wait that is longer than any was begun by a clock that was ahead.
            if known.is_changed
            and (known.next_look is None or not now < known.next_look <= now + _LONGEST)
        ]
        await asyncio.gather(*(self._look(guild_id, known) for guild_id, known in due))
        for known in self._guilds.values():
            if known.is_changed:
                self._wake_at(known.next_look)

    async def _look(self, guild_id: int, known: _Guild) -> None:
        async with self._at_once:
            known.is_changed, began = False, time.monotonic()
            try:
                await self._compare(guild_id, known)
            except Unavailable:
                known.is_changed = True
                known.next_look = self._db.clock() + EDIT_EVERY
                return
            except TallymanError:
                # One guild's trouble keeps no other waiting.
                logger.exception("The boards of guild {} cannot be read", guild_id)
                known.is_changed = True
                known.next_look = self._db.clock() + _FAILED
                return
            took = timedelta(seconds=time.monotonic() - began)
            wait = max(EDIT_EVERY * 2.0**known.times_stuck, took * _OF_THE_TIME)
            known.next_look = self._db.clock() + min(wait, _LONGEST)

    async def _compare(self, guild_id: int, known: _Guild) -> None:
        """Ask for the boards to be drawn that show something else than the books.

        Such a guild is looked at until none does: what is asked for while a board is being drawn
        is answered with that drawing, which may be of an older state.
        """
        actor = system_actor(guild_id, "job")
        differing = []
        for board_id in await self._db.query(list_board_ids, None, actor):
            request = GetBoard(board_id=board_id)
            look = (await self._db.query(get_board, request, actor)).look
            if look is not None and is_due(look, draw_board(look.shown)):
                differing.append((board_id, look.message.edited_at if look.message else None))
        stuck = tuple(differing)
        is_same = bool(stuck) and stuck == known.stuck
        known.times_stuck = min(known.times_stuck + 1, _MAX_DOUBLINGS) if is_same else 0
        known.stuck = stuck
        if differing:
            known.is_changed = True
            await self._messages.queue(guild_id, [board_id for board_id, _ in differing])
            self._wake_lanes(guild_id)

    def _wake_at(self, moment: datetime | None) -> None:
        """Let a round begin then; the earliest such moment is enough."""
        # A loop that does not run needs no waking.
        if self._task is None:
            return
        loop, now = asyncio.get_running_loop(), self._db.clock()
        at = loop.time() + max(0.0, ((moment or now) - now).total_seconds())
        if self._waking is not None:
            if self._waking.when() <= at:
                return
            self._waking.cancel()
        self._waking = loop.call_at(at, self._wake_now)

    def _wake_now(self) -> None:
        # Timers may come a little early: the round that finds nothing due yet sets another one.
        self._waking = None
        self.wake()
