"""Postings of scheduled reports: each day of a schedule is taken once, and marked once posted.

The day is taken in the transaction that queues its message, and marked before that is done:
whatever dies in between leaves either nothing, or a message that is still to be posted.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Date, Integer, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lane_statements import LOCK_BOOK, OPEN_LANE
from bot.database.models import Guild, Outbox, OutboxLane, ReportPosting, ReportSchedule
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.lanes import REPORT, report_lane
from bot.domain.report_schedules import Every, Occurrence, Rhythm

_schedule, _posting = table_of(ReportSchedule), table_of(ReportPosting)
_guild, _lane, _outbox = table_of(Guild), table_of(OutboxLane), table_of(Outbox)
_g: Any = bindparam("g")
_s: Any = bindparam("s")
_day: Any = bindparam("posted_day", type_=Date)
_OF_GUILD = _posting.c.guild_id == _g
_OF_SCHEDULE = and_(_OF_GUILD, _posting.c.schedule_id == _s)
_WAITS = _posting.c.posted_at.is_(None)

_ZONE: Final = select(_guild.c.timezone).where(_guild.c.guild_id == _g)
_SCHEDULES: Final = select(_schedule).where(_schedule.c.guild_id == _g).order_by(_schedule.c.id)
_LAST_DAYS: Final = (
    select(_posting.c.schedule_id, func.max(_posting.c.day), func.min(_posting.c.day))
    .where(_OF_GUILD)
    .group_by(_posting.c.schedule_id)
)
_TAKE: Final = {
    "postgresql": postgresql.insert(_posting).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_posting).on_conflict_do_nothing(),
}


def _queue(insert: Any) -> Any:
    """Build the insert of a message; one that is being done becomes younger, which keeps it."""
    made = insert(_outbox)
    return made.on_conflict_do_update(
        index_elements=_outbox.primary_key.columns, set_={"created_at": made.excluded.created_at}
    )


_QUEUE: Final = {"postgresql": _queue(postgresql.insert), "sqlite": _queue(sqlite.insert)}
# What is behind the last day says nothing any more.
_FORGET: Final = delete(_posting).where(
    _OF_SCHEDULE, _posting.c.day < bindparam("last", type_=Date), ~_WAITS
)
_REMOVE_POSTINGS: Final = delete(_posting).where(_OF_SCHEDULE)
_IN_LANE = and_(_outbox.c.guild_id == _g, _outbox.c.lane == bindparam("l"))
_REMOVE_ROWS: Final = delete(_outbox).where(_IN_LANE)
_REMOVE_LANE: Final = delete(_lane).where(_lane.c.guild_id == _g, _lane.c.lane == bindparam("l"))

_SCHEDULE: Final = select(_schedule, _guild.c.timezone).where(
    _schedule.c.guild_id == _g, _schedule.c.id == _s, _guild.c.guild_id == _schedule.c.guild_id
)
_WAITING: Final = (
    select(_posting.c.day, _posting.c.due_at, _posting.c.skipped)
    .where(_OF_SCHEDULE, _WAITS)
    .order_by(_posting.c.day)
)
_SKIP: Final = delete(_posting).where(_OF_SCHEDULE, _WAITS, _posting.c.day < _day)
_COUNT_SKIPPED: Final = (
    update(_posting)
    .where(_OF_SCHEDULE, _posting.c.day == _day)
    .values(skipped=bindparam("count", type_=Integer))
)
_MARK: Final = (
    update(_posting)
    .where(_OF_SCHEDULE, _posting.c.day == _day)
    .values(posted_at=bindparam("now", type_=_posting.c.posted_at.type))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReport:
    """A report that is to be posted now, and how many before it were left out."""

    guild_id: int
    schedule_id: int
    kind: str
    channel_id: int
    rhythm: Rhythm
    day: date
    due_at: datetime
    skipped: int


class ReportPostings:
    """The postings of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def take(self, guild_id: int) -> datetime | None:
        """Take what is due in a guild and queue it; returns when to look next, None for never."""
        now = self._db.clock()

        async def work(connection: AsyncConnection) -> datetime | None:
            # No other takes anything meanwhile, and no empty lane is deleted.
            await connection.execute(LOCK_BOOK, {"g": guild_id})
            zone = await connection.scalar(_ZONE, {"g": guild_id}) or "UTC"
            schedules = (await connection.execute(_SCHEDULES, {"g": guild_id})).all()
            last = {row[0]: row[1] for row in await connection.execute(_LAST_DAYS, {"g": guild_id})}
            await _clear_up(connection, guild_id, last.keys() - {row.id for row in schedules})
            following: list[datetime] = []
            for row in schedules:
                rhythm = Rhythm(cast("Every", row.every), row.at_time, zone)
                due, comes = rhythm.list_due(row.created_at, last.get(row.id), now)
                following.append(comes.due_at)
                if due:
                    await _queue_due(connection, guild_id, row.id, due, now)
            return min(following, default=None)

        return await self._db.maintenance.write(work)

    async def find_schedule(self, guild_id: int, schedule_id: int) -> Any:
        """Return a schedule as a row, None if there is no such schedule any more."""

        async def work(connection: AsyncConnection) -> Any:
            asked = {"g": guild_id, "s": schedule_id}
            return (await connection.execute(_SCHEDULE, asked)).first()

        return await self._db.maintenance.read(work)

    async def find_next(self, guild_id: int, schedule_id: int, most: int) -> DueReport | None:
        """Return what is to be posted next of a schedule; all but the newest are left out."""
        here: dict[str, Any] = {"g": guild_id, "s": schedule_id}

        async def work(connection: AsyncConnection) -> DueReport | None:
            row = (await connection.execute(_SCHEDULE, here)).first()
            waiting = (await connection.execute(_WAITING, here)).all()
            if row is None or not waiting:
                return None
            *gone, first = waiting[: max(1, len(waiting) - most + 1)]
            skipped = first.skipped + sum(each.skipped + 1 for each in gone)
            if gone:
                here_now = {**here, "posted_day": first.day}
                await connection.execute(_SKIP, here_now)
                await connection.execute(_COUNT_SKIPPED, {**here_now, "count": skipped})
            return DueReport(
                guild_id=guild_id,
                schedule_id=schedule_id,
                kind=row.kind,
                channel_id=row.channel_id,
                rhythm=Rhythm(cast("Every", row.every), row.at_time, row.timezone),
                day=first.day,
                due_at=first.due_at,
                skipped=skipped,
            )

        return await self._db.maintenance.write(work)

    async def finish(self, due: DueReport) -> bool:
        """Note that a report is in its channel; returns whether another one waits."""
        here = {"g": due.guild_id, "s": due.schedule_id}

        async def work(connection: AsyncConnection) -> bool:
            marked = {**here, "posted_day": due.day, "now": self._db.clock()}
            await connection.execute(_MARK, marked)
            return (await connection.execute(_WAITING, here)).first() is not None

        return await self._db.maintenance.write(work)


