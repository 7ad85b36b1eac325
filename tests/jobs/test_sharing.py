"""Two processes of one token: who has it alone asks no one, who shares it asks the database."""

import pytest

from bot.app import App
from bot.jobs.sharing import SharingJob
from bot.pacing.shares import PER_SECOND
from simulator import LoopbackDiscord
from tests.database.clock import Clock
from tests.jobs.processes import logged_in

pytestmark = pytest.mark.only_on("sqlite")


def sharing_of(app: App) -> SharingJob:
    return next(job for job in app.jobs if isinstance(job, SharingJob))


async def renew(app: App) -> float:
    await sharing_of(app).run_once()
    return app.pace.figures().permits_per_second


async def test_two_processes_share_what_one_would_have(database_url: str, clock: Clock) -> None:
    async with (
        LoopbackDiscord() as loopback,
        logged_in(loopback, database_url, clock, "0/2") as first,
    ):
        assert await renew(first) == PER_SECOND
        async with logged_in(loopback, database_url, clock, "1/2") as second:
            assert second.pace.figures().permits_per_second < 1
            assert await renew(second) < 1, "the first has not given anything back yet"
            assert sharing_of(second).interval_seconds < sharing_of(first).interval_seconds
            assert await renew(first) == await renew(second) == PER_SECOND // 2
            sharing_of(second).start()
        assert await renew(first) == PER_SECOND, "who stops gives it back at once"


async def test_a_process_of_all_guilds_asks_for_no_share(database_url: str, clock: Clock) -> None:
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, clock) as app:
        assert not [job for job in app.jobs if isinstance(job, SharingJob)]
        assert app.pace.figures().permits_per_second == PER_SECOND
