"""Devices that pull: a first copy of a large catalogue, polls of long books, a page of changes."""

import os
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import text

from benchmarks.growth import milliseconds_of
from benchmarks.large_books import LongLedger, add_catalogue, write_postgresql, write_sqlite
from benchmarks.pairs import Figure
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
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.sync import Pulled
from bot.services.stock import PutStock, put_stock
from bot.services.sync.pulling import PullChanges, pull_changes

_MOVES: Final = int(os.environ.get("MOVES", "100000"))
_MORE_ITEMS: Final = 17_000
_ITEMS_AT_ONCE: Final = 1000
_LEVELS: Final = 40_000
_CHANGES: Final = 200
_TIMES: Final = 200
_COPY_SECONDS, _POLL_MS, _PAGE_MS = 5.0, 5.0, 100.0

# Twenty thousand items at two locations each, as if they had been put there.
_STOCK = text(
    "INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)"
    " SELECT item.guild_id, item.id, location.id, 0, 7000 FROM item"
    " JOIN location ON location.guild_id = item.guild_id"
    " WHERE location.id IN (:first, :second) ON CONFLICT DO NOTHING"
)


@operation("bench.more_items", permission="role.manage")
async def add_items(uow: UnitOfWork, request: int) -> int:
    """Add a thousand further items, from a number on."""
    numbers = range(request, request + _ITEMS_AT_ONCE)
    await uow.items.bulk_create([item_named(f"WASHER-{n:05}") for n in numbers])
    return uow.record("bench.stocked", subject_type="guild", subject_id=None, subject="bench")


async def measure(server: Server) -> list[Figure]:
    """Measure on PostgreSQL, then on SQLite."""
    figures: list[Figure] = []
    await server.create("sync")
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as name:
        file = Path(name) / "books.db"
        for engine, url in (
            ("PostgreSQL", server.url("sync")),
            ("SQLite", f"sqlite+aiosqlite:///{file}"),
        ):
            await stocked(url, guilds=1)
            async with opened(url) as service:
                ledger = LongLedger(await add_catalogue(service), await _head(service), _MOVES)
            if engine == "SQLite":
                write_sqlite(file, ledger)
            else:
                await write_postgresql(server.dsn("sync"), ledger)
            async with opened(url) as service:
                await _add_more(service, ledger.stock)
                figures += await _measure(service, engine, ledger.stock)
    return figures


async def _head(service: DatabaseService) -> tuple[int, str]:
    async with service.look_up(clerk_of(FIRST_GUILD)) as books:
        return books.head.last_record, books.head.chain_head


async def _add_more(service: DatabaseService, stock: Stock) -> None:
    for first in range(0, _MORE_ITEMS, _ITEMS_AT_ONCE):
        await service.run(add_items, first, clerk_of(FIRST_GUILD), new_key())
    places = {"first": stock.places[0], "second": stock.places[1]}
    await service.maintenance.write(lambda connection: connection.execute(_STOCK, places))
    await service.maintenance.write(lambda connection: connection.execute(text("ANALYZE")))


async def _measure(service: DatabaseService, engine: str, stock: Stock) -> list[Figure]:
    async def pull(cursor: str | None) -> Pulled:
        request = PullChanges(cursor=cursor)
        return await service.query(pull_changes, request, clerk_of(FIRST_GUILD))

    async def put(number: int) -> None:
        item, place = stock.items[number], stock.places[number % 8]
        request = PutStock(item=item, quantity=Decimal(1), location=place)
        await service.run(put_stock, request, clerk_of(FIRST_GUILD), new_key())

    # What changes follow has to be younger than what is kept of changes.
    await put(_CHANGES)
    began, rows, levels, pages = time.monotonic(), 0, 0, 0
    page = await pull(None)
    while True:
        pages, rows = pages + 1, rows + len(page.changes)
        levels += sum(each.table == "stock_levels" for each in page.changes)
        if not page.has_more:
            break
        page = await pull(page.cursor)
    seconds = time.monotonic() - began
    assert levels >= _LEVELS, levels
    polls = [await milliseconds_of(lambda: pull(page.cursor)) for _ in range(_TIMES)]
    for number in range(_CHANGES):
        await put(number)
    changed = [await milliseconds_of(lambda: pull(page.cursor)) for _ in range(_TIMES)]
    assert len((await pull(page.cursor)).changes) == _CHANGES
    about = f"{_MOVES:,} moves, {engine}"
    return [
        Figure(
            f"first copy, {about}",
            seconds,
            "s",
            ceiling=_COPY_SECONDS,
            note=f"{rows:,} rows in {pages} pages",
        ),
        Figure(
            f"poll without changes, {about}",
            median(polls),
            "ms",
            ceiling=_POLL_MS,
            note=f"slowest of {_TIMES} {max(polls):.1f} ms",
        ),
        Figure(
            f"page of {_CHANGES} changes, {about}",
            median(changed),
            "ms",
            ceiling=_PAGE_MS,
            note=f"slowest of {_TIMES} {max(changed):.1f} ms",
        ),
    ]
