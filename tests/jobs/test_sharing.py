"""Two processes of one token: who has it alone asks no one, who shares it asks the database."""

import pytest

from bot.app import App
from bot.database.delivery.token_shares import TokenShares
from bot.jobs.sharing import SharingJob
from bot.pacing.shares import ALL_PERMITS, PER_SECOND
from simulator import LoopbackDiscord
from tests.database.clock import Clock
from tests.jobs.processes import logged_in

pytestmark = pytest.mark.only_on("sqlite")


def sharing_of(app: App) -> SharingJob:
    return next(job for job in app.jobs if isinstance(job, SharingJob))


async def renew(app: App) -> float:
    await sharing_of(app).run_once()
    return app.pace.figures().permits_per_second


async def take_more(app: App) -> int:
    """Take what a third process with much to deliver would get, and give it back."""
    assert app.client.application_id is not None
    third = TokenShares(app.db)
    permits, _ = await third.renew(app.client.application_id, waiting=500)
    await third.release(app.client.application_id)
    return permits


async def test_two_processes_share_what_one_would_have(database_url: str, clock: Clock) -> None:
    async with (
        LoopbackDiscord() as loopback,
        logged_in(loopback, database_url, clock, "0/2") as first,
    ):
        assert await renew(first) == PER_SECOND // 2, "the second is starting, or will be back"
        async with logged_in(loopback, database_url, clock, "1/2") as second:
            assert second.pace.figures().permits_per_second < 1
            assert await renew(second) == PER_SECOND // 2
            sharing_of(second).start()
            assert await take_more(second) == 0
        assert await take_more(first) == ALL_PERMITS // 2, "who stops gives it back at once"


async def test_a_process_of_all_guilds_asks_for_no_share(database_url: str, clock: Clock) -> None:
    async with LoopbackDiscord() as loopback, logged_in(loopback, database_url, clock) as app:
        assert not [job for job in app.jobs if isinstance(job, SharingJob)]
        assert app.pace.figures().permits_per_second == PER_SECOND
