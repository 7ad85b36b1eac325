"""A database that is ill, or on another node: what is said, and that it heals by itself."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from loguru import logger
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.trouble_log import forget_logged
from bot.domain.actors import Actor
from bot.errors import ClockBehind, ClockWrong, Unavailable
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, snapshot
from tests.database.clock import Clock
from tests.database.servers import PostgresqlServer

pytestmark = pytest.mark.slow


# What the issue allows from when a database is there again.
BACK_SECONDS = 5.0
FAILOVERS = 20 if SOAK else 1
TERMINATE = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def trouble_of(db: DatabaseService) -> str:
    """Return what readiness says of the database."""
    try:
        await db.ping()
    except Unavailable as error:
        return error.trouble
    return "ok"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let this process write no file larger than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def move(file: Path, to: Path) -> None:
    file.rename(to)


def overwrite(file: Path) -> None:
    file.write_bytes(b"no database of anyone" * 1000)


@pytest.mark.only_on("sqlite")
async def test_a_full_disk_is_said_changes_nothing_and_passes_when_there_is_room(
    warehouse: Warehouse,
) -> None:
    db = warehouse.db

    async def limit(pages: int) -> None:
        await db.maintenance.write(lambda c: c.execute(text(f"PRAGMA max_page_count = {pages}")))

    await limit(1)
    names = iter(range(1000))

    async def fill() -> None:
        for number in names:
            await warehouse.add_item(f"ITEM-{number}")

    with pytest.raises(Unavailable):
        await fill()
    async with refusal(db, Unavailable, snapshot) as caught:
        await warehouse.add_item("ONE-MORE")
    assert (caught.value.trouble, caught.value.is_certain) == ("disk full", True)
    await limit(1 << 20)
    await warehouse.add_item("ONE-MORE")
    await require_sound_books(db)


@pytest.mark.only_on("sqlite")
async def test_a_file_that_could_only_be_read_is_opened_again(warehouse: Warehouse) -> None:
    db = warehouse.db
    await db.maintenance.write(lambda c: c.execute(text("PRAGMA query_only = ON")))
    async with refusal(db, Unavailable, snapshot) as caught:
        await warehouse.add_item()
    assert caught.value.trouble == "read-only"
    await warehouse.add_item()


@pytest.mark.only_on("sqlite")
async def test_readiness_says_what_ails_a_file(database_url: str, tmp_path: Path) -> None:
    file = Path(str(make_url(database_url).database))
    db = DatabaseService(DatabaseSettings(database_url))
    assert await trouble_of(db) == "ok"
    with files_of_at_most(4096):
        assert await trouble_of(db) == "disk full"
    move(file, tmp_path / "elsewhere.db")
    assert await trouble_of(db) == "unreachable"
    move(tmp_path / "elsewhere.db", file)
    assert await trouble_of(db) == "ok"
    await db.close()
    overwrite(file)
    ill = DatabaseService(DatabaseSettings(database_url))
    assert await trouble_of(ill) == "damaged"
    with pytest.raises(Unavailable) as caught:
        await Warehouse.open(ill)
    assert caught.value.trouble == "damaged"
    await ill.close()


@pytest.mark.only_on("sqlite")
async def test_readiness_takes_no_lock_from_people(warehouse: Warehouse) -> None:
    async with warehouse.db._engines.write.connect():
        assert await trouble_of(warehouse.db) == "ok"


@pytest_asyncio.fixture
async def failing_over(
    engine: str, own_database_url: str
) -> AsyncIterator[tuple[DatabaseService, str]]:
    assert engine == "postgresql"
    db = DatabaseService(DatabaseSettings(own_database_url))
    yield db, str(make_url(own_database_url).database)
    await db.close()


@pytest.mark.only_on("postgresql")
async def test_writes_are_back_within_seconds_after_a_failover_to_a_node_that_only_reads(
    failing_over: tuple[DatabaseService, str], postgresql: PostgresqlServer
) -> None:
    db, name = failing_over
    warehouse = await Warehouse.open(db)
    slowest = 0.0
    for number in range(FAILOVERS):
        postgresql.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        postgresql.execute(TERMINATE, name)
        assert await trouble_of(db) == "changing over"
        async with refusal(db, Unavailable, snapshot) as caught:
            await warehouse.add_item(f"REFUSED-{number}")
        assert caught.value.trouble == "changing over"
        await fill_pool(warehouse)

        # As a server does that becomes the primary: sessions keep what they began with.
        postgresql.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        began = time.monotonic()
        await warehouse.add_item(f"BACK-{number}")
        assert await trouble_of(db) == "ok"
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < BACK_SECONDS, slowest
    await require_sound_books(db)


async def fill_pool(warehouse: Warehouse) -> None:
    """Read in eight guilds at once: reading goes on, so the pool is full of this node."""
    together = asyncio.Barrier(8)

    async def read(guild_id: int) -> None:
        async with warehouse.db.look_up(Actor(guild_id=guild_id, user_id=1)):
            await together.wait()

    await asyncio.gather(*(read(GUILD + number) for number in range(8)))


async def test_records_are_not_written_back_in_time(warehouse: Warehouse, clock: Clock) -> None:
    clock.advance(days=365)
    item = await warehouse.add_item("AHEAD")
    clock.advance(days=-365)
    assert item.id
    async with refusal(warehouse.db, ClockBehind, snapshot) as caught:
        await warehouse.add_item("BEHIND")
    assert (caught.value.newest - caught.value.now).days == 365
    assert await trouble_of(warehouse.db) == "clock behind"
    clock.advance(days=365, minutes=-4)
    await warehouse.add_item("DRIFT")
    assert await trouble_of(warehouse.db) == "ok"


async def test_an_operator_may_go_on_with_an_earlier_clock(
    warehouse: Warehouse, clock: Clock, database_url: str
) -> None:
    await warehouse.add_item("AHEAD")
    clock.advance(days=-365)
    settings = DatabaseSettings(database_url, clock_check=False)
    db = DatabaseService(settings, clock=clock)
    await Warehouse(db, GUILD).add_item("GOES-ON")
    await db.close()


@pytest.mark.parametrize(("days", "trouble"), [(1, "clock ahead"), (-1, "clock behind")])
async def test_nothing_is_written_while_the_clock_is_not_discords(
    warehouse: Warehouse, clock: Clock, days: int, trouble: str
) -> None:
    right = clock()
    warehouse.db.condition.discord_now = lambda: right
    await warehouse.add_item("RIGHT")
    clock.advance(days=days)
    async with refusal(warehouse.db, ClockWrong, snapshot) as caught:
        await warehouse.add_item("WRONG")
    assert (caught.value.trouble, caught.value.now - caught.value.right) == (
        trouble,
        timedelta(days=days),
    )
    assert await trouble_of(warehouse.db) == trouble
    clock.advance(days=-days, minutes=4)
    await warehouse.add_item("DRIFT")
    assert await trouble_of(warehouse.db) == "ok"


async def test_an_operator_may_go_on_with_a_clock_that_is_not_discords(
    warehouse: Warehouse, clock: Clock, database_url: str
) -> None:
    await warehouse.add_item("BEFORE")
    db = DatabaseService(DatabaseSettings(database_url, clock_check=False), clock=clock)
    db.condition.discord_now = lambda: clock() - timedelta(days=1)
    await Warehouse(db, GUILD).add_item("GOES-ON")
    assert await trouble_of(db) == "ok"
    await db.close()


async def test_a_guild_whose_books_are_ahead_of_a_right_clock_leaves_the_process_ready(
    warehouse: Warehouse, clock: Clock
) -> None:
    forget_logged()
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="ERROR")
    clock.advance(days=365)
    await warehouse.add_item("AHEAD")
    clock.advance(days=-365)
    warehouse.db.condition.discord_now = clock
    for _ in range(2):
        async with refusal(warehouse.db, ClockBehind, snapshot):
            await warehouse.add_item("BEHIND")
        assert await trouble_of(warehouse.db) == "ok"
    elsewhere = await Warehouse.open(warehouse.db, GUILD + 1)
    await elsewhere.add_item("ELSEWHERE")
    logger.remove(sink)
    assert len(lines) == 1
    assert lines[0].startswith(f"Guild {GUILD} has a record of ")
