"""`python -m benchmarks [NAME ...]`: moves controllers autocomplete growth lines commands imports
values charts sync guilds storage process scanner.

`million` and `day` are measured only when they are named. Prints ratios, rates and sizes, all from
one run.
"""

import asyncio
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable

from loguru import logger

from benchmarks import (
    autocomplete,
    charts,
    commands,
    controllers,
    day,
    growth,
    guilds,
    imports,
    lines,
    million,
    moves,
    process,
    scanner,
    storage,
    sync,
    values,
)
from benchmarks.pairs import Figure
from benchmarks.servers import Server, postgresql

ON_SERVER: dict[str, Callable[[Server], Awaitable[list[Figure]]]] = {
    "moves": moves.measure,
    "controllers": controllers.measure,
    "autocomplete": autocomplete.measure,
    "growth": growth.measure,
    "lines": lines.measure,
    "commands": commands.measure,
    "imports": imports.measure,
    "values": values.measure,
    "charts": charts.measure,
    "sync": sync.measure,
    "guilds": guilds.measure,
    "storage": storage.measure,
    "million": million.measure,
}
ALL = (*ON_SERVER, "process", "scanner", "day")
# Takes many minutes, so it is measured when it is asked for.
LONG = ("million", "day")


async def main(names: list[str]) -> None:
    """Measure what was named and print every figure beside its bound."""
    begun = time.monotonic()
    loop = type(asyncio.get_running_loop()).__module__.partition(".")[0]
    print(f"Python {platform.python_version()}, {loop}, {os.cpu_count()} cores, {_load()}")
    figures: list[Figure] = []
    for name in names:
        print(f"\n{name}", flush=True)
        for figure in await measure(name):
            print(figure, flush=True)
            figures.append(figure)
    missed = sum(not figure.holds for figure in figures)
    print(f"\n{len(figures)} figures in {time.monotonic() - begun:.0f} s; {missed} missed")


async def measure(name: str) -> list[Figure]:
    """Measure one group; each has a server of its own, so that none inherits another's load."""
    if name == "process":
        return await process.measure()
    if name == "scanner":
        return await scanner.measure()
    if name == "day":
        return await day.measure()
    with postgresql() as server:
        return await ON_SERVER[name](server)


def _load() -> str:
    """Say how busy the machine was: other work takes more from the side with more to compute."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def chosen(arguments: list[str]) -> list[str]:
    """Return what to measure, in order; everything by default."""
    unknown = [name for name in arguments if name not in ALL]
    if unknown:
        raise SystemExit(f"There is no benchmark called {unknown[0]}; choose of {', '.join(ALL)}.")
    return [name for name in ALL if name in arguments] or [name for name in ALL if name not in LONG]


if __name__ == "__main__":
    logger.disable("bot")
    wanted = chosen(sys.argv[1:])
    if importlib.util.find_spec("uvloop"):  # the loop that the bot runs on, where it installs
        import uvloop

        uvloop.run(main(wanted))
    else:
        asyncio.run(main(wanted))
