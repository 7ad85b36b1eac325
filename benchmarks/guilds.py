"""A hundred thousand guilds: what is due is found at once, and a process at rest asks hardly."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any, Final

import asyncpg
from sqlalchemy import event

from benchmarks.growth import milliseconds_of
from benchmarks.pairs import Figure, percentile
from benchmarks.servers import FIRST_GUILD, Server, opened, stocked
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.delivery.retention import KeptReceipts
from bot.database.delivery.schedule import Schedules
from bot.database.service import DatabaseService
from bot.domain.schedule import KINDS
from bot.domain.shards import Share
from bot.jobs.answers import AnswerJob
from bot.jobs.delivery.outbox import OutboxJob
from bot.jobs.schedule import ScheduleJob

GUILDS: Final = 100_000
_FIRST: Final = 1_000
_BITS: Final = 22
# Of these one in ten is blocked, and one in a hundred awake.
_BLOCKED_ROWS, _RECEIPTS, _AUDITED = 10, 10, 1
_TIMES: Final = 60
_DUE_MS, _RECEIPTS_MS, _REST_PER_SECOND = 5.0, 20.0, 1.0
_WAITED: Final = timedelta(seconds=5)
_FOURTH: Final = Share(4, (1,))

_COLUMNS: Final = (
    "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
    "AND NOT attisdropped ORDER BY attnum"
)


async def fill(dsn: str, template: int = FIRST_GUILD, count: int = GUILDS) -> None:
    """Copy what one guild has to many others, by SQL: most rest, some are blocked."""
    guilds = f"generate_series({_FIRST}, {_FIRST + count - 1})"
    connection = await asyncpg.connect(dsn)
    copy = partial(_copy, connection, template, guilds)
    try:
        # Records that receipts name are not made.
        await connection.execute("SET session_replication_role = replica")
        await copy("book", is_asleep=f"g % 100 <> {_AUDITED}")
        await copy("guild")
        blocked = "CASE WHEN g % 10 = 0 THEN now() + interval '1 hour' END"
        why = "CASE WHEN g % 10 = 0 THEN 'forbidden' END"
        await copy("outbox_lane", retry_at=blocked, blocked_reason=why, leased_until="NULL")
        await connection.execute(
            f"INSERT INTO schedule (guild_id, kind, due_at, failures) "
            f"SELECT g::bigint << {_BITS}, k, now() + interval '5 hours', 0 "
            f"FROM {guilds} g, unnest(ARRAY['day', 'digest']) k WHERE g % 100 = {_AUDITED}"
        )
        await connection.execute(
            f"INSERT INTO outbox (guild_id, lane, record, kind, created_at, parked_at) "
            f"SELECT g::bigint << {_BITS}, 'channel:audit', r, 'audit_line', now(), now() "
            f"FROM {guilds} g, generate_series(1, {_BLOCKED_ROWS}) r WHERE g % 10 = 0"
        )
        await copy(
            "receipt",
            each=f", generate_series(1, {_RECEIPTS}) r",
            key="'discord:' || r",
            record="r",
            created_at="now() - r * interval '1 day'",
        )
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def measure(server: Server) -> list[Figure]:
    """Measure what is due, old receipts, and what a process at rest asks."""
    await server.create("guilds")
    url = server.url("guilds")
    await stocked(url, guilds=1)
    await fill(server.dsn("guilds"))
    figures = []
    async with opened(url) as db:
        lanes, receipts = OutboxLanes(db, _FOURTH), KeptReceipts(db)
        some = (_FIRST + 7) << _BITS
        for name, work, ceiling in (
            ("lanes that are due", lanes.list_due, _DUE_MS),
            ("the schedule", partial(Schedules(db, _FOURTH).lease_due, KINDS), _DUE_MS),
            ("a guild's oldest receipt", partial(receipts.find_oldest, some), _RECEIPTS_MS),
            ("a guild's old receipts go", partial(receipts.purge, some), _RECEIPTS_MS),
        ):
            figures.append(await _timed(f"{name}, {GUILDS:,} guilds", work, ceiling))
        figures.append(await _rest(db))
    return figures


async def _timed(name: str, work: Callable[[], Awaitable[object]], ceiling: float) -> Figure:
    taken = [await milliseconds_of(work) for _ in range(_TIMES)]
    note = f"p10 of {_TIMES}: others' load left out; median {median(taken):.1f} ms"
    return Figure(name, percentile(taken, 10), "ms", ceiling=ceiling, note=note)


async def _rest(db: DatabaseService) -> Figure:
    """Count what the jobs of a process ask in one round of each, by how often they have one."""
    answers = PendingAnswers(db, _FOURTH)
    schedules = Schedules(db, _FOURTH)

    async def look_for_answers() -> None:
        await answers.list_waiting(older_than=_WAITED)
        await answers.purge()

    per_second = 0.0
    for work, seconds in (
        (OutboxLanes(db, _FOURTH).list_due, OutboxJob.interval_seconds),
        (partial(schedules.lease_due, KINDS), ScheduleJob.interval_seconds),
        (look_for_answers, AnswerJob.quiet_seconds),
    ):
        asked = await _count(db, work)
        per_second += asked / seconds
    return Figure("a process at rest", per_second, "/s", ceiling=_REST_PER_SECOND)


async def _count(db: DatabaseService, work: Callable[[], Awaitable[object]]) -> int:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engines = {db._engines.write, db._engines.read, db._engines.background}  # noqa: SLF001
    for engine in engines:
        event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        await work()
    finally:
        for engine in engines:
            event.remove(engine.sync_engine, "before_cursor_execute", note)
    return len(asked)


async def _copy(
    connection: Any, template: int, guilds: str, table: str, each: str = "", **values: str
) -> None:
    """Give every guild the first row of a table, but for some columns."""
    names = [row[0] for row in await connection.fetch(_COLUMNS, table)]
    values = {name: f"t.{name}" for name in names} | {"guild_id": f"g::bigint << {_BITS}"} | values
    picked = ", ".join(values[name] for name in names)
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM "
        f"(SELECT * FROM {table} WHERE guild_id = {template} LIMIT 1) t, {guilds} g{each}"
    )
