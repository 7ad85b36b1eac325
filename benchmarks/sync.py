"""Devices that pull: a first copy of a large catalogue, polls of long books, a page of changes."""

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import text

from benchmarks.growth import (
    FIRST_ID,
    ITEM_COLUMNS,
    Rows,
    Tables,
    fill_postgresql,
    fill_sqlite,
    items_named,
    milliseconds_of,
)
from benchmarks.pairs import Figure
from benchmarks.servers import FIRST_GUILD, Server, Stock, clerk_of, new_key, opened, stocked
from bot.database.service import DatabaseService
from bot.domain.sync import Pulled
from bot.services.stock import PutStock, put_stock
from bot.services.sync.pulling import PullChanges, pull_changes

_MOVES: Final = int(os.environ.get("MOVES", "100000"))
_ITEMS: Final = 20_000
_CHANGES: Final = 200
_TIMES: Final = 200
_COPY_SECONDS, _POLL_MS, _PAGE_MS = 5.0, 5.0, 100.0
_FIRST_RECORD: Final = 1_000
_HASH: Final = "0" * 64
_EVENT_COLUMNS: Final = (
    *("guild_id", "record", "format", "at", "actor_kind", "actor_id", "source", "action"),
    *("subject_type", "subject", "detail", "hash"),
)
_LEVEL_COLUMNS: Final = ("guild_id", "item_id", "location_id", "lot_id", "quantity")
_MOVE_COLUMNS: Final = (
    *("guild_id", "record", "line", "item_id", "lot_id", "source_id", "target_id"),
    *("quantity", "actor_id"),
)
_LAST = text("UPDATE book SET last_record = :last, chain_head = :hash")


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
            stock = await stocked(url, guilds=1)
            if engine == "SQLite":
                fill_sqlite(file, _books(stock, sqlite=True))
            else:
                await fill_postgresql(server.dsn("sync"), _books(stock, sqlite=False))
            async with opened(url) as service:
                await _lead_to_last(service)
                figures += await _measure(service, engine, stock)
    return figures


async def _lead_to_last(service: DatabaseService) -> None:
    last = {"last": _FIRST_RECORD + _MOVES - 1, "hash": _HASH}
    await service.maintenance.write(lambda connection: connection.execute(_LAST, last))


def _books(stock: Stock, *, sqlite: bool) -> Tables:
    """Return items with two levels each, and records of a move each."""
    one: Any = 1_000 if sqlite else Decimal(1)
    began = datetime.now(UTC) - timedelta(days=30)

    def levels() -> Rows:
        for number in range(_ITEMS):
            for place in stock.places[:2]:
                yield (FIRST_GUILD, FIRST_ID + number, place, 0, one)

    def events() -> Rows:
        for number in range(_MOVES):
            moment = began + timedelta(seconds=number)
            at = moment.replace(tzinfo=None).isoformat(" ") if sqlite else moment
            actor = (at, "member", 77, "discord", "stock.moved", "item", "NUT", "{}", _HASH)
            yield (FIRST_GUILD, _FIRST_RECORD + number, 2, *actor)

    def moves() -> Rows:
        for number in range(_MOVES):
            ends = (0, *stock.places[number % 6 : number % 6 + 2], one, 77)
            item = FIRST_ID + number * 7 % _ITEMS
            yield (FIRST_GUILD, _FIRST_RECORD + number, 1, item, *ends)

    return {
        "item": (ITEM_COLUMNS, items_named(_ITEMS)),
        "stock_level": (_LEVEL_COLUMNS, levels()),
        "audit_event": (_EVENT_COLUMNS, events()),
        "stock_move": (_MOVE_COLUMNS, moves()),
    }


async def _measure(service: DatabaseService, engine: str, stock: Stock) -> list[Figure]:
    async def pull(cursor: str | None) -> Pulled:
        request = PullChanges(cursor=cursor)
        return await service.query(pull_changes, request, clerk_of(FIRST_GUILD))

    async def put(number: int) -> None:
        item, place = FIRST_ID + number, stock.places[0]
        request = PutStock(item=item, quantity=Decimal(1), location=place)
        await service.run(put_stock, request, clerk_of(FIRST_GUILD), new_key())

    # What changes follow has to be younger than what is kept of changes.
    await put(_CHANGES)
    began, computed, rows, levels, pages = time.monotonic(), time.process_time(), 0, 0, 0
    page = await pull(None)
    while True:
        pages, rows = pages + 1, rows + len(page.changes)
        levels += sum(each.table == "stock_levels" for each in page.changes)
        if not page.has_more:
            break
        page = await pull(page.cursor)
    seconds, computed = time.monotonic() - began, time.process_time() - computed
    assert levels >= 2 * _ITEMS, levels
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
            note=f"{rows:,} rows in {pages} pages, {computed:.1f} s of it computing here",
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
