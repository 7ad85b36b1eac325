"""Lanes of the outbox: lease one, freeze a batch before sending it, mark it once it arrived.

A lane is a destination within a guild. Whoever holds its lease delivers; a batch is frozen
with its text and nonce first, so that after a crash the very same message is sent again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import AuditEvent, Guild, GuildChannel, Outbox, OutboxLane
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.lanes import APPROVALS, purpose_of

# Renewed with every step of a delivery, so that what a killed process held is free in seconds.
LEASE = timedelta(seconds=10)
MAX_LINES = 20
_MAX_LANES = 200

_lane, _outbox = table_of(OutboxLane), table_of(Outbox)
_event, _guild, _channel = table_of(AuditEvent), table_of(Guild), table_of(GuildChannel)
_THIS = and_(_lane.c.guild_id == bindparam("g"), _lane.c.lane == bindparam("l"))
_FREE = or_(
    _lane.c.leased_until.is_(None),
    _lane.c.leased_until < bindparam("now"),
    _lane.c.leased_by == bindparam("me"),
)
_MAY_GO = or_(_outbox.c.not_before.is_(None), _outbox.c.not_before <= bindparam("now"))
_HAS_ROWS = exists().where(
    _outbox.c.guild_id == _lane.c.guild_id, _outbox.c.lane == _lane.c.lane, _MAY_GO
)
_DUE = (
    select(_lane.c.guild_id, _lane.c.lane)
    .where(_FREE, _HAS_ROWS, or_(_lane.c.retry_at.is_(None), _lane.c.retry_at <= bindparam("now")))
    # Lanes that are well come first, on both engines.
    .order_by(_lane.c.retry_at.asc().nulls_first())
    .limit(_MAX_LANES)
)
_LEASE = (
    update(_lane)
    .where(_THIS, _FREE)
    .values(leased_by=bindparam("me"), leased_until=bindparam("until"))
    .returning(*_lane.c)
)
_TIMEZONE = select(_guild.c.timezone).where(_guild.c.guild_id == bindparam("g"))
_CHANNEL = select(_channel.c.channel_id).where(
    _channel.c.guild_id == bindparam("g"), _channel.c.purpose == bindparam("purpose")
)
_EVENTS = (
    select(_event)
    .join(
        _outbox,
        and_(_outbox.c.guild_id == _event.c.guild_id, _outbox.c.record == _event.c.record),
    )
    .where(_outbox.c.guild_id == bindparam("g"), _outbox.c.lane == bindparam("l"), _MAY_GO)
    .order_by(_outbox.c.record)
    .limit(MAX_LINES)
)
_CHANGE_HELD = update(_lane).where(_THIS, _lane.c.leased_by == bindparam("me"))
_FREEZE = _CHANGE_HELD.values(
    batch_channel_id=bindparam("channel_id"),
    batch_last_record=bindparam("last_record"),
    batch_text=bindparam("text"),
    batch_nonce=bindparam("nonce"),
    batch_frozen_at=bindparam("now"),
    leased_until=bindparam("until"),
)
_NO_BATCH: dict[str, Any] = {
    "batch_channel_id": None,
    "batch_last_record": None,
    "batch_text": None,
    "batch_nonce": None,
    "batch_frozen_at": None,
}
_NO_LEASE: dict[str, Any] = {"leased_by": None, "leased_until": None}
_HEALED: dict[str, Any] = {
    "failures": 0,
    "retry_at": None,
    "blocked_reason": None,
    "blocked_since": None,
    "owner_told_at": None,
}
_THAW = _CHANGE_HELD.values(**_NO_BATCH)
_DELIVERED = delete(_outbox).where(
    _outbox.c.guild_id == bindparam("g"),
    _outbox.c.lane == bindparam("l"),
    _outbox.c.record <= bindparam("last_record"),
)
_COMPLETE = _CHANGE_HELD.values(**_NO_BATCH, **_HEALED, leased_until=bindparam("until"))
_DELIVERED_ONE = delete(_outbox).where(
    _outbox.c.guild_id == bindparam("g"),
    _outbox.c.lane == bindparam("l"),
    _outbox.c.record == bindparam("record"),
    # What was put off meanwhile is still to come.
    _MAY_GO,
)
_RELEASE = _CHANGE_HELD.values(**_NO_LEASE)
_RELEASE_ALL = update(_lane).where(_lane.c.leased_by == bindparam("me")).values(**_NO_LEASE)
_POSTPONE = _CHANGE_HELD.values(
    **_NO_LEASE,
    failures=_lane.c.failures + 1,
    retry_at=bindparam("retry_at"),
    blocked_reason=bindparam("reason"),
    blocked_since=bindparam("since"),
)
_OWNER_TOLD = update(_lane).where(_THIS).values(owner_told_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class Batch:
    """A message that is on its way, unchanged until it arrived."""

    channel_id: int
    last_record: int
    text: str
    nonce: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class LeasedLane:
    """A lane that this process may deliver now; `channel_id` is where the guild wants it."""

    guild_id: int
    lane: str
    channel_id: int | None
    timezone: str
    batch: Batch | None
    failures: int
    blocked_since: datetime | None
    is_owner_told: bool


class OutboxLanes:
    """The lanes of all guilds, as one delivering process sees them."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db
        self._me = secrets.token_hex(8)

    async def list_due(self) -> list[tuple[int, str]]:
        """List lanes with something to deliver that nobody holds and that need not wait."""
        values = {"now": self._db.clock(), "me": self._me}

        async def work(connection: AsyncConnection) -> list[tuple[int, str]]:
            return [(row.guild_id, row.lane) for row in await connection.execute(_DUE, values)]

        return await self._db.maintenance.read(work)

    async def lease(self, guild_id: int, lane: str) -> LeasedLane | None:
        """Take a lane for ten seconds; None if another process holds it."""
        now = self._db.clock()
        values = {"g": guild_id, "l": lane, "me": self._me, "now": now, "until": now + LEASE}

        async def work(connection: AsyncConnection) -> LeasedLane | None:
            row = (await connection.execute(_LEASE, values)).first()
            if row is None:
                return None
            here = {"g": guild_id, "purpose": purpose_of(lane) or APPROVALS}
            channel_id = await connection.scalar(_CHANNEL, here)
            timezone = await connection.scalar(_TIMEZONE, {"g": guild_id})
            return LeasedLane(
                guild_id=guild_id,
                lane=lane,
                channel_id=channel_id,
                timezone=timezone or "UTC",
                batch=_batch(row),
                failures=row.failures,
                blocked_since=row.blocked_since,
                is_owner_told=row.owner_told_at is not None,
            )

        return await self._db.maintenance.write(work)

    async def list_events(self, guild_id: int, lane: str) -> list[AuditEvent]:
        """List the next records that the lane has to tell, oldest first, at most twenty."""
        values = {"g": guild_id, "l": lane, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> list[AuditEvent]:
            rows = await connection.execute(_EVENTS, values)
            return [AuditEvent.model_construct(**row._mapping) for row in rows]

        return await self._db.maintenance.read(work)

    async def freeze(
        self, held: LeasedLane, channel_id: int, last_record: int, text: str
    ) -> Batch | None:
        """Fix the next message before it is sent; None if the lease was lost meanwhile."""
        batch = Batch(channel_id, last_record, text, secrets.token_hex(12), self._db.clock())
        values = {
            "channel_id": channel_id,
            "last_record": last_record,
            "text": text,
            "nonce": batch.nonce,
            "now": batch.frozen_at,
            "until": batch.frozen_at + LEASE,
        }
        return batch if await self._change(_FREEZE, held, values) else None

    async def thaw(self, held: LeasedLane) -> bool:
        """Drop a frozen batch whose channel is no longer the guild's choice."""
        return await self._change(_THAW, held, {})

    async def complete(self, held: LeasedLane, batch: Batch) -> bool:
        """Note that the batch arrived: its rows are done and the lane is well."""
        return await self._finish(held, _DELIVERED, {"last_record": batch.last_record})

    async def complete_one(self, held: LeasedLane, record: int) -> bool:
        """Note that what one record asked for is done."""
        return await self._finish(held, _DELIVERED_ONE, {"record": record})

    async def _finish(
        self, held: LeasedLane, delivered: Executable, values: dict[str, Any]
    ) -> bool:
        """Take rows out of the lane and keep it; False if another process has it now."""
        now = self._db.clock()
        kept = self._held(held) | {"until": now + LEASE}
        gone = {"g": held.guild_id, "l": held.lane, "now": now, **values}

        async def work(connection: AsyncConnection) -> bool:
            result = await connection.execute(_COMPLETE, kept)
            if not result.rowcount:
                return False
            await connection.execute(delivered, gone)
            return True

        return await self._db.maintenance.write(work)

    async def release(self, held: LeasedLane) -> None:
        """Give the lane back."""
        await self._change(_RELEASE, held, {})

    async def release_all(self) -> None:
        """Give every lane back, so that the next process need not wait for the leases' end."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_RELEASE_ALL, {"me": self._me})

        await self._db.maintenance.write(work)

    async def postpone(self, held: LeasedLane, reason: str | None, wait: timedelta) -> None:
        """Give the lane back for later; `reason` says why people have to mend something."""
        now = self._db.clock()
        since = (held.blocked_since or now) if reason else None
        values = {"retry_at": now + wait, "reason": reason, "since": since}
        await self._change(_POSTPONE, held, values)

    def now_in(self, timezone: str) -> datetime:
        """Return the time that it is in a zone."""
        return self._db.clock().astimezone(ZoneInfo(timezone))

    def age_of(self, batch: Batch) -> timedelta:
        """Return how long ago a batch was frozen."""
        return self._db.clock() - batch.frozen_at

    async def note_owner_told(self, held: LeasedLane) -> None:
        """Note that the owner knows of the lane's trouble."""
        values = {"g": held.guild_id, "l": held.lane, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_OWNER_TOLD, values)

        await self._db.maintenance.write(work)

    def _held(self, held: LeasedLane) -> dict[str, Any]:
        return {"g": held.guild_id, "l": held.lane, "me": self._me}

    async def _change(self, statement: Any, held: LeasedLane, values: dict[str, Any]) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            result = await connection.execute(statement, self._held(held) | values)
            return bool(result.rowcount)

        return await self._db.maintenance.write(work)


def _batch(row: Any) -> Batch | None:
    if row.batch_text is None:
        return None
    return Batch(
        channel_id=row.batch_channel_id,
        last_record=row.batch_last_record,
        text=row.batch_text,
        nonce=row.batch_nonce,
        frozen_at=row.batch_frozen_at,
    )
