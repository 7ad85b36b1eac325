"""What every test may ask for: a migrated database on either engine, and no network.

`database_url` runs a test once on SQLite and once on PostgreSQL; `db` is a DatabaseService on
it, with `clock` as its time. `@pytest.mark.only_on("postgresql")` says that a test's claim is
about one engine. What is seen in Discord and what the business does depend on no engine, so those
directories run on SQLite, except tests with `@pytest.mark.both_engines`: at least one for each
statement that `bot/services` sends. Those run on both in `make soak`, otherwise on one
(`PLAYED_ON`). Processes of one run (pytest-xdist) share one PostgreSQL server.

`--citus` runs tests on the Citus of `CITUS_URL` instead, through its coordinator and through one of
its workers; what is marked for one engine alone is skipped. `make citus` plays those that count.
"""

import gc
import ipaddress
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from bot import locales
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from tests import pseudo, tiers
from tests.database.books import GUILD, Warehouse
from tests.database.citus import CITUS_URL
from tests.database.clock import Clock
from tests.database.clusters import SharedCluster
from tests.database.kept_books import open_once
from tests.database.servers import Databases, PostgresqlServer
from tests.forked import find_forks, hold_forks

ENGINES = ("sqlite", "postgresql")
# The nodes that a bot is connected to there.
ON_CITUS = ("coordinator", "worker")
# Each statement behind these is tested on both engines by marked tests, controllers and system.
ON_SQLITE = ("cogs", "interactions", "jobs", "services", "views")
# Where both engines are for a soak, and the one that is not. What is seen in Discord is the same on
# each; of what is done, everything beside it is done on SQLite.
PLAYED_ON = {"cogs": "sqlite", "jobs": "postgresql", "services": "postgresql"}
# `make soak`: the long runs, instead of the short ones.
SOAK = os.environ.get("SOAK") == "1"
DATA_KEY = "key-of-the-tests-0123456789"
_DIRECTORY = "TALLYMAN_TEST_DIRECTORY"
_MEMORY_BYTES = 4 << 30
_numbers = itertools.count(1)
_idle: list[str] = []
_held: list[int] = []

# The same examples every time: a run that fails fails again.
settings.register_profile(
    "books",
    deadline=None,
    derandomize=True,
    database=None,
    # A clock's complaint: it depends on what else the machine does.
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=100 if SOAK else 30,
)
settings.load_profile("books")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--citus", action="store_true", help="run on the Citus that CITUS_URL names")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.citus and not CITUS_URL:
        raise pytest.UsageError("--citus: CITUS_URL names no Citus")
    config.addinivalue_line("markers", "only_on(engine): the claim is about this engine alone")
    config.addinivalue_line("markers", "both_engines: the claim needs both, also in ON_SQLITE")
    tiers.declare(config)
    if not hasattr(config, "workerinput"):
        directory = tempfile.mkdtemp(prefix="tallyman-", dir=_find_memory())
        os.environ[_DIRECTORY] = directory
        _held.append(hold_forks(Path(directory)))
        if config.option.basetemp is None:
            config.option.basetemp = f"{directory}/pytest"


def _find_memory() -> Path | None:
    """Return a file system in memory, if there is a large one: no commit waits for a disk there.

    Processes are killed in these tests, machines are not, so no claim asks for a disk.
    """
    memory = Path("/dev/shm")
    is_large = memory.is_dir() and shutil.disk_usage(memory).free > _MEMORY_BYTES
    return memory if is_large else None


