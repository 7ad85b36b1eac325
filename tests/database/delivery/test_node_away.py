"""A worker of Citus is stopped: what is asked about all guilds is answered for the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.database.delivery.board_messages import BoardMessages
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.delivery.schedule import Schedules
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.lanes import AUDIT_LANE
from bot.domain.schedule import DAY
from bot.domain.shards import ALL_GUILDS
from bot.errors import Unavailable
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, require_sound_books
from tests.database.citus import CITUS_URL
from tests.database.clock import Clock
from tests.database.clusters import SharedCluster

pytestmark = pytest.mark.skipif(not CITUS_URL, reason="CITUS_URL names no Citus")

T = TypeVar("T")
DAYS = timedelta(days=2)


@dataclass
class Scene:
    """Two guilds, one of them on the worker that will stop."""

    db: DatabaseService
    cluster: SharedCluster
    victim: str
    living: Warehouse
    waiting: Warehouse

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Stop the worker for a while."""
        await self.cluster.stop(self.victim)
        try:
            yield
        finally:
            await self.cluster.start(self.victim)


@pytest_asyncio.fixture
async def scene(cluster: SharedCluster, clock: Clock) -> AsyncIterator[Scene]:
    victim = cluster.cluster.workers[1]
    settings = DatabaseSettings(cluster.through("worker"), data_key=DATA_KEY)
    db = DatabaseService(settings, clock=clock)
    places = {guild_id: await cluster.worker_of(guild_id) for guild_id in range(GUILD, GUILD + 9)}
    there = next(guild_id for guild_id, place in places.items() if place == victim)
    elsewhere = next(guild_id for guild_id, place in places.items() if place != victim)
    db.nodes.list_served = lambda: places
    living, waiting = Warehouse(db, elsewhere), Warehouse(db, there)
    for warehouse in (living, waiting):
        await patiently(partial(Warehouse.open, db, warehouse.guild_id))
        await patiently(partial(warehouse.add_item, "NUT"))
    yield Scene(db, cluster, victim, living, waiting)
    await db.close()
    await asyncio.to_thread(cluster.empty)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it once more while the first connections to a node take longer than a unit may."""
    for _ in range(10):
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(0)
    return await work()


async def test_guilds_of_other_nodes_are_served_and_none_is_lost(
    scene: Scene, clock: Clock
) -> None:
    db, living, waiting = scene.db, scene.living.guild_id, scene.waiting.guild_id
    lanes, schedules = OutboxLanes(db), Schedules(db)
    answers, boards = PendingAnswers(db), BoardMessages(db)
    clock.advance(seconds=DAYS.total_seconds())
    async with scene.away():
        await scene.living.add_item("BOLT")
        with pytest.raises(Unavailable):
            await scene.waiting.add_item("BOLT")
        assert await lanes.list_due() == [(living, AUDIT_LANE)]
        held = await schedules.lease_due([DAY])
        assert [due.guild_id for due in held] == [living]
        await schedules.release(held)
        noted = await promise_both(answers, scene, "first")
        assert [type(each) is Unavailable for each in noted] == [False, True]
        assert [each.guild_id for each in await answers.list_waiting(older_than=-DAYS)] == [living]
        answers.note_shown(living, "first")
        answers.note_shown(waiting, "never-noted")
        with pytest.raises(Unavailable):
            await answers.flush()
        assert await answers.list_waiting(older_than=-DAYS) == []
        assert await boards.list_heads(ALL_GUILDS) == []
    await patiently(lambda: scene.waiting.add_item("BOLT"))
    assert set(await patiently(lanes.list_due)) == {(living, AUDIT_LANE), (waiting, AUDIT_LANE)}
    assert {due.guild_id for due in await schedules.lease_due([DAY])} == {living, waiting}
    await answers.flush()
    for guild_id in (living, waiting):
        await require_sound_books(db, guild_id)


async def promise_both(answers: PendingAnswers, scene: Scene, key: str) -> list[object]:
    """Promise two people an answer at once, so that they are noted together."""
    return await asyncio.gather(
        *(
            answers.promise(warehouse.admin, key, 1, "token", locale="en")
            for warehouse in (scene.living, scene.waiting)
        ),
        return_exceptions=True,
    )


async def test_a_node_that_stops_at_a_commit_is_as_away_as_one_that_stopped_before(
    scene: Scene,
) -> None:
    def stop(_connection: object) -> None:
        with ThreadPoolExecutor() as pool:
            pool.submit(asyncio.run, scene.cluster.stop(scene.victim)).result()

    answers = PendingAnswers(scene.db)
    event.listen(scene.db._engines.background.sync_engine, "commit", stop, once=True)
    try:
        with pytest.raises(Unavailable):
            await answers.promise(scene.waiting.admin, "first", 1, "token", locale="en")
    finally:
        await scene.cluster.start(scene.victim)
    assert await patiently(lambda: answers.list_waiting(older_than=-DAYS)) == []
