"""A node of Citus stops under a bot: guilds of the others notice nothing, its own lose nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from simulator import Fault, LoopbackDiscord, Process
from tests.database.citus import CITUS_URL
from tests.database.clusters import SharedCluster
from tests.system.conftest import DISCORD_TOKEN, Office, environment_for
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, record_of
from tests.system.ledger import Ledger
from tests.system.test_outages import BUSY

pytestmark = pytest.mark.skipif(not CITUS_URL, reason="CITUS_URL names no Citus")

ROUNDS = 5
AWAY_SECONDS = 20.0
# One line a job when the node goes, and one when it is back, are enough to know.
MAX_LINES = 20


@pytest_asyncio.fixture
async def spread(
    cluster: SharedCluster, forks: Path, tmp_path: Path
) -> AsyncIterator[tuple[Office, str]]:
    """An office at the coordinator, and the worker that will stop."""
    url = cluster.through("coordinator")
    async with LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        office = Office(discord, Ledger(url), tmp_path, forks, environment_for(discord, url))
        office.environment["LOG_LEVEL"] = "INFO"
        yield office, cluster.cluster.workers[1]
        office.require_discreet()
    await asyncio.to_thread(cluster.empty)


@pytest.mark.parametrize("node", ["coordinator", "worker"])
async def test_with_a_worker_away_the_others_go_on_and_all_is_delivered_once_it_is_back(
    spread: tuple[Office, str], cluster: SharedCluster, node: str
) -> None:
    office, victim = spread
    office.environment |= environment_for(office.discord, cluster.through(node))
    async with office.bot(LOG_LEVEL="INFO") as bot:
        await office.ready(bot)
        living, waiting = await _two_each(office, cluster, victim)
        held = [_refuse_lines(office, depot) for depot in (*living, *waiting)]
        for depot in (*living, *waiting):
            assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 1
        await cluster.stop(victim)
        try:
            for fault in held:
                fault.stop()
            await _work_without(bot, living, waiting)
        finally:
            await cluster.start(victim)
        for depot in living:
            await depot.require_in_order(OPENING_RECORDS + 1 + ROUNDS)
        for depot in waiting:
            await depot.told(OPENING_RECORDS + 1, timeout_seconds=40)
            assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 2
            await depot.require_in_order(OPENING_RECORDS + 2)
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.output
    code, said = await office.tallyman("audit", "verify")
    assert code == 0, said
    code, said = await office.tallyman("db", "check")
    assert code == 0, said


async def _work_without(bot: Process, living: list[Depot], waiting: list[Depot]) -> None:
    """Let all guilds work at once for a while, some of which cannot."""
    deadline = time.monotonic() + AWAY_SECONDS
    lines = bot.output.count("\n")
    for number in range(ROUNDS):
        refused = [depot.clerk.send_slash("take", **TAKING) for depot in waiting]
        taken = await asyncio.gather(*(depot.clerk.slash("take", **TAKING) for depot in living))
        assert [record_of(reply) for reply in taken] == [OPENING_RECORDS + 2 + number] * len(living)
        for reply in refused:
            assert (await reply.answered(10)).content == BUSY
    for depot in living:
        await depot.told(OPENING_RECORDS + 1 + ROUNDS)
        depot.require_prompt()
    await asyncio.sleep(deadline - time.monotonic())
    written = bot.output.splitlines()[lines:]
    assert len(written) < MAX_LINES, "\n".join(written)


def _refuse_lines(office: Office, depot: Depot) -> Fault:
    path = f"/channels/{depot.audit.id}/messages"
    return office.discord.fault("POST", path, status=500, times=None)


async def _two_each(
    office: Office, cluster: SharedCluster, victim: str
) -> tuple[list[Depot], list[Depot]]:
    """Open depots until two are on the worker that will stop, and two are not."""
    living: list[Depot] = []
    waiting: list[Depot] = []
    while min(len(living), len(waiting)) < 2:
        depot = Depot.build(office.discord, office.ledger)
        is_there = await cluster.worker_of(depot.guild.id) == victim
        side = waiting if is_there else living
        if len(side) == 2:
            continue
        # A bot's first connections to every node take their time, on a busy machine too much.
        while (said := await depot.set_up()).text == BUSY:
            pass
        assert record_of(said) == 1, said.text
        await depot.stock()
        await depot.told(OPENING_RECORDS)
        side.append(depot)
    return living, waiting
