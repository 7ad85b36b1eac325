"""The schedule: each thing once when it is due, and no trouble of one keeps another waiting."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from loguru import logger
from sqlalchemy import event

from bot.database.delivery.schedule import LEASE, Schedules
from bot.database.models import Schedule
from bot.database.service import DatabaseService
from bot.domain.shards import Share
from bot.errors import ClockBehind, ClockWrong
from bot.jobs.handlers import build_schedule
from bot.jobs.schedule import ScheduleJob
from tests.database.books import GUILD, OTHER_GUILD, Warehouse, rows_of
from tests.database.clock import Clock

KIND = "test"
DAY = timedelta(days=1)


class Calls:
    """A handler that notes what it was called for, and may fail for some guilds."""

    def __init__(self, clock: Clock, *, fails_for: int = 0, error: Exception | None = None) -> None:
        self.guilds: list[int] = []
        self._clock = clock
        self._fails_for = fails_for
        self._error = error or ZeroDivisionError()

    async def __call__(self, guild_id: int) -> datetime | None:
        self.guilds.append(guild_id)
        if guild_id == self._fails_for:
            raise self._error
        return self._clock.now + DAY


def job(
    db: DatabaseService,
    handler: Callable[[int], Awaitable[datetime | None]],
    share: Share | None = None,
) -> ScheduleJob:
    return ScheduleJob(Schedules(db, share or Share()), {KIND: handler}, db.clock)


async def row(db: DatabaseService, guild_id: int) -> Any:
    (found,) = [r for r in await rows_of(db, Schedule, guild_id) if r.kind == KIND]
    return found


@pytest.fixture
async def scheduled(db: DatabaseService, clock: Clock) -> Schedules:
    """Two guilds for which the same is due now."""
    schedules = Schedules(db)
    for guild_id in (GUILD, OTHER_GUILD):
        await Warehouse.open(db, guild_id)
        await schedules.put(guild_id, KIND, clock.now)
    return schedules


@pytest.mark.usefixtures("scheduled")
async def test_what_is_due_is_handled_once_and_put_to_its_next_time(
    db: DatabaseService, clock: Clock
) -> None:
    calls = Calls(clock)
    for _ in range(2):
        await job(db, calls).run_once()
    assert sorted(calls.guilds) == [GUILD, OTHER_GUILD]
    assert (await row(db, GUILD)).due_at == clock.now + DAY
    clock.advance(hours=24)
    await job(db, calls).run_once()
    assert len(calls.guilds) == 4


@pytest.mark.usefixtures("scheduled")
async def test_one_guilds_trouble_waits_longer_each_time_and_keeps_no_other_waiting(
    db: DatabaseService, clock: Clock
) -> None:
    calls = Calls(clock, fails_for=GUILD)
    await job(db, calls).run_once()
    assert sorted(calls.guilds) == [GUILD, OTHER_GUILD]
    assert (await row(db, GUILD)).due_at == clock.now + timedelta(minutes=1)
    clock.advance(minutes=1)
    await job(db, calls).run_once()
    failed = await row(db, GUILD)
    assert (failed.failures, failed.due_at) == (2, clock.now + timedelta(minutes=2))
    assert calls.guilds.count(OTHER_GUILD) == 1


@pytest.mark.usefixtures("scheduled")
@pytest.mark.parametrize(("is_ahead", "lines"), [(False, 1), (True, 0)])
async def test_a_guild_whose_books_are_ahead_waits_without_a_traceback_of_its_own(
    db: DatabaseService,
    clock: Clock,
    is_ahead: bool,  # noqa: FBT001 - the other half of the claim
    lines: int,
) -> None:
    a_year_ahead = ClockBehind(now=clock.now, newest=clock.now + 365 * DAY)
    error = a_year_ahead if is_ahead else ZeroDivisionError()
    said: list[str] = []
    sink = logger.add(lambda message: said.append(str(message)), level="DEBUG")
    await job(db, Calls(clock, fails_for=GUILD, error=error)).run_once()
    logger.remove(sink)
    assert len([line for line in said if "failed" in line]) == lines, said
    assert (await row(db, GUILD)).due_at == clock.now + timedelta(minutes=1)
    assert (await row(db, OTHER_GUILD)).due_at == clock.now + DAY


@pytest.mark.usefixtures("scheduled")
async def test_what_another_process_holds_is_left_to_it_until_its_lease_ends(
    db: DatabaseService, clock: Clock
) -> None:
    assert len(await Schedules(db).lease_due([KIND])) == 2
    calls = Calls(clock)
    await job(db, calls).run_once()
    assert calls.guilds == []
    clock.advance(seconds=LEASE.total_seconds() + 1)
    await job(db, calls).run_once()
    assert sorted(calls.guilds) == [GUILD, OTHER_GUILD]


@pytest.mark.usefixtures("scheduled")
async def test_a_lease_further_ahead_than_its_length_counts_as_none(
    db: DatabaseService, clock: Clock
) -> None:
    clock.advance(hours=24)
    await Schedules(db).lease_due([KIND])
    clock.advance(hours=-24)
    calls = Calls(clock)
    await job(db, calls).run_once()
    assert len(calls.guilds) == 2


@pytest.mark.usefixtures("scheduled")
async def test_guilds_of_other_shards_are_left_alone_for_a_minute(
    db: DatabaseService, clock: Clock
) -> None:
    calls, others = Calls(clock), Share(4, (3,))
    assert not others.holds(GUILD)
    await job(db, calls, others).run_once()
    assert calls.guilds == []
    clock.advance(seconds=61)
    await job(db, calls, others).run_once()
    assert len(calls.guilds) == 2


async def test_a_due_time_that_moves_while_it_is_handled_stays(
    db: DatabaseService, clock: Clock, scheduled: Schedules
) -> None:
    soon = clock.now + timedelta(minutes=3)

    async def move(guild_id: int) -> datetime:
        await scheduled.put(guild_id, KIND, soon)
        return clock.now + DAY

    await job(db, move).run_once()
    moved = await row(db, GUILD)
    assert (moved.due_at, moved.leased_by) == (soon, None)


async def test_an_idle_process_asks_for_nothing_but_what_is_due(db: DatabaseService) -> None:
    await Warehouse.open(db)
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    for engine in {db._engines.write, db._engines.read, db._engines.background}:
        event.listen(engine.sync_engine, "before_cursor_execute", note)
    schedule = build_schedule(db, Share())
    for _ in range(5):
        await schedule.run_once()
    asked = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(asked) == 5
    assert all("schedule" in statement for statement in asked)


@pytest.mark.usefixtures("scheduled")
async def test_a_clock_that_is_set_wrong_meanwhile_leaves_the_rest_for_later(
    db: DatabaseService, clock: Clock
) -> None:
    calls = Calls(clock)
    met = job(db, calls)

    def require_right_clock() -> None:
        if calls.guilds:
            raise ClockWrong(now=clock(), right=clock())

    met.require_right_clock = require_right_clock
    with pytest.raises(ClockWrong):
        await met.run_once()
    assert len(calls.guilds) == 1
    await job(db, calls).run_once()
    assert sorted(calls.guilds) == [GUILD, OTHER_GUILD]
