"""Discord's time as the bot keeps it: from every answer, and asked for where there was none."""

from datetime import timedelta

import pytest

from bot.database.service import utc_now
from bot.errors import ClockWrong
from bot.jobs.clock import ClockJob
from bot.pacing.discord_clock import DiscordClock
from simulator import LoopbackDiscord
from tests.database.clock import Clock
from tests.jobs.processes import logged_in

pytestmark = pytest.mark.only_on("sqlite")

MONDAY = "Mon, 13 Jul 2026 08:00:00 GMT"


class Steady:
    """Seconds since the start of a machine that is left alone."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_every_answer_says_what_time_it_is(database_url: str) -> None:
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, utc_now) as app:
        said = app.db.condition.discord_now()
        assert said is not None
        assert abs(utc_now() - said) < timedelta(seconds=30)
        assert app.db.condition.find_wrong_clock() is None
        assert [job for job in app.jobs if isinstance(job, ClockJob)]


async def test_a_clock_that_the_bot_is_given_is_not_compared(
    database_url: str, clock: Clock
) -> None:
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, clock) as app:
        assert app.db.condition.discord_now() is None
        assert not [job for job in app.jobs if isinstance(job, ClockJob)]


async def test_discord_is_asked_after_five_minutes_and_sooner_of_a_clock_that_seems_wrong(
    database_url: str, clock: Clock
) -> None:
    wrong = ClockWrong(now=clock(), right=clock())
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, clock) as app:
        steady, found = Steady(), list[ClockWrong]()
        kept = DiscordClock(steady)
        job = ClockJob(app.client, kept, lambda: found[-1] if found else None)

        async def asks() -> bool:
            before = len(loopback.calls)
            await job.run_once()
            return len(loopback.calls) > before

        assert await asks()
        kept.note(MONDAY)
        steady.seconds += 299
        assert not await asks()
        steady.seconds += 2
        assert await asks()
        kept.note(MONDAY)
        steady.seconds += 30
        assert not await asks()
        found.append(wrong)
        assert await asks()


async def test_a_discord_that_does_not_answer_is_asked_again_later(
    database_url: str, clock: Clock
) -> None:
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, clock) as app:
        job = ClockJob(app.client, DiscordClock(), lambda: None)
        loopback.fault("GET", "/gateway/bot", status=403)
        before = len(loopback.calls)
        for _ in range(2):
            await job.run_once()
        assert len(loopback.calls) == before + 2
