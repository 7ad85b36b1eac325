"""Four processes on one database, a shard each: they start together, and make up for a dead one.

`make soak` starts them fifty times, and kills one that owes an answer.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from simulator import LoopbackDiscord, Process
from tests.conftest import SOAK
from tests.database.servers import PostgresqlServer
from tests.system.conftest import DISCORD_TOKEN, Office, environment_for
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, record_of
from tests.system.ledger import Ledger

COUNT = 4
STARTS = 50 if SOAK else 1
# Within which a dead process's people are answered.
PROMISED_SECONDS = 40.0


@pytest_asyncio.fixture
async def spread(
    postgresql: PostgresqlServer, forks: Path, tmp_path: Path
) -> AsyncIterator[Office]:
    """An office whose processes share a server's database."""
    name = f"{tmp_path.parent.name}_spread".replace("-", "_")
    url = postgresql.create(name)
    async with LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        environment = environment_for(discord, url)
        yield Office(discord, Ledger(url), tmp_path, forks, environment)
    postgresql.drop(name)


@asynccontextmanager
async def processes(office: Office) -> AsyncIterator[list[Process]]:
    """Start a process for each shard at once, and wait until all of them answer."""
    bots = [office.bot(DISCORD_SHARDS=f"{number}/{COUNT}") for number in range(COUNT)]
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(bot) for bot in bots))
        await asyncio.gather(*(office.ready(bot, COUNT) for bot in bots))
        yield bots


async def forget_commands(office: Office) -> None:
    """Let the commands that Discord knows be those of another version."""
    url = office.environment["DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DELETE FROM command_tree")
    finally:
        await connection.close()
    office.discord.world.commands.clear()


async def test_processes_that_start_at_once_on_a_new_version_all_live(spread: Office) -> None:
    for _ in range(STARTS):
        await forget_commands(spread)
        async with processes(spread) as bots:
            ended = await asyncio.gather(*(bot.terminate() for bot in bots))
            assert ended == [0] * COUNT
            assert not [bot.output for bot in bots if "Traceback" in bot.output]


@pytest.mark.soak
async def test_what_a_killed_process_owed_is_answered_and_others_do_not_notice(
    spread: Office,
) -> None:
    async with processes(spread) as bots:
        depots = await _one_of_each_shard(spread)
        victim, other = depots[1], depots[2]
        fault = spread.discord.fault("PATCH", "/webhooks/*", hold=True)
        owed = victim.clerk.send_slash("take", **TAKING)
        await fault.wait_hit()
        await bots[1].kill()
        killed_at = time.monotonic()
        fault.abandon()
        for number in range(10):
            taken = await other.clerk.slash("take", **TAKING)
            assert record_of(taken) == OPENING_RECORDS + 1 + number
            await other.told(OPENING_RECORDS + 1 + number, timeout_seconds=10)
        reply = await owed.answered(PROMISED_SECONDS)
        assert time.monotonic() - killed_at < PROMISED_SECONDS
        assert record_of(reply) == OPENING_RECORDS + 1
        for depot in depots.values():
            depot.require_prompt()


async def _one_of_each_shard(office: Office) -> dict[int, Depot]:
    found: dict[int, Depot] = {}
    while len(found) < COUNT:
        depot = await Depot.open(office.discord, office.ledger)
        found.setdefault((depot.guild.id >> 22) % COUNT, depot)
    return found
