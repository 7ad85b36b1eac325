"""The idle process: how soon it answers after its start, and what memory it takes then.

It is the real `python -m bot run` over SQLite, against the Discord on loopback that the tests
use; its books were opened in an earlier run, as on every start but the first.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.pairs import Figure
from simulator import Actor, LoopbackDiscord, Process

_STARTS = 5
_IDLE_SECONDS = 2.0
_MAX_START_SECONDS = 1.5
_MAX_MEMORY_MIB = 105.0


@dataclass
class Depot:
    """A guild with books, seen through a person in it, and how the bot is started for it."""

    discord: LoopbackDiscord
    person: Actor
    directory: Path

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Process]:
        """Start `python -m bot run`; it is stopped as an operator would stop it."""
        environment = {
            **self.discord.environment,
            "DATABASE_URL": f"sqlite:///{self.directory / 'books.db'}",
            "HTTP_PORT": "0",
            # An installed program is compiled already, whatever the shell says of bytecode.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.directory / "bytecode"),
        }
        process = Process(
            [sys.executable, "-m", "bot", "run"],
            log_file=self.directory / "bot.log",
            environment=environment,
            directory=self.directory,
        )
        async with process:
            yield process
            await process.terminate()
            await self.discord.bot_gone()

    async def open_books(self) -> None:
        """Set the guild up, with an item to be found; this also compiles the program once."""
        async with self.bot() as process:
            await process.wait_until_ready(self.discord.bot_ready(60))
            assert self.person.member is not None
            await self.person.slash("setup", admin_role=self.person.member.roles[0])
            await self.person.slash("location add", name="Shelf A1")
            await self.person.slash("item add", sku="BOLT-8", name="Hexagon bolt")
            await self.person.slash("put", item="BOLT-8", location="Shelf A1", quantity="100")

    async def find(self) -> None:
        """Ask where the item is and read the answer."""
        answer = await self.person.slash("find", query="BOLT-8")
        assert "100" in answer.text, answer.text


async def measure() -> list[Figure]:
    """Start the process a few times; measure until the first answer, then what it holds."""
    seconds: list[float] = []
    resident: list[float] = []
    proportional: list[float] = []
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        async with LoopbackDiscord() as discord:
            guild = discord.add_guild("Bench")
            owner = guild.members[guild.owner.id]
            owner.roles.append(guild.add_role("Boss"))
            depot = Depot(discord, discord.act_as(owner), Path(directory))
            await depot.open_books()
            for _ in range(_STARTS):
                begun = time.perf_counter()
                async with depot.bot() as process:
                    await process.wait_until_ready(discord.gateway.wait_ready(10))
                    await depot.find()
                    seconds.append(time.perf_counter() - begun)
                    await asyncio.sleep(_IDLE_SECONDS)
                    memory = memory_mib(process.pid)
                    resident.append(memory["Rss"])
                    proportional.append(memory["Pss"])
    slowest = f"slowest of {_STARTS}: {max(seconds):.2f} s"
    pss = f"proportional (PSS) {median(proportional):.1f} MiB"
    return [
        Figure(
            "start until the first /find is answered",
            median(seconds),
            "s",
            ceiling=_MAX_START_SECONDS,
            note=slowest,
        ),
        Figure(
            "idle process, resident", median(resident), "MiB", ceiling=_MAX_MEMORY_MIB, note=pss
        ),
    ]


def memory_mib(pid: int) -> dict[str, float]:
    """Return what a process holds, in MiB, by the kernel's names; Linux only."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return {name.rstrip(":"): int(kibibytes) / 1024 for name, kibibytes, *_ in fields}
