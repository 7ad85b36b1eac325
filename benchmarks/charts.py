"""Charts: how long one takes, whether the loop has to wait for it, and what 500 leave in memory."""

import asyncio
import gc
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.large_books import LongLedger, add_catalogue, write_postgresql, write_sqlite
from benchmarks.pairs import Figure
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, opened, stocked
from bot.cogs.charts import read_drawing
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.memory import give_back_free_pages
from bot.reports.charts import draw_chart

# Written a minute apart from 2023 on: two months of a busy guild.
_MOVES: Final = 100_000
_NOW: Final = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=_MOVES)
_ROUNDS: Final = 15
_TICK_SECONDS: Final = 0.001
_CHART_MS, _VALUE_MS, _HELD_UP_MS, _MIB = 300.0, 10_000.0, 30.0, 10.0
_WARM, _MANY = 50, 500
_ITEM: Final = "NUT-00007"
_CHARTS: Final[dict[str, dict[str, Any]]] = {
    "level of an item": {"kind": "level", "item": _ITEM},
    "moves of an item": {"kind": "moves", "item": _ITEM},
    "moves of all": {"kind": "moves"},
    "moves at a location": {"kind": "moves", "location": "Bay 7"},
    "value of an item": {"kind": "value", "item": _ITEM},
    "value of all": {"kind": "value"},
}


async def measure(server: Server) -> list[Figure]:
    """Measure on PostgreSQL, then on SQLite."""
    figures: list[Figure] = []
    await server.create("charts")
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as name:
        file = Path(name) / "books.db"
        for engine, url in (
            ("PostgreSQL", server.url("charts")),
            ("SQLite", f"sqlite+aiosqlite:///{file}"),
        ):
            await stocked(url, guilds=1)
            async with opened(url) as service:
                catalogue = await add_catalogue(service)
                async with service.look_up(clerk_of(FIRST_GUILD)) as books:
                    head = books.head.last_record, books.head.chain_head
            ledger = LongLedger(catalogue, head, _MOVES)
            if engine == "SQLite":
                write_sqlite(file, ledger)
            else:
                await write_postgresql(server.dsn("charts"), ledger)
            del ledger
            async with _at_the_end(url) as service:
                figures += await _charts(service, engine)
                if engine == "SQLite":
                    figures.append(await _memory(service))
    return figures


@asynccontextmanager
async def _at_the_end(url: str) -> AsyncIterator[DatabaseService]:
    service = DatabaseService(DatabaseSettings(url), clock=lambda: _NOW)
    try:
        yield service
    finally:
        await service.close()


async def _charts(service: DatabaseService, engine: str) -> list[Figure]:
    await _draw(service, **_CHARTS["level of an item"])  # imports what draws
    # As the bot does once it has started: what was there before is looked through no more.
    gc.collect()
    gc.freeze()
    figures = []
    for name, asked in _CHARTS.items():
        is_all = name == "value of all"
        taken, gaps = [], []
        for _ in range(1 if is_all else _ROUNDS):
            ticking = asyncio.create_task(_tick())
            began = time.perf_counter()
            await _draw(service, **asked)
            taken.append(time.perf_counter() - began)
            ticking.cancel()
            gaps.append(await ticking)
        ceiling, note = (_VALUE_MS if is_all else _CHART_MS), f"{_MOVES:,} moves"
        median = 1000 * statistics.median(taken)
        held_up, away = (1000 * max(each) for each in zip(*gaps, strict=True))
        beside = f"{away:.0f} ms with what else the machine did"
        figures += [
            Figure(f"chart, {name}, {engine}", median, "ms", ceiling=ceiling, note=note),
            Figure(
                f"loop held up, {name}, {engine}",
                held_up,
                "ms",
                ceiling=_HELD_UP_MS,
                note=beside,
            ),
        ]
    return figures


async def _tick() -> tuple[float, float]:
    """Return the longest times for which this process kept the loop, and the loop was away.

    Of the time that passed, what the thread stood in the machine's line for a processor is another
    process's: a machine that does something else takes it away for a tenth of a second.
    """
    kept, away = 0.0, 0.0
    last, in_line = time.perf_counter(), _seconds_in_line()
    try:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            now, waited = time.perf_counter(), _seconds_in_line()
            passed = now - last - _TICK_SECONDS
            kept, away = max(kept, passed - (waited - in_line)), max(away, passed)
            last, in_line = now, waited
    except asyncio.CancelledError:
        return kept, away


def _seconds_in_line() -> float:
    """Return how long this thread was ready to run and had no processor, as Linux counts it."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


async def _memory(service: DatabaseService) -> Figure:
    """Compare what the process holds after some charts and after many."""
    asked = [each for name, each in _CHARTS.items() if name.endswith("of an item")]
    before = 0.0
    for number in range(_WARM + _MANY):
        if number == _WARM:
            before = _resident_mib()
        await _draw(service, **asked[number % len(asked)])
    return Figure("memory after 500 charts", _resident_mib() - before, "MiB", ceiling=_MIB)


def _resident_mib() -> float:
    gc.collect()
    give_back_free_pages()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _draw(
    service: DatabaseService, kind: Any, item: str | None = None, location: str | None = None
) -> bytes:
    actor = clerk_of(FIRST_GUILD)
    _course, drawing = await read_drawing(service, actor, kind, item, location, 90)
    return await draw_chart(drawing)
