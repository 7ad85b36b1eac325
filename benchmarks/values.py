"""The value of stock: 100,000 moves read and folded item by item, and what that keeps in memory."""

import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Final

from benchmarks.large_books import LongLedger, add_catalogue, write_postgresql, write_sqlite
from benchmarks.pairs import Figure
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, opened, stocked
from bot.database.service import DatabaseService
from bot.domain.valuation import LeftCosts
from bot.services.valuation import FindLedger, find_ledger, value_items

_MOVES: Final = 100_000
_SECONDS, _MIB = 10.0, 20.0


async def measure(server: Server) -> list[Figure]:
    """Measure on PostgreSQL, then on SQLite."""
    figures: list[Figure] = []
    await server.create("values")
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as name:
        file = Path(name) / "books.db"
        for engine, url in (
            ("PostgreSQL", server.url("values")),
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
                await write_postgresql(server.dsn("values"), ledger)
            async with opened(url) as service:
                figures += await _value(service, engine)
    return figures


async def _value(service: DatabaseService, engine: str) -> list[Figure]:
    began = time.monotonic()
    items = await _fold(service)
    seconds = time.monotonic() - began
    tracemalloc.start()
    try:
        await _fold(service)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    note = f"{_MOVES:,} moves of {items:,} items"
    return [
        Figure(f"value of stock, {engine}", seconds, "s", ceiling=_SECONDS, note=note),
        Figure(f"value of stock, memory, {engine}", peak / 2**20, "MiB", ceiling=_MIB, note=note),
    ]


async def _fold(service: DatabaseService) -> int:
    actor, items = clerk_of(FIRST_GUILD), 0
    async with service.reads.heavy_work(FIRST_GUILD):
        ledger = await service.query(find_ledger, FindLedger(), actor)
        async for piece in value_items(service, ledger, actor, LeftCosts()):
            items += len(piece)
    return items
