"""The database gone, in every way that it can go: people are told at once, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
import pytest_asyncio

from bot.database.admin import migrate
from simulator import LoopbackDiscord, Reply
from tests.database.servers import Databases, PostgresqlServer
from tests.system.conftest import DISCORD_TOKEN, Office, environment_for
from tests.system.depots import OPENING_RECORDS, PROMISED_SECONDS, TAKING, Depot, record_of
from tests.system.health import port_of, status_of, until_ready, until_unready
from tests.system.ledger import Ledger, require_sound
from tests.system.wires import Wire

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY = "I am busy, nothing was changed. Please try again in a moment."
UNREACHABLE = (
    "My database cannot be reached. Nothing was changed, and I work again by myself once it is "
    "back; if this goes on, ask the operator of this bot."
)
# How long a user may see "thinking...".
PATIENCE_SECONDS = 8


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wired(
    postgresql: PostgresqlServer, forks: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Wire, Office]]:
    """A bot whose database is reached by a wire, while tests look at it directly."""
    name = f"{tmp_path_factory.getbasetemp().name}_wired"
    url = postgresql.create(name)
    async with Wire(url) as wire, LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        environment = environment_for(discord, wire.url)
        directory = tmp_path_factory.mktemp("office")
        office = Office(discord, Ledger(url), directory, forks, environment)
        async with office.bot() as bot:
            await office.ready(bot)
            yield wire, office
            assert await bot.terminate() == 0
            assert "Traceback" not in bot.output
        office.require_discreet()
    postgresql.drop(name)


@pytest_asyncio.fixture(loop_scope="module")
async def wire(wired: tuple[Wire, Office]) -> AsyncIterator[Wire]:
    """The wire, whole again after each test."""
    yield wired[0]
    await wired[0].repair()


@pytest_asyncio.fixture(loop_scope="module")
async def far_depot(wired: tuple[Wire, Office]) -> Depot:
    """A guild with open books at the end of the wire."""
    return await wired[1].depot()


async def require_said(depot: Depot, *told: str) -> None:
    """Check what people are told while the database is away, and how soon."""
    suggested = depot.clerk.autocomplete("take", "item", "bolt")
    assert await asyncio.wait_for(suggested, PROMISED_SECONDS) == []
    finding = depot.clerk.send_slash("find", query="BOLT-8")
    taking = depot.clerk.send_slash("take", **TAKING)
    for reply in (finding, taking):
        assert (await reply.answered(PATIENCE_SECONDS)).content in told
        assert reply.acknowledged_after_seconds < PROMISED_SECONDS


async def require_recovered(depot: Depot, records: int = OPENING_RECORDS) -> None:
    """Check that commands and audit go on where they stopped."""
    assert await require_sound(depot.ledger, depot.guild.id) == records
    assert record_of(await depot.clerk.slash("take", **TAKING)) == records + 1
    await depot.require_in_order(records + 1)
    depot.require_prompt()


async def test_a_cut_wire_is_said_at_once_and_noticed_when_it_is_repaired(
    wire: Wire, far_depot: Depot
) -> None:
    await wire.cut()
    await require_said(far_depot, UNREACHABLE)
    await wire.repair()
    await require_recovered(far_depot)


async def test_a_wire_that_goes_dead_without_a_word_is_said_as_well(
    wire: Wire, far_depot: Depot
) -> None:
    wire.go_dead()
    await require_said(far_depot, BUSY, UNREACHABLE)
    # Once a connection has failed, it is known why the others do not answer.
    for _ in range(10):
        reply = await far_depot.clerk.send_slash("take", **TAKING).answered(PATIENCE_SECONDS)
        assert reply.content in {BUSY, UNREACHABLE}
        if reply.content == UNREACHABLE:
            break
    await require_said(far_depot, UNREACHABLE)
    await wire.repair()
    await require_recovered(far_depot)


async def test_a_commit_whose_answer_is_lost_is_looked_up_at_once(
    wire: Wire, far_depot: Depot
) -> None:
    lost = wire.lose_answer_to_commit_of(b"stock.taken")
    reply = far_depot.clerk.send_slash("take", **TAKING)
    await lost
    await wire.repair()
    assert record_of(await reply.answered()) == OPENING_RECORDS + 1
    await require_recovered(far_depot, OPENING_RECORDS + 1)


async def test_a_commit_that_cannot_be_looked_up_is_answered_later(
    wire: Wire, far_depot: Depot
) -> None:
    lost = wire.lose_answer_to_commit_of(b"stock.taken")
    reply = far_depot.clerk.send_slash("take", **TAKING)
    await lost
    assert "cannot tell yet whether it was done" in (await reply.answered()).content
    await wire.repair()
    await reply.wait_for(lambda it: "Took" in it.text, 30)
    assert record_of(reply) == OPENING_RECORDS + 1
    await require_recovered(far_depot, OPENING_RECORDS + 1)


def stop_if_it_runs(server: PostgresqlServer) -> None:
    if server.is_running:
        server.stop()


async def test_a_server_that_stops_is_missed_and_found_again(
    databases: Databases, forks: Path, tmp_path: Path
) -> None:
    server = databases.private_server()
    server.start()
    async with AsyncExitStack() as stack:
        stack.callback(stop_if_it_runs, server)
        url = server.create("stopped", template="template1")
        await migrate.upgrade(url)
        discord = await stack.enter_async_context(LoopbackDiscord(token=DISCORD_TOKEN))
        environment = environment_for(discord, url)
        office = Office(discord, Ledger(url), tmp_path, forks, environment)
        bot = await stack.enter_async_context(office.bot())
        await office.ready(bot)
        depot = await office.depot()
        await until_ready(await port_of(bot))
        await asyncio.to_thread(server.stop)
        await require_said(depot, UNREACHABLE)
        port = await port_of(bot)
        checks = {"database": "unreachable", "gateway": "ok", "deliveries": "ok"}
        assert await until_unready(port) == {"ready": False, "checks": checks}
        assert (await status_of(port, "/livez"))[0] == HTTPStatus.OK
        await asyncio.to_thread(server.start)
        await require_recovered(depot)
        await until_ready(port)
        assert await bot.terminate() == 0
        await office.ledger.require_nobody_inside()
        await asyncio.to_thread(server.drop, "stopped")
        office.require_discreet()


@asynccontextmanager
async def barred_once(depot: Depot) -> AsyncIterator[Reply]:
    """Another client writes for too long."""
    async with depot.ledger.writing_barred():
        yield await depot.clerk.slash("take", **TAKING)


async def test_books_that_another_process_keeps_open_are_busy(depot: Depot) -> None:
    async with barred_once(depot) as reply:
        assert reply.content == BUSY
        # Without a note it was not promised: had the process died, no one would have been told.
        assert reply.deferred != depot.ledger.is_sqlite
        assert "100 pcs" in (await depot.clerk.slash("find", query="BOLT-8")).text
    await require_recovered(depot)


async def test_a_process_ends_when_it_is_told_to_though_its_database_is_dead(
    postgresql: PostgresqlServer, forks: Path, tmp_path: Path
) -> None:
    url = postgresql.create(f"{tmp_path.name}_dead")
    async with Wire(url) as wire, LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        office = Office(discord, Ledger(url), tmp_path, forks, environment_for(discord, wire.url))
        async with office.bot() as bot:
            await office.ready(bot)
            depot = await office.depot()
            await depot.told(OPENING_RECORDS)
            wire.go_dead()
            assert await bot.terminate(timeout=15) == 0
    postgresql.drop(f"{tmp_path.name}_dead")
