"""The database killed again and again under 16 writers (`make soak`, KILLS times; 200 by default).

PostgreSQL's first process gets SIGKILL and is started again; with SQLite, whose database is part
of the process that writes, that process gets it. What was acknowledged is there, and once.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.models import Receipt
from bot.database.service import DatabaseService
from simulator import Process
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.servers import Databases
from tests.forked import ForkedProcess

pytestmark = pytest.mark.soak

KILLS = int(os.environ.get("KILLS", "200"))
WRITERS = 16
BACK_SECONDS = 5.0
SCRIPT = Path(__file__).parent / "writing.py"
# How long they write between two kills.
SHORTEST_SECONDS, LONGEST_SECONDS = 0.05, 0.4


@dataclass
class Crew:
    """Sixteen writers, and all that was acknowledged to them in any of their processes."""

    url: str
    forks: Path
    directory: Path
    roles: list[int]
    process: Process = field(init=False)
    records: dict[tuple[int, int], int] = field(default_factory=dict)
    read: int = 0

    async def start(self) -> None:
        """Let a process write on from what was acknowledged."""
        begin = [0] * WRITERS
        for writer, number in self.records:
            begin[writer] = max(begin[writer], number + 1)
        self.read = 0
        self.process = ForkedProcess(
            self.forks,
            *(SCRIPT, self.url, str(GUILD), json.dumps(begin)),
            log_file=self.directory / "writers.log",
            environment={"WRITERS_ROLES": json.dumps(self.roles)},
            directory=self.directory,
        )
        await self.process.start()

    def note(self) -> int:
        """Note what was acknowledged since the last time and return how much it is in all."""
        output = self.process.output
        for line in output[self.read : output.rfind("\n") + 1].splitlines():
            # Between the lines of the writers there are the program's own log lines.
            if not line.startswith("done "):
                continue
            writer, number, record = map(int, line.split()[1:])
            known = self.records.setdefault((writer, number), record)
            assert known == record, f"{writer}-{number} was #{known} and is #{record}"
        self.read = output.rfind("\n") + 1
        return len(self.records)

    async def acknowledged_again(self) -> float:
        """Wait for the next acknowledgement and return how many seconds it took."""
        began, before = time.monotonic(), self.note()
        while self.note() == before:
            assert self.process.exit_code is None, self.process.output[-3000:]
            assert time.monotonic() - began < 60, "no one writes any more"
            await asyncio.sleep(0.01)
        return time.monotonic() - began


async def play(crew: Crew, warehouse: Warehouse, kill: Callable[[], Awaitable[None]]) -> None:
    """Kill and look how soon writes are back, then whether everything is there, once."""
    dice, slowest = random.Random(7), 0.0
    began = time.monotonic()
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        await kill()
        slowest = max(slowest, await crew.acknowledged_again())
    await crew.process.kill()
    count = crew.note()
    print(  # noqa: T201  # the figures of a long run
        f"\n{KILLS} kills in {time.monotonic() - began:.0f} s, {count} acknowledged, writes back "
        f"after {slowest:.2f} s at most; load {os.getloadavg()[0]:.1f}"
    )
    rows = await rows_of(warehouse.db, Receipt, GUILD)
    receipts = {row.key.removeprefix("discord:"): row.record for row in rows}
    written = {key: record for key, record in receipts.items() if key.startswith("writer-")}
    for (writer, number), record in crew.records.items():
        assert written.get(f"writer-{writer}-{number}") == record, "an acknowledged one is lost"
    # At most what each had under way at the end was done and not acknowledged.
    assert count <= len(written) <= count + WRITERS
    assert len(set(written.values())) == len(written)
    await require_sound_books(warehouse.db)
    assert slowest < BACK_SECONDS


@asynccontextmanager
async def manned(url: str, forks: Path, directory: Path) -> AsyncIterator[tuple[Crew, Warehouse]]:
    """Open books in which 16 writers are at work."""
    db = DatabaseService(DatabaseSettings(url))
    warehouse = await Warehouse.open(db)
    await warehouse.add_item()
    await warehouse.add_shelf()
    crew = Crew(url, forks, directory, sorted(warehouse.employee.discord_role_ids))
    await crew.start()
    try:
        await crew.acknowledged_again()
        yield crew, warehouse
    finally:
        await crew.process.kill()
        await db.close()


async def test_sqlite_loses_and_doubles_nothing_when_its_process_is_killed(
    databases: Databases, forks: Path, tmp_path: Path
) -> None:
    url = await asyncio.to_thread(databases.copy_sqlite, tmp_path / "books.db")
    async with manned(url, forks, tmp_path) as (crew, warehouse):

        async def kill() -> None:
            await crew.process.kill()
            crew.note()
            await crew.start()

        await play(crew, warehouse, kill)


async def test_postgresql_loses_and_doubles_nothing_when_it_is_killed(
    databases: Databases, forks: Path, tmp_path: Path
) -> None:
    server = databases.private_server()
    server.start()
    url = server.create("killed", template="template1")
    await migrate.upgrade(url)

    async def kill() -> None:
        server.kill()
        await asyncio.to_thread(server.start_again)

    try:
        async with manned(url, forks, tmp_path) as (crew, warehouse):
            await play(crew, warehouse, kill)
    finally:
        server.stop()
