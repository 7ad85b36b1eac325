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
# Counted in the key's own order, and a row is read per lane instead of all of them: a lane's rows
# are as old as their records are low, save those that no record causes.
_COUNTED = (
    select(_outbox.guild_id, _outbox.lane, func.count().label("rows"))
    .group_by(_outbox.guild_id, _outbox.lane)
    .cte("counted")
)
_row = table_of(Outbox).alias("waiting")
_of_lane = and_(_row.c.guild_id == _COUNTED.c.guild_id, _row.c.lane == _COUNTED.c.lane)
_FIRST_RECORDED = (
    select(_row.c.created_at)
    .where(_of_lane, _row.c.record > 0)
    .order_by(_row.c.record)
    .limit(1)
    .scalar_subquery()
)
_FIRST_OTHER = select(func.min(_row.c.created_at)).where(_of_lane, _row.c.record == 0)
_ROWS = (
    select(
        _is_blocked,
        func.sum(_COUNTED.c.rows),
        func.min(_FIRST_RECORDED),
        func.min(_FIRST_OTHER.scalar_subquery()),
    )
    .join_from(
        _COUNTED,
        table_of(OutboxLane),
        and_(_COUNTED.c.guild_id == _lane.guild_id, _COUNTED.c.lane == _lane.lane),
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
            bool(is_blocked): Waiting(int(rows), _seconds_between(min(filter(None, firsts)), now))
            for is_blocked, rows, *firsts in await connection.execute(_ROWS)
        }
        pending = await connection.scalar(_PENDING)
        return Backlog(found.get(False, Waiting()), found.get(True, Waiting()), pending or 0)

    return await db.maintenance.read(work)


def _seconds_between(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
