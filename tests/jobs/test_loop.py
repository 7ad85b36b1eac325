import asyncio
from datetime import UTC, datetime, timedelta

from bot.errors import ClockWrong, Unavailable
from bot.jobs.loop import Job

MONDAY = datetime(2026, 7, 13, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


class Rounds(Job):
    """A job whose rounds do as they are told, and say when they have begun."""

    def __init__(self, *failures: BaseException | None, interval_seconds: float = 60.0) -> None:
        super().__init__()
        self.interval_seconds = interval_seconds
        self.begun = asyncio.Semaphore(0)
        self._failures = list(failures)

    async def run_once(self) -> None:
        self.begun.release()
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure


async def test_the_first_round_begins_at_once_and_the_next_when_woken() -> None:
    job = Rounds()
    job.start()
    await job.begun.acquire()
    job.wake()
    await job.begun.acquire()
    await job.stop()


async def test_a_round_comes_by_itself_when_its_time_has_come() -> None:
    job = Rounds(interval_seconds=0.001)
    job.start()
    for _ in range(3):
        await job.begun.acquire()
    await job.stop()


async def test_no_failure_ends_the_loop(warnings: list[str]) -> None:
    job = Rounds(Unavailable(), ZeroDivisionError(), interval_seconds=0.001)
    job.start()
    for _ in range(3):
        await job.begun.acquire()
    await job.stop()
    assert warnings == ["WARNING Rounds waits for the database", "ERROR Rounds failed"]


async def test_a_stopped_job_does_nothing_more_and_stops_twice() -> None:
    job = Rounds(interval_seconds=0.001)
    await job.stop()
    job.start()
    await job.begun.acquire()
    await job.stop()
    await job.stop()
    job.wake()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "Rounds"]


async def test_a_job_stops_though_an_error_took_the_place_of_its_cancellation() -> None:
    class Stubborn(Rounds):
        async def run_once(self) -> None:
            self.begun.release()
            try:
                await asyncio.Event().wait()
            finally:
                if not self.has_failed:
                    self.has_failed = True
                    raise ZeroDivisionError

        has_failed = False

    job = Stubborn(interval_seconds=0.001)
    job.start()
    await job.begun.acquire()
    async with asyncio.timeout(10):
        await job.stop()


async def test_no_round_begins_while_the_clock_is_wrong(warnings: list[str]) -> None:
    job, asked, is_wrong = Rounds(interval_seconds=0.001), asyncio.Semaphore(0), True

    def require_right_clock() -> None:
        asked.release()
        if is_wrong:
            raise ClockWrong(now=MONDAY, right=TUESDAY)

    job.require_right_clock = require_right_clock
    job.start()
    for _ in range(3):
        await asked.acquire()
    assert job.begun.locked()
    is_wrong = False
    await job.begun.acquire()
    await job.stop()
    assert not warnings
