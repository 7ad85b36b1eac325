"""The real process: `python -m bot run` and its sisters against a Discord of our own.

Most are forks of one that has imported the bot, which takes seconds. `run`, `db upgrade` and
`health` also start once without that, and in `make soak` the other commands.

A module's tests share a server, a database for each engine and one bot; each opens a depot of
its own in it, since a guild sees nothing of another.
"""

import itertools
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from simulator import LoopbackDiscord, Process
from tests.conftest import SOAK
from tests.contract.contract import contract
from tests.contract.description import Absent
from tests.contract.watch import Watch
from tests.database.servers import Databases, PostgresqlServer
from tests.forked import ForkedProcess
from tests.system.depots import Depot
from tests.system.ledger import Ledger

ENGINES = ("sqlite", "postgresql")
DISCORD_TOKEN = "MTA0MjM2Njk3NjU1MjM0NTYw.Gq3xYz.loopback-token-that-nobody-may-read"
DATA_KEY = "data-key-of-the-tests-0123456789"
DATABASE_PASSWORD = "passw0rd-of-the-tests"  # a server on a socket file does not ask for it
# What a person may type anywhere and no log may hold.
PLANTED_EMAIL = "planted.person@mail.example.com"
PLANTED_WEBHOOK = "https://discord.com/api/webhooks/1098765432109876543/planted-" + "w" * 60
START_SECONDS = 40
_numbers = itertools.count(1)


@dataclass
class Office:
    """A Discord, a database, a directory, and the processes that a test starts over them."""

    discord: LoopbackDiscord
    ledger: Ledger
    directory: Path
    forks: Path
    environment: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def process(
        self, *arguments: str | Path, is_fresh: bool = False, **environment: str
    ) -> Process:
        """Prepare `python ...`, as a fork unless it is fresh; names in capitals are variables."""
        options: dict[str, Any] = {
            "log_file": self.directory / f"process-{next(self.numbers)}.log",
            "environment": {**self.environment, **environment},
            "directory": self.directory,
        }
        if is_fresh:
            return Process([sys.executable, *arguments], **options)
        return ForkedProcess(self.forks, *arguments, **options)

    def bot(self, *, is_fresh: bool = False, **environment: str) -> Process:
        """Prepare `python -m bot run`."""
        return self.process("-m", "bot", "run", is_fresh=is_fresh, **environment)

    async def tallyman(
        self, *words: str, is_fresh: bool = False, **environment: str
    ) -> tuple[int, str]:
        """Run another command to its end; returns the exit code and what it wrote."""
        process = self.process("-m", "bot", *words, is_fresh=is_fresh, **environment)
        async with process:
            code = await process.wait(30)
            await process.kill()
            return code, process.output

    def require_discreet(self) -> None:
        """Check that no log holds a secret: configured ones, and the tokens of interactions."""
        interactions = self.discord.world.interactions.values()
        secrets = [self.environment["DISCORD_TOKEN"], DATA_KEY, DATABASE_PASSWORD]
        secrets += [PLANTED_EMAIL, PLANTED_WEBHOOK]
        secrets += [interaction.token for interaction in interactions]
        for log in self.directory.glob("*.log"):
            written = log.read_text()
            assert not [secret for secret in secrets if secret in written], f"{log} tells"

    async def ready(self, bot: Process, shards: int = 1) -> None:
        """Wait until a bot answers; a machine that also compiles it may take its time.

        Of several processes all shards have to be there: a guild that is made has one of them.
        """
        await bot.wait_until_ready(self.discord.bot_ready(START_SECONDS, shards))

    async def depot(self, name: str = "Depot") -> Depot:
        """Open the books of a new guild."""
        return await Depot.open(self.discord, self.ledger, name)


def environment_for(discord: LoopbackDiscord, url: str) -> dict[str, str]:
    """What the processes of a test are told."""
    return {
        **discord.environment,
        "DATABASE_URL": url.replace("postgres@", f"postgres:{DATABASE_PASSWORD}@"),
        "DATA_KEY": DATA_KEY,
        "HTTP_PORT": "0",
        "LOG_LEVEL": "DEBUG",
    }


@pytest.fixture(scope="module", autouse=True)
def _contract() -> Iterator[None]:
    """Hold every Discord to its official description where that is at hand."""
    with pytest.MonkeyPatch.context() as patch:
        with suppress(Absent):  # tests/contract says so
            Watch(contract()).install(patch)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None, object, object]:
    """Let a fault in a Discord that tests share fail the very test that caused it."""
    result = yield
    for office in item.funcargs.values():
        if isinstance(office, Office):
            office.discord.require_flawless()
    return result


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked for one engine, or a soak, where a module's bot has another."""
    elsewhere = [item for item in items if _is_elsewhere(item)]
    items[:] = [item for item in items if item not in elsewhere]
    config.hook.pytest_deselected(items=elsewhere)


def _is_elsewhere(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    shared = call.params.get("shared_url") if call else None
    if shared is None:
        return False
    only = item.get_closest_marker("only_on")
    spared = [] if SOAK else [mark.args[0] for mark in item.iter_markers("soak_on")]
    return shared in spared or (only is not None and shared not in only.args)


@pytest.fixture(scope="module", params=ENGINES)
def shared_url(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of an empty, migrated database of a module's own."""
    if request.param == "sqlite":
        yield databases.copy_sqlite(tmp_path_factory.mktemp("books") / "books.db")
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_system_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_office(
    shared_url: str, forks: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """A module's office, without a bot."""
    directory = tmp_path_factory.mktemp("office")
    async with LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        environment = environment_for(discord, shared_url)
        office = Office(discord, Ledger(shared_url), directory, forks, environment)
        yield office
        office.require_discreet()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_bot(shared_office: Office) -> AsyncIterator[Process]:
    """A module's bot, which must be alive and well at the end."""
    async with shared_office.bot() as bot:
        await shared_office.ready(bot)
        yield bot
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.output


@pytest_asyncio.fixture(loop_scope="module")
async def depot(shared_office: Office, shared_bot: Process) -> Depot:
    """A guild with open books, which a module's bot keeps."""
    assert shared_bot.exit_code is None
    return await shared_office.depot()


@pytest_asyncio.fixture
async def office(database_url: str, forks: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """A test's own office, without a bot."""
    async with LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        environment = environment_for(discord, database_url)
        office = Office(discord, Ledger(database_url), tmp_path, forks, environment)
        yield office
        office.require_discreet()


@pytest.fixture
def unwatched(engine: str, request: pytest.FixtureRequest) -> None:
    """End what tests keep open to a database, where a command wants it for itself."""
    if engine == "postgresql":
        request.getfixturevalue("postgresql").let_go()
