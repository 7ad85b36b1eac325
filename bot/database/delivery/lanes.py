"""Lanes of the outbox: lease one, freeze a batch before sending it, mark it once it arrived.

A lane is a destination within a guild. Its lease's holder delivers; a batch is frozen with its
text and nonce first, so that after a crash the very same message is sent again. One line in the
audit channel takes two transactions: lease, read and freeze; then delete, mark and release.
"""

import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery import lane_statements as sql
from bot.database.delivery.known_guilds import KnownGuilds
from bot.database.delivery.lane_statements import LEASE
from bot.database.delivery.lane_steps import LaneSteps, LeaseLostError, here
from bot.database.delivery.leased_lanes import (
    Batch,
    Draft,
    LeasedLane,
    OutboxRow,
    to_leased_lane,
)
from bot.database.delivery.shares import values_of
from bot.database.service import DatabaseService
from bot.domain.lanes import AUDIT_LINE, KINDS, board_of
from bot.domain.shards import ALL_GUILDS, Share

T = TypeVar("T")
Lane: TypeAlias = tuple[int, str]
Compose: TypeAlias = Callable[[LeasedLane], Draft | None]


class OutboxLanes:
    """The lanes of all guilds, as one delivering process sees them.

    `kinds` are those with a renderer: rows of other kinds are set aside and block nothing.
    """

    def __init__(
        self,
        db: DatabaseService,
        share: Share = ALL_GUILDS,
        kinds: Collection[str] = KINDS,
    ) -> None:
        self._db = db
        self.known_guilds = KnownGuilds(db)
        self._share = share
        self._kinds = sorted(kinds)
        self._me = secrets.token_hex(8)
        self._steps = LaneSteps(self._me, db.clock, self._kinds)

    async def list_due(self, *, retries: int = sql.MAX_LANES) -> list[Lane]:
        """List lanes with something to deliver, those that are well first; at most 600.

        Of those that waited for people, at most `retries`, who waited longest first.
        Rows of lanes that wait are parked on the way: from then on the index leaves them out.
        """
        now = self._db.clock()
        found = await self._db.nodes.ask(partial(self._find_due, retries, now))
        well = [lane for lane, at in found if at is None]
        return [*well, *(lane for lane, at in found if at is not None)]

    async def list_due_in(self, guild_ids: Iterable[int]) -> list[Lane]:
        """List the lanes of some guilds that have something to deliver."""
        return await self._list(sql.DUE_IN_GUILDS, guild_ids)

    async def retry_now(self, guild_ids: Iterable[int]) -> None:
        """Let the waiting lanes of some guilds be tried again: something may have been fixed."""
        if waiting := await self._list(sql.WAITING_IN_GUILDS, guild_ids):
            await self._for_each(sql.RETRY_NOW, waiting, now=self._db.clock())

    async def lease(
        self, guild_id: int, lane: str, compose: Compose = lambda _held: None
    ) -> LeasedLane | None:
        """Take a lane for ten seconds and freeze what `compose` makes of its next rows.

        None if another process holds it, or nothing is to be delivered.
        """
        # It may have waited for its turn since before the clock was set.
        self._db.condition.require_right_clock()
        now = self._db.clock()
        values = {"g": guild_id, "l": lane, "me": self._me, "now": now, "longest": now + LEASE}
        values["until"] = now + LEASE

        async def work(connection: AsyncConnection) -> LeasedLane | None:
            row = (await connection.execute(sql.LEASE_LANE, values)).first()
            if row is None:
                return None
            guild = (await connection.execute(sql.GUILD, {"g": guild_id})).all()
            held = to_leased_lane(row, guild)
            if board_id := board_of(lane):
                where = {"g": guild_id, "b": board_id}
                held = held.leading_to(await connection.scalar(sql.BOARD_CHANNEL, where))
            if held.batch is not None:
                return held
            held = await self._steps.read_rows(connection, held)
            if not held.rows:
                await self._steps.give_back(connection, held)
                return None
            draft = compose(held)
            return held if draft is None else await self._steps.freeze(connection, held, draft)

        return await self._db.maintenance.write(work)

    async def freeze(self, held: LeasedLane, draft: Draft) -> LeasedLane | None:
        """Fix the next message before it is sent; None if the lease was lost meanwhile."""

        async def work(connection: AsyncConnection) -> LeasedLane:
            return await self._steps.freeze(connection, held, draft)

        return await self._while_held(work)

    async def thaw(self, held: LeasedLane) -> LeasedLane | None:
        """Drop a frozen batch whose channel is no longer the guild's choice."""

        async def work(connection: AsyncConnection) -> LeasedLane | None:
            return await self._steps.go_on(connection, replace(held, batch=None))

        return await self._while_held(work)

    async def complete(self, held: LeasedLane) -> LeasedLane | None:
        """Note that the batch arrived; None if nothing is left or the lease was lost.

        Which message has which records of the audit is kept in the same transaction.
        """
        batch = held.batch
        assert batch is not None

        async def work(connection: AsyncConnection) -> LeasedLane | None:
            gone = here(held) | {"k": batch.kind, "last_record": batch.last_record}
            gone["now"] = self._db.clock()
            if batch.kind == AUDIT_LINE and batch.message_id is not None:
                at = {"c": batch.channel_id, "m": batch.message_id}
                note = sql.NOTE_AUDIT_MESSAGE[connection.dialect.name]
                await connection.execute(note, gone | at)
            await connection.execute(sql.DELIVERED, gone)
            return await self._steps.go_on(connection, await self._steps.heal(connection, held))

        return await self._while_held(work)

    async def complete_rows(self, held: LeasedLane, rows: Sequence[OutboxRow]) -> LeasedLane | None:
        """Note that what some rows asked for is done; otherwise like `complete`.

        Without any the lease is renewed: whether the lane is well again is not known yet.
        """
        lane = here(held) | {"now": self._db.clock()}
        gone = [lane | {"r": row.record, "k": row.kind, "seen": row.created_at} for row in rows]

        async def work(connection: AsyncConnection) -> LeasedLane | None:
            if not gone:
                return await self._steps.go_on(connection, held)
            await connection.execute(sql.DELIVERED_ROW, gone)
            return await self._steps.go_on(connection, await self._steps.heal(connection, held))

        return await self._while_held(work)

    async def postpone(self, held: LeasedLane, reason: str | None, wait: timedelta) -> None:
        """Give the lane back for later; `reason` says why people have to fix something."""
        now = self._db.clock()
        since = (held.blocked_since or now) if reason else None
        values = {"me": self._me, "until": now + wait, "reason": reason, "since": since}
        await self._for_each(sql.POSTPONE, [(held.guild_id, held.lane)], **values)

    async def set_aside(self, held: LeasedLane, *, tries: int, wait: timedelta) -> bool:
        """Put the next row off if a defect keeps it from being composed; False if it is not time.

        One that was set aside before has one try. A line of the audit channel is never set aside:
        what that channel is for is that each record is in it, in order.
        """
        now = self._db.clock()
        lane = here(held) | {"now": now, "until": now + wait}
        asked = lane | {"me": self._me, "kinds": self._kinds}

        async def work(connection: AsyncConnection) -> bool:
            row = (await connection.execute(sql.BROKEN, asked)).first()
            if row is None or row.kind == AUDIT_LINE:
                return False
            if row.set_aside_at is None and row.failures + 1 < tries:
                return False
            await connection.execute(sql.SET_ASIDE_FOR, lane | {"r": row.record, "k": row.kind})
            logger.error(
                "The message {} about record {} in the lane {} of guild {} is set aside",
                row.kind,
                row.record,
                held.lane,
                held.guild_id,
            )
            await self._steps.give_back(connection, await self._steps.heal(connection, held))
            return True

        return bool(await self._while_held(work))

    async def release(self, lanes: Iterable[Lane]) -> None:
        """Give lanes back, so that the next process need not wait for the leases' end."""
        await self._for_each(sql.RELEASE, lanes, me=self._me)

    async def drop_empty(self, guild_id: int, lane: str) -> None:
        """Delete a lane that has nothing to deliver and is not leased."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(sql.LOCK_BOOK, {"g": guild_id})
            await connection.execute(sql.DROP_EMPTY, {"g": guild_id, "l": lane})

        await self._db.maintenance.write(work)

    async def list_blocked(self, reason: str) -> list[Lane]:
        """List the lanes that wait for this reason."""

        async def work(connection: AsyncConnection) -> list[Lane]:
            found = await connection.execute(sql.BLOCKED_BY, {"reason": reason})
            return [(row.guild_id, row.lane) for row in found]

        return await self._db.maintenance.read(work)

    async def note_owner_told(self, held: LeasedLane) -> bool:
        """Note that the owner knows of the lane's trouble; False if that was noted before."""
        values = here(held) | {"now": self._db.clock()}

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(sql.OWNER_TOLD, values)).first() is not None

        return await self._db.maintenance.write(work)

    def now_in(self, timezone: str) -> datetime:
        """Return the time that it is in a zone."""
        return self._db.clock().astimezone(ZoneInfo(timezone))

    def age_of(self, batch: Batch) -> timedelta:
        """Return how long ago a batch was frozen."""
        return self._db.clock() - batch.frozen_at

    async def _find_due(
        self, retries: int, now: datetime, guilds: Sequence[int] | None
    ) -> list[tuple[Lane, datetime | None]]:
        """Find lanes that are due, each with the end of its wait, among all guilds or some."""
        values = {**self._asked(), **values_of(self._share, now)}
        values["retries"] = min(retries, sql.MAX_LANES)
        asked = (sql.DUE, sql.RETRIED)
        if guilds is not None:
            asked, values["guilds"] = (sql.DUE_AMONG, sql.RETRIED_AMONG), guilds

        async def work(connection: AsyncConnection) -> list[Any]:
            return [row for each in asked for row in await connection.execute(each, values)]

        found = await self._db.maintenance.read(work)
        retry_at = {(row.guild_id, row.lane): row.retry_at for row in found}
        waiting = [lane for lane, at in retry_at.items() if at is not None and at > now]
        if waiting:
            await self._for_each(sql.PARK, waiting, now=now)
        return [(lane, at) for lane, at in retry_at.items() if at is None or at <= now]

    # How transactions are opened

    async def _while_held(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T | None:
        try:
            return await self._db.maintenance.write(work)
        except LeaseLostError:
            return None

    async def _for_each(self, statement: Any, lanes: Iterable[Lane], **values: Any) -> None:
        given = [{"g": guild_id, "l": lane, **values} for guild_id, lane in lanes]

        async def work(connection: AsyncConnection) -> None:
            if given:
                await connection.execute(statement, given)

        await self._db.maintenance.write(work)

    async def _list(self, statement: Any, guild_ids: Iterable[int]) -> list[Lane]:
        values = self._asked() | {"guilds": sorted(guild_ids)}

        async def work(connection: AsyncConnection) -> list[Lane]:
            return [(r.guild_id, r.lane) for r in await connection.execute(statement, values)]

        return await self._db.maintenance.read(work)

    def _asked(self) -> dict[str, Any]:
        now = self._db.clock()
        return {"now": now, "longest": now + LEASE, "me": self._me, "kinds": self._kinds}
