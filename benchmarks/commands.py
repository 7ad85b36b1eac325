"""Commands end to end: from the event at the gateway to the answer that a person sees.

The real `python -m bot run` against the simulated Discord, as a ratio of a bare bot that answers a
constant; many people in several guilds, each waiting for an answer before the next command.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pairs import Figure, percentile
from benchmarks.servers import Server
from bot.database.admin import migrate
from simulator import Actor, LoopbackDiscord, Process

_ROOT = Path(__file__).resolve().parents[1]
_GUILDS = 4
_PEOPLE_A_GUILD = 4
_SECONDS = 4.0
_WARM_UP_SECONDS = 1.0
_START_SECONDS = 60.0
_MIN_BARE_RATE = 1000.0
_FIND_FLOOR, _MOVE_FLOOR, _SQLITE_MOVE_FLOOR = 0.35, 0.15, 0.10
_MOVE_CEILING_MS = 250.0

Command = Callable[[Actor], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rush:
    """What a while of people's commands came to: how many a second, and how long each took."""

    rate: float
    seconds: list[float]

    def milliseconds(self, percent: float) -> float:
        """Return the time within which so many percent were answered."""
        return 1000 * percentile(self.seconds, percent)


async def measure(server: Server) -> list[Figure]:
    """Measure the bare bot, then ours on both engines."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as name:
        directory = Path(name)
        async with LoopbackDiscord() as discord:
            people = _people(discord)
            async with _started(discord, directory, "-m", "benchmarks.bare_bot"):
                bare = await _rush(_ping, people)
        figures.append(_rate("bare bot", bare, floor=_MIN_BARE_RATE))
        await server.create("commands")
        await migrate.upgrade(server.url("commands"))
        for engine, url, move_floor in (
            ("SQLite", f"sqlite:///{directory / 'books.db'}", _SQLITE_MOVE_FLOOR),
            ("PostgreSQL", server.dsn("commands"), _MOVE_FLOOR),
        ):
            async with LoopbackDiscord() as discord:
                people = _people(discord)
                async with _started(discord, directory, "-m", "bot", "run", url=url):
                    await _open_books(discord)
                    find = await _rush(_find, people)
                    move = await _rush(_move, people)
            figures += [
                _ratio(f"/find, {engine}", find, bare, _FIND_FLOOR),
                _ratio(f"/move, {engine}", move, bare, move_floor),
                Figure(
                    f"/move, {engine}, p99 from event to answer",
                    move.milliseconds(99),
                    "ms",
                    ceiling=_MOVE_CEILING_MS,
                    note=f"p50 {move.milliseconds(50):.0f} ms",
                ),
            ]
    return figures


def _rate(name: str, rush: Rush, floor: float) -> Figure:
    name = f"{name}, commands per second"
    return Figure(name, rush.rate, "/s", floor=floor, note=_times(rush))


def _ratio(name: str, rush: Rush, bare: Rush, floor: float) -> Figure:
    note = f"{rush.rate:,.0f}/s against {bare.rate:,.0f}/s; {_times(rush)}"
    return Figure(f"{name}, against the bare bot", rush.rate / bare.rate, floor=floor, note=note)


def _times(rush: Rush) -> str:
    return f"p50 {rush.milliseconds(50):.0f} ms, p99 {rush.milliseconds(99):.0f} ms"


async def _rush(command: Command, people: list[Actor]) -> Rush:
    """Let everyone send the command over and over, once to warm up and once to be measured."""
    await _keep_sending(command, people, _WARM_UP_SECONDS)
    return await _keep_sending(command, people, _SECONDS)


async def _keep_sending(command: Command, people: list[Actor], for_seconds: float) -> Rush:
    seconds: list[float] = []
    begun = time.perf_counter()
    deadline = begun + for_seconds

    async def work(person: Actor) -> None:
        while (sent := time.perf_counter()) < deadline:
            await command(person)
            seconds.append(time.perf_counter() - sent)

    await asyncio.gather(*map(work, people))
    return Rush(len(seconds) / (time.perf_counter() - begun), seconds)


def _people(discord: LoopbackDiscord) -> list[Actor]:
    people = []
    for number in range(_GUILDS):
        guild = discord.add_guild(f"Depot {number}")
        boss = guild.add_role("Boss")
        guild.members[guild.owner.id].roles.append(boss)
        clerks = (guild.add_member(f"clerk {n}", [boss]) for n in range(_PEOPLE_A_GUILD))
        people += [discord.act_as(clerk) for clerk in clerks]
    return people


async def _open_books(discord: LoopbackDiscord) -> None:
    for guild in discord.world.guilds.values():
        owner = discord.act_as(guild.members[guild.owner.id])
        assert owner.member is not None
        await owner.slash("setup", admin_role=owner.member.roles[0])
        for place in ("Shelf A1", "Shelf B2"):
            await owner.slash("location add", name=place)
        await owner.slash("item add", sku="BOLT-8", name="Rope", unit="m")
        for place in ("Shelf A1", "Shelf B2"):
            await owner.slash("put", item="BOLT-8", location=place, quantity="100000")


@asynccontextmanager
async def _started(
    discord: LoopbackDiscord, directory: Path, *arguments: str, url: str = "sqlite://"
) -> AsyncIterator[None]:
    """Run a bot that is connected while the block lasts."""
    environment = {
        **discord.environment,
        "DATABASE_URL": url,
        "DATA_KEY": "key-of-the-benchmarks-0123456789",
        "HTTP_PORT": "off",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(_ROOT),
        # An installed program is compiled already, whatever the shell says of bytecode.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(directory / "bytecode"),
    }
    command = [sys.executable, *arguments]
    log_file = directory / "bot.log"
    async with Process(
        command, log_file=log_file, environment=environment, directory=directory
    ) as process:
        await process.wait_until_ready(discord.bot_ready(timeout=_START_SECONDS))
        yield
        await process.kill()


_ways = itertools.cycle((("Shelf A1", "Shelf B2"), ("Shelf B2", "Shelf A1")))
_amounts = itertools.count(1)


async def _ping(person: Actor) -> None:
    answer = await person.slash("ping")
    assert answer.content == "pong"


async def _find(person: Actor) -> None:
    answer = await person.slash("find", query="BOLT-8")
    assert "in stock" in answer.text, answer.text


async def _move(person: Actor) -> None:
    source, target = next(_ways)
    # Another amount each time: the same command again would be asked back while the first
    # answer is being noted as shown.
    quantity = f"{1 + next(_amounts) % 997 / 1000:.3f}"
    answer = await person.slash("move", item="BOLT-8", quantity=quantity, from_=source, to=target)
    assert "Moved" in answer.text, answer.text
