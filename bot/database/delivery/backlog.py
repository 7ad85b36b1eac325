"""How much is still to be delivered, in figures for monitoring."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.promise_statements import IS_WAITING
from bot.database.models import Outbox, OutboxLane, PendingAnswer
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_outbox, _lane = table_of(Outbox).c, table_of(OutboxLane).c
_is_blocked = _lane.blocked_reason.is_not(None)
_ROWS = (
    select(_is_blocked, func.count(), func.min(_outbox.created_at))
    .join_from(
        table_of(Outbox),
        table_of(OutboxLane),
        and_(_outbox.guild_id == _lane.guild_id, _outbox.lane == _lane.lane),
    )
    .group_by(_is_blocked)
)
_PENDING = select(func.count()).select_from(table_of(PendingAnswer)).where(IS_WAITING)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of the outbox, and how long the oldest has waited."""

    rows: int = 0
    oldest_age_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is on its way, what waits until a guild fixes something, who waits for an answer."""

    due: Waiting
    blocked: Waiting
    pending_answers: int


async def read_backlog(db: DatabaseService) -> Backlog:
    """Measure the backlog of all guilds; raises Unavailable."""
    now = db.clock()

    async def work(connection: AsyncConnection) -> Backlog:
        found = {
            bool(is_blocked): Waiting(rows, _seconds_between(oldest, now))
            for is_blocked, rows, oldest in await connection.execute(_ROWS)
        }
        pending = await connection.scalar(_PENDING)
        return Backlog(found.get(False, Waiting()), found.get(True, Waiting()), pending or 0)

    return await db.maintenance.read(work)


def _seconds_between(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
