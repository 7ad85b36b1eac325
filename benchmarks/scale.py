"""`make scale`: processes by shard on one database of many guilds, and what they cost.

`make scale ARGS="--processes 4 --guilds 100000 --seconds 20"`
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.guilds import fill
from benchmarks.load.depot import DATA_KEY, add_people, open_books
from benchmarks.pairs import percentile
from benchmarks.servers import Server, postgresql
from bot.database.admin import migrate
from simulator import Actor, InteractionFailed, LoopbackDiscord, Message, NoAnswer, Process

_ROOT: Final = Path(__file__).resolve().parents[1]
_START_SECONDS: Final = 90.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_GUILDS, _PEOPLE = 12, 24
# Shards follow from when guilds were made, by the millisecond.
_APART_SECONDS: Final = 0.0013
# What a command costs is compared at the same pace, which leaves the processors time: flat out,
# four processes compete for two of them, and each finds its caches full of the others' memory.
_PAUSE_SECONDS: Final = 1.5
# The first commands of a process cost more: its statements are written then.
_WARMING_SECONDS: Final = 6.0
_TAKING: Final[dict[str, Any]] = {"item": "ROPE", "location": "Shelf A1", "quantity": "1"}
# What a start looks for again is over by then.
_SETTLE_SECONDS: Final = 25.0
_TRANSACTIONS: Final = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1"
_RECORD: Final = re.compile(r"#(\d+)")


class Fleet:
    """A Discord, a database, and as many processes as are started."""

    def __init__(self, discord: LoopbackDiscord, server: Server, directory: Path) -> None:
        self.discord = discord
        self.server = server
        self.dsn = server.dsn("scale")
        self.directory = directory
        self.people: list[Actor] = []

    def bot(self, number: int, count: int) -> Process:
        """Prepare the process of one shard of some."""
        environment = {
            **self.discord.environment,
            "DATABASE_URL": self.dsn,
            "DATA_KEY": DATA_KEY,
            "DISCORD_SHARDS": f"{number}/{count}",
            "HTTP_PORT": "0",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(_ROOT),
        }
        return Process(
            [sys.executable, "-m", "bot", "run"],
            log_file=self.directory / f"bot-{number}-of-{count}.log",
            environment=environment,
            directory=self.directory,
        )

    @asynccontextmanager
    async def running(self, count: int) -> AsyncIterator[list[Process]]:
        """Start processes at once; say how long it takes until all of them answer."""
        bots = [self.bot(number, count) for number in range(count)]
        async with AsyncExitStack() as stack:
            began = time.monotonic()
            await asyncio.gather(*(stack.enter_async_context(bot) for bot in bots))
            await asyncio.gather(*(self.ready(bot) for bot in bots))
            print(f"  {count} ready after {time.monotonic() - began:.1f} s", flush=True)
            yield bots
            ended = await asyncio.gather(*(bot.terminate() for bot in bots))
            print(f"  ended with {ended}")

    async def ready(self, bot: Process) -> None:
        """Wait until a process answers, and all others do."""
        await bot.wait_until_ready(self.discord.bot_ready(_START_SECONDS))

    async def count_transactions(self) -> int:
        """Return how many transactions the database has ended so far."""
        # By a connection to another database, which is counted there.
        connection = await asyncpg.connect(self.server.dsn("postgres"))
        try:
            return int(await connection.fetchval(_TRANSACTIONS, "scale"))
        finally:
            await connection.close()

    async def work(self, seconds: float, pause: float = 0.0) -> "Shift":
        """Let everyone take rope for a while, each at most once in some seconds."""
        shift, deadline = Shift(), time.monotonic() + seconds
        late = pause / len(self.people)
        takes = (
            self._take(person, shift, deadline, pause, number * late)
            for number, person in enumerate(self.people)
        )
        await asyncio.gather(*takes)
        return shift

    async def _take(
        self, person: Actor, shift: "Shift", deadline: float, pause: float, late: float
    ) -> None:
        assert person.member is not None
        guild = person.member.guild
        following = time.monotonic() + late
        while time.monotonic() < deadline:
            await asyncio.sleep(max(0, following - time.monotonic()))
            following += pause
            began = time.monotonic()
            try:
                reply = await person.slash("take", **_TAKING)
            except (InteractionFailed, NoAnswer):
                shift.lost += 1
                continue
            shift.taken.append(time.monotonic() - began)
            if found := _RECORD.search(reply.text):
                shift.last[guild.id] = max(shift.last.get(guild.id, 0), int(found[1]))

    def shard_of(self, person: Actor, count: int) -> int:
        """Return the shard of a person's guild."""
        assert person.member is not None
        return (person.member.guild.id >> 22) % count

    async def wait_for_lines(self, shift: "Shift") -> float:
        """Return how long after the last answer the last audit line arrived."""
        began = time.monotonic()
        for guild_id, record in shift.last.items():
            audit = self.discord.world.guilds[guild_id].channel("audit")
            await audit.wait_for(partial(_names, record), 120)
        return time.monotonic() - began