async def _queue_due(
    connection: AsyncConnection,
    guild_id: int,
    schedule_id: int,
    due: list[Occurrence],
    now: datetime,
) -> None:
    engine = connection.dialect.name
    here = {"guild_id": guild_id, "schedule_id": schedule_id}
    rows = [{**here, "day": each.day, "due_at": each.due_at, "skipped": 0} for each in due]
    await connection.execute(_TAKE[engine], rows)
    last = {"g": guild_id, "s": schedule_id, "last": due[-1].day}
    await connection.execute(_FORGET, last)
    lane = {"guild_id": guild_id, "lane": report_lane(schedule_id)}
    await connection.execute(OPEN_LANE[engine], {**lane, "failures": 0})
    queued = {**lane, "record": 0, "kind": REPORT, "created_at": now}
    await connection.execute(_QUEUE[engine], queued)


async def _clear_up(connection: AsyncConnection, guild_id: int, gone: set[int]) -> None:
    """Delete what is left of schedules that are no more."""
    for schedule_id in gone:
        lane = {"g": guild_id, "l": report_lane(schedule_id)}
        await connection.execute(_REMOVE_POSTINGS, {"g": guild_id, "s": schedule_id})
        await connection.execute(_REMOVE_ROWS, lane)
        await connection.execute(_REMOVE_LANE, lane)
