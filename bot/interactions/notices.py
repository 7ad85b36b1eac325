"""Notices for people who can be notified in no other way: above the next answer that they get.

They take no direct messages and see no channel to be mentioned in. Their lane of the outbox waits,
and who they are is known in this process, so that everyone else's answers cost nothing more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from loguru import logger

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.service import DatabaseService
from bot.domain.lanes import DECISION, UNREACHABLE, direct_lane, recipient_of
from bot.domain.shards import Share
from bot.errors import Unavailable
from bot.interactions.clients import Interaction
from bot.views.approvals import decision_notice
from bot.views.replies import Reply

# Before the answer is shown: Discord waits for three seconds.
_READ_SECONDS = 0.7

Person: TypeAlias = tuple[int, int]  # guild and user
# Shows an answer; False says that it did not arrive.
Send: TypeAlias = Callable[[Reply], Awaitable[bool | None]]


class Notices:
    """Who waits for a notice; the lane's lease keeps it from being sent another way meanwhile."""

    def __init__(self, db: DatabaseService, share: Share) -> None:
        self._lanes = OutboxLanes(db, share)
        self._share = share
        self._waiting: set[Person] = set()
        self._late: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Learn at the start who waits for a notice."""
        try:
            blocked = await self._lanes.list_blocked(UNREACHABLE)
        except Unavailable:
            logger.warning("The database is away; who waits for a notice is learned later")
            return
        for guild_id, lane in blocked:
            if self._share.holds(guild_id):
                self.note(guild_id, lane)

    def note(self, guild_id: int, lane: str) -> None:
        """Notify a person above their next answer."""
        user_id = recipient_of(lane)
        if user_id is not None:
            self._waiting.add((guild_id, user_id))

    async def show(
        self, interaction: Interaction, reply: Reply, send: Send, *, is_update: bool = False
    ) -> None:
        """Send an answer, below the notices that its person waits for; an update as it is."""
        person = (interaction.guild_id or 0, interaction.user.id)
        if is_update or person not in self._waiting:
            await send(reply)
            return
        # At once: another answer to the same person must not show them too.
        self._waiting.discard(person)
        held = await self._take(person)
        if held is None:
            await send(reply)
            return
        rows = [row for row in held.rows if row.kind == DECISION and row.event is not None]
        texts = [decision_notice(row.event, "") for row in rows if row.event is not None]
        is_shown = False
        try:
            sent = await send(reply.below("\n".join(texts)) if texts else reply)
            is_shown = sent is not False
        finally:
            await self._settle(held, rows if is_shown else [])

    async def _take(self, person: Person) -> LeasedLane | None:
        """Lease the person's lane and read what waits in it; None if that takes too long."""
        task = asyncio.ensure_future(self._lease(person))
        await asyncio.wait({task}, timeout=_READ_SECONDS)
        if task.done():
            return task.result()
        late = asyncio.ensure_future(self._give_up(task))
        self._late.add(late)
        late.add_done_callback(self._late.discard)
        return None

    async def _lease(self, person: Person) -> LeasedLane | None:
        guild_id, user_id = person
        try:
            held = await self._lanes.lease(guild_id, direct_lane(user_id))
            if held is not None and held.batch is not None:
                # It was written for a direct message, which Discord refused.
                held = await self._lanes.thaw(held)
        except Unavailable:
            self._waiting.add(person)
            return None
        return held

    async def _give_up(self, task: "asyncio.Future[LeasedLane | None]") -> None:
        if (held := await task) is not None:
            await self._settle(held, [])

    async def _settle(self, held: LeasedLane, shown: list[OutboxRow]) -> None:
        """Delete what was shown and give the lane back; what was not is shown another time."""
        try:
            left: LeasedLane | None = held
            if shown:
                left = await self._lanes.complete_rows(held, shown)
            if left is not None:
                await self._lanes.release([(held.guild_id, held.lane)])
                self.note(held.guild_id, held.lane)
            else:
                await self._lanes.drop_empty(held.guild_id, held.lane)
        except Unavailable:
            logger.warning("The database is away; a notice may be shown once more")
            self.note(held.guild_id, held.lane)
