"""What must not grow with the books: a unit's time with the catalogue, a page with the ledger."""

import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from benchmarks.pairs import Figure, percentile
from benchmarks.servers import (
    FIRST_GUILD,
    Server,
    Stock,
    clerk_of,
    item_named,
    new_key,
    opened,
    stocked,
)
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.services.search import ListHistory, list_history
from bot.services.stock import TakeStock, take_stock

_SMALL, _LARGE = 2_000, 30_000
_MOVES: Final = 300_000
_OLD_MOVES: Final = 50
FIRST_ID: Final = 1_000_000
_FIRST_RECORD: Final = 1_000
_HISTORY_MS: Final = 5.0
_OPENED = datetime(2026, 1, 1, tzinfo=UTC)

_ITEM = ("guild_id", "id", "sku", "sku_key", "name", "name_key", "unit", "reserved")
ITEM_COLUMNS = (*_ITEM, "changed_record")
_EVENT_COLUMNS = (
    *("guild_id", "record", "format", "at", "actor_kind", "actor_id", "source", "action"),
    *("subject_type", "subject", "detail", "hash"),
)
_MOVE_COLUMNS = (
    *("guild_id", "record", "line", "item_id", "lot_id", "source_id", "target_id"),
    *("quantity", "actor_id"),
)

Rows = Iterator[tuple[Any, ...]]
Tables = Mapping[str, tuple[tuple[str, ...], Rows]]


async def measure(server: Server) -> list[Figure]:
    """Measure all of it: on SQLite, on PostgreSQL, or on both."""
    figures = [await _measure_catalogue()]
    await server.create("growth")
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        file = Path(directory) / "ledger.db"
        for engine, url in (
            ("PostgreSQL", server.url("growth")),
            ("SQLite", f"sqlite+aiosqlite:///{file}"),
        ):
            stock = await stocked(url, guilds=1)
            if engine == "SQLite":
                fill_sqlite(file, _ledger(stock, sqlite=True))
            else:
                await fill_postgresql(server.dsn("growth"), _ledger(stock, sqlite=False))
            async with opened(url) as service:
                figures += await _measure_history(service, stock, engine)
    return figures


async def _measure_catalogue() -> Figure:
    """Compare a whole `take_stock` on SQLite over a large catalogue with one over a small one."""
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        services: list[DatabaseService] = []
        works = []
        for size in (_SMALL, _LARGE):
            file = Path(directory) / f"{size}.db"
            url = f"sqlite+aiosqlite:///{file}"
            await stocked(url, guilds=1)
            fill_sqlite(file, {"item": (ITEM_COLUMNS, items_named(size))})
            services.append(DatabaseService(DatabaseSettings(url)))
            works.append(taking(services[-1]))
        taken: list[list[float]] = [[], []]
        for _ in range(150):
            for times, work in zip(taken, works, strict=True):
                times.append(await milliseconds_of(work))
        for service in services:
            await service.close()
    small, large = median(taken[0]), median(taken[1])
    name = f"SQLite take_stock, {_LARGE:,} items against {_SMALL:,}"
    return Figure(name, large / small, ceiling=1.3, note=f"{large:.2f} ms, {small:.2f} ms")


def taking(service: DatabaseService) -> Callable[[], Awaitable[object]]:
    """Return what takes one piece, named as a person names it."""
    request = TakeStock(item="bolt-1", location="shelf 1", quantity=Decimal(1))
    return lambda: service.run(take_stock, request, clerk_of(FIRST_GUILD), new_key())


async def _measure_history(service: DatabaseService, stock: Stock, engine: str) -> list[Figure]:
    """Time the first page of an item with few old moves, of a busy and of a quiet location."""
    wanted = {
        f"item with {_OLD_MOVES} old moves": ListHistory(item=stock.items[0]),
        "a busy location": ListHistory(location=stock.places[1]),
        "a quiet location": ListHistory(location=stock.places[-1]),
    }
    actor = clerk_of(FIRST_GUILD)
    figures = []
    for what, request in wanted.items():
        found = await service.query(list_history, request, actor)
        assert len(found.moves) == 10, what
        look = partial(service.query, list_history, request, actor)
        taken = [await milliseconds_of(look) for _ in range(300)]
        figures.append(
            Figure(
                f"history of {what}, {engine}",
                percentile(taken, 99),
                "ms",
                ceiling=_HISTORY_MS,
                note=f"p99 of {len(taken)}, p50 {median(taken):.1f} ms, {_MOVES:,} moves",
            )
        )
    return figures


async def milliseconds_of(work: Callable[[], Awaitable[object]]) -> float:
    """Do it once and return how long it took."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def items_named(count: int) -> Rows:
    """Return the rows of that many items."""
    for number in range(count):
        row = item_named(f"NUT-{number:06}")
        names = tuple(row[column] for column in _ITEM[2:6])
        yield (FIRST_GUILD, FIRST_ID + number, *names, "pcs", 0, 0)


def _ledger(stock: Stock, *, sqlite: bool) -> Tables:
    """Return records with a move each: the first item's and the last location's are the oldest."""
    one: Any = 1_000 if sqlite else Decimal(1)
    quiet, busy = stock.places[-1], stock.places[1:-1]

    def events() -> Rows:
        for number in range(_MOVES):
            moment = _OPENED + timedelta(minutes=number / 10)
            at = moment.replace(tzinfo=None).isoformat(" ") if sqlite else moment
            record = _FIRST_RECORD + number
            actor = (at, "member", 77, "discord", "stock.moved", "item", "BOLT", "{}", "0" * 64)
            yield (FIRST_GUILD, record, 2, *actor)

    def moves() -> Rows:
        for number in range(_MOVES):
            is_old = number < _OLD_MOVES
            item = stock.items[0] if is_old else stock.items[1 + number % (len(stock.items) - 1)]
            source, target = busy[0], quiet if is_old else busy[1 + number % (len(busy) - 1)]
            ends = (0, source, target, one, 77)
            yield (FIRST_GUILD, _FIRST_RECORD + number, 1, item, *ends)

    return {"audit_event": (_EVENT_COLUMNS, events()), "stock_move": (_MOVE_COLUMNS, moves())}


def fill_sqlite(file: Path, tables: Tables) -> None:
    """Insert rows into tables and let the planner know of them."""
    with sqlite3.connect(file) as connection:
        for table, (columns, rows) in tables.items():
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            connection.executemany(statement, rows)
        connection.execute("ANALYZE")


async def fill_postgresql(dsn: str, tables: Tables) -> None:
    """Copy rows into tables and let the planner know of them."""
    connection = await asyncpg.connect(dsn)
    try:
        for table, (columns, rows) in tables.items():
            await connection.copy_records_to_table(table, records=rows, columns=columns)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