def pytest_collection_finish() -> None:
    """Leave all that was imported and collected out of every later collection of garbage.

    And look for it more seldom: what a test leaves is small, and looking takes time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.close(_held.pop())
        Databases(Path(os.environ.pop(_DIRECTORY))).remove()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        choose = _nodes_for if metafunc.config.option.citus else _engines_of
        metafunc.parametrize("engine", choose(metafunc.definition))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tiers.arrange(config, items, is_soak=SOAK)


def _engines_of(test: pytest.Item) -> tuple[str, ...]:
    engines = _engines_for(test)
    if SOAK:
        return engines
    spared = {mark.args[0] for mark in test.iter_markers("soak_on")}
    played = PLAYED_ON.get(tiers.area_of(test))
    if played and not spared and len(engines) == len(ENGINES):
        return (played,)
    return tuple(engine for engine in engines if engine not in spared)


def _engines_for(test: pytest.Item) -> tuple[str, ...]:
    for mark in test.iter_markers():  # the closest decides
        if mark.name == "both_engines":
            return ENGINES
        if mark.name == "only_on":
            return mark.args
    return ("sqlite",) if tiers.area_of(test) in ON_SQLITE else ENGINES


def _nodes_for(test: pytest.Item) -> tuple[str, ...]:
    for mark in test.iter_markers():
        if mark.name == "both_engines":
            break
        if mark.name == "only_on":
            return ()
    return ON_CITUS


@pytest.fixture
def pseudo_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A locale in which every sentence is in brackets and a third longer."""
    locale: str = getattr(request, "param", pseudo.LOCALE)
    pseudo.install(tmp_path / "locales", locale)
    monkeypatch.setattr(locales, "FOLDER", tmp_path / "locales")
    locales.find_catalogue.cache_clear()
    yield locale
    locales.find_catalogue.cache_clear()


@pytest.fixture(scope="session")
def databases() -> Databases:
    return Databases(Path(os.environ[_DIRECTORY]))


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> Iterator[PostgresqlServer]:
    """The run's server, started by the first test that asks for it."""
    server = databases.server()
    yield server
    server.let_go()


@pytest.fixture(scope="session")
def cluster() -> SharedCluster:
    """The distributed database of `CITUS_URL`, which runs take up from each other."""
    return SharedCluster.kept("tallyman_stories")


@pytest.fixture(scope="session")
def forks() -> Path:
    """Where the run's processes are forked that have imported the bot."""
    return find_forks(Path(os.environ[_DIRECTORY]))


@pytest.fixture
def open_books(engine: str, databases: Databases, request: pytest.FixtureRequest) -> Path | None:
    """The books of `warehouse`, to begin with a copy of them: opening them takes longer."""
    names = request.fixturenames
    if engine != "sqlite" or "warehouse" not in names or "own_database_url" in names:
        return None
    return open_once(databases, DATA_KEY)


@pytest.fixture
def database_url(
    engine: str,
    databases: Databases,
    tmp_path: Path,
    open_books: Path | None,
    request: pytest.FixtureRequest,
) -> Iterator[str]:
    """The address of a migrated database, empty but for `warehouse`, which no other test uses.

    On PostgreSQL the next test gets it emptied, which is quicker than another clone.
    """
    if engine == "sqlite":
        yield databases.copy_sqlite(tmp_path / "books.db", open_books)
        return
    if engine in ON_CITUS:
        cluster: SharedCluster = request.getfixturevalue("cluster")
        yield cluster.through(engine)
        cluster.empty()
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    if not _idle:
        _idle.append(_new_name())
        server.create(_idle[-1])
    name = _idle.pop()
    yield server.url(name)
    server.empty(name)
    _idle.append(name)


@pytest.fixture
def own_database_url(
    engine: str, databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a migrated database whose schema or settings the test may change."""
    if engine == "sqlite":
        yield databases.copy_sqlite(tmp_path / "own.db")
        return
    if engine in ON_CITUS:
        pytest.skip("to distribute a database takes too long for one test")
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    name = _new_name()
    yield server.create(name)
    server.drop(name)


def _new_name() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def db(database_url: str, clock: Clock) -> AsyncIterator[DatabaseService]:
    service = DatabaseService(DatabaseSettings(database_url, data_key=DATA_KEY), clock=clock)
    yield service
    await service.close()


@pytest_asyncio.fixture
async def warehouse(db: DatabaseService, open_books: Path | None) -> Warehouse:
    return Warehouse(db, GUILD) if open_books else await Warehouse.open(db)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback
