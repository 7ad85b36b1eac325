"""The day's digest: queued at most once a day for a guild, whatever crashes in between."""

from datetime import date

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lane_statements import OPEN_LANE
from bot.database.models import Outbox, Schedule
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.lanes import ALERTS_LANE
from bot.domain.lanes import DIGEST as MESSAGE
from bot.domain.schedule import DIGEST

_schedule, _outbox = table_of(Schedule), table_of(Outbox)
# The day is taken in the statement that looks whether it was: of two processes one takes it.
_TAKE_DAY = (
    update(_schedule)
    .where(
        _schedule.c.guild_id == bindparam("g"),
        _schedule.c.kind == DIGEST,
        or_(_schedule.c.done_on.is_(None), _schedule.c.done_on < bindparam("day")),
    )
    .values(done_on=bindparam("day"))
)
# One that still waits shows what there is when it is posted: a second beside it would repeat it.
_QUEUE = {
    "postgresql": postgresql.insert(_outbox).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_outbox).on_conflict_do_nothing(),
}


async def queue_digest(db: DatabaseService, guild_id: int, day: date) -> bool:
    """Queue a guild's digest of a day, once; returns False if it was queued before."""

    async def work(connection: AsyncConnection) -> bool:
        taken = await connection.execute(_TAKE_DAY, {"g": guild_id, "day": day})
        if not taken.rowcount:
            return False
        engine, here = connection.dialect.name, {"guild_id": guild_id, "lane": ALERTS_LANE}
        await connection.execute(OPEN_LANE[engine], {**here, "failures": 0})
        queued = {**here, "record": 0, "kind": MESSAGE, "created_at": db.clock()}
        await connection.execute(_QUEUE[engine], queued)
        return True

    return await db.maintenance.write(work)