def _names(record: int, message: Message) -> bool:
    """Whether a message has the line of a record."""
    return f"`#{record}`" in message.content


class Shift:
    """What people did in a while: how long each answer took, and what was not answered."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.lost = 0
        self.last: dict[int, int] = {}


def _cpu_seconds(bots: Sequence[Process]) -> float:
    ticks = 0
    for bot in bots:
        fields = Path(f"/proc/{bot.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


async def _measure(fleet: Fleet, bots: list[Process], seconds: float) -> float:
    """Measure processes at rest and at work; returns the CPU a command in milliseconds."""
    count = len(bots)
    await asyncio.sleep(_SETTLE_SECONDS)
    before = await fleet.count_transactions()
    await asyncio.sleep(seconds)
    asked = (await fleet.count_transactions() - before) / seconds / count
    print(f"  at rest: {asked:.2f} transactions/s a process")
    await fleet.work(_WARMING_SECONDS, _PAUSE_SECONDS)
    used = _cpu_seconds(bots)
    shift = await fleet.work(seconds, _PAUSE_SECONDS)
    cpu = (_cpu_seconds(bots) - used) * 1000 / len(shift.taken)
    lag = await fleet.wait_for_lines(shift)
    print(
        f"  {len(shift.taken) / seconds:.0f} commands/s, {cpu:.1f} ms of CPU a command, "
        f"p99 {percentile(shift.taken, 99) * 1000:.0f} ms, {shift.lost} without an answer; "
        f"the last line {lag:.1f} s after the last answer"
    )
    return cpu


async def _kill_one(fleet: Fleet, bots: list[Process], seconds: float) -> None:
    """Kill a process among people at work, and start it again."""
    own = fleet.people[-1]
    victim = fleet.shard_of(own, len(bots))
    working = asyncio.create_task(fleet.work(seconds * 2))
    await asyncio.sleep(seconds / 2)
    await bots[victim].kill()
    began = time.monotonic()
    bots[victim] = fleet.bot(victim, len(bots))
    await bots[victim].start()
    while True:  # Discord holds its sessions for alive until it has noticed
        with suppress(InteractionFailed, NoAnswer):
            await own.slash("take", **_TAKING)
            break
    back = time.monotonic() - began
    shift = await working
    lag = await fleet.wait_for_lines(shift)
    print(
        f"  one killed: back after {back:.1f} s, {shift.lost} commands without an answer, "
        f"all lines {lag:.1f} s after the last answer"
    )


async def _play(wanted: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="tallyman-scale-") as name, postgresql() as server:
        await server.create("scale")
        await migrate.upgrade(server.url("scale"))
        async with LoopbackDiscord() as discord:
            fleet = Fleet(discord, server, Path(name))
            for _ in range(_GUILDS):
                fleet.people += add_people(discord, 1, _PEOPLE // _GUILDS)
                await asyncio.sleep(_APART_SECONDS)
            print(f"load {os.getloadavg()[0]:.1f}; one process, {_GUILDS} guilds")
            async with fleet.running(1):
                await open_books(discord)
            await fill(fleet.dsn, next(iter(discord.world.guilds)), wanted.guilds)
            costs = []
            for count in (1, wanted.processes):
                print(f"load {os.getloadavg()[0]:.1f}; {count} processes, {wanted.guilds:,} guilds")
                async with fleet.running(count) as bots:
                    costs.append(await _measure(fleet, bots, wanted.seconds))
                    if count > 1:
                        await _kill_one(fleet, bots, wanted.seconds)
            print(f"CPU a command, {wanted.processes} processes to one: {costs[1] / costs[0]:.2f}")


def main() -> None:
    """Read what is wanted and play it."""
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--guilds", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    asyncio.run(_play(parser.parse_args()))


if __name__ == "__main__":
    main()
