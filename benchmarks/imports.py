"""An import of 10,000 rows beside 100,000 items: how long it takes, and how the others fare."""

import asyncio
import hashlib
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import asyncpg

import bot.services
from benchmarks.growth import (
    ITEM_COLUMNS,
    fill_postgresql,
    fill_sqlite,
    items_named,
    milliseconds_of,
)
from benchmarks.pairs import Figure, percentile
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, item_named, new_key, opened, stocked
from bot.database.service import DatabaseService
from bot.errors import TallymanError
from bot.interactions.registers import load_modules
from bot.reports.sheets import read_sheet
from bot.services.imports.ahead import prepare_words
from bot.services.imports.applying import ApplyImport, apply_ahead
from bot.services.imports.previewing import ImportPreviewed, PreviewImport, preview_import
from bot.services.stock import TakeStock, take_stock

_ROWS: Final = 10_000
_ITEMS: Final = 100_000
_QUIET_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 0.02
_FIRST_COPIED: Final = 5_000_000


async def measure(server: Server) -> list[Figure]:
    """Import the same sheet on both engines."""
    load_modules(bot.services)
    figures = []
    items = (ITEM_COLUMNS, items_named(_ITEMS))
    await server.create("imports")
    await stocked(server.url("imports"), guilds=2)
    await fill_postgresql(server.dsn("imports"), {"item": items})
    async with opened(server.url("imports")) as service:
        figures += await _measure(service, "PostgreSQL")
        by_hand = await _copy_by_hand(server.dsn("imports"))
        previewed = await _preview(service, "BRT")
        began = time.perf_counter()
        await prepare_words(service, FIRST_GUILD, previewed)
        reading = time.perf_counter() - began
        await _apply(service, previewed)
        seconds = time.perf_counter() - began - reading
        by_hand = (by_hand + await _copy_by_hand(server.dsn("imports"))) / 2
    ratio = by_hand / seconds
    note = f"{_ROWS / seconds:,.0f} rows/s, COPY {_ROWS / by_hand:,.0f}; after {reading:.1f} s"
    figures.append(Figure("import against COPY by hand", ratio, floor=0.25, note=note))
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        file = Path(directory) / "imports.db"
        url = f"sqlite+aiosqlite:///{file}"
        await stocked(url, guilds=2)
        fill_sqlite(file, {"item": (ITEM_COLUMNS, items_named(_ITEMS))})
        async with opened(url) as service:
            figures += await _measure(service, "SQLite")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.append(Figure("the process at its largest", peak, "MiB", ceiling=300))
    return figures


async def _measure(service: DatabaseService, engine: str) -> list[Figure]:
    other, own = _taking(service, FIRST_GUILD + 1), _taking(service, FIRST_GUILD)
    quiet = await _take_while(other, asyncio.sleep(_QUIET_SECONDS))
    # As PostgreSQL's own daemon does within a minute of so many changes.
    await service.upkeep.gather_statistics()
    began = time.perf_counter()
    previewed = await _preview(service)
    shown = time.perf_counter() - began
    began = time.perf_counter()
    beside, waited = await _beside(own, other, prepare_words(service, FIRST_GUILD, previewed))
    prepared = time.perf_counter() - began
    applying = await _beside(own, other, _apply(service, previewed))
    applied = time.perf_counter() - began - prepared
    beside, waited = beside + applying[0], waited + applying[1]
    # SQLite has one writer for all guilds: the others wait for it as this one does.
    ratio = percentile(beside, 99) / percentile(quiet, 99)
    note = (
        f"quiet {percentile(quiet, 99):.0f} ms, beside {percentile(beside, 99):.0f} ms, "
        f"while it is applied {percentile(applying[0], 99):.0f} ms"
    )
    others = (
        Figure(f"another guild's take at most, {engine}", max(beside) / 1000, "s", ceiling=2)
        if service.is_sqlite
        else Figure(f"another guild's p99 beside it, {engine}", ratio, ceiling=3, note=note)
    )
    return [
        Figure(f"{_ROWS:,} rows previewed, {engine}", shown, "s", ceiling=10),
        Figure(f"{_ROWS:,} rows prepared while people read, {engine}", prepared, "s", ceiling=10),
        Figure(f"{_ROWS:,} rows applied, {engine}", applied, "s", ceiling=15),
        Figure(f"the guild's own take at most, {engine}", max(waited) / 1000, "s", ceiling=2),
        others,
    ]


async def _beside(
    own: Callable[[], Awaitable[object]],
    other: Callable[[], Awaitable[object]],
    work: Awaitable[object],
) -> tuple[list[float], list[float]]:
    """Do some work while two guilds take; returns the other guild's times and its own."""
    working = asyncio.ensure_future(work)
    beside, waited, _ = await asyncio.gather(
        _take_while(other, asyncio.shield(working)),
        _take_while(own, asyncio.shield(working)),
        working,
    )
    return beside, waited


async def _preview(service: DatabaseService, prefix: str = "ART") -> ImportPreviewed:
    lines = (
        f"{prefix}-{n:06},Hexagon head screw M{n % 40} x {n % 977},pcs,Shelf {n % 8},{n % 500 + 1}"
        for n in range(_ROWS)
    )
    content = "\n".join(["sku,name,unit,place,quantity", *lines]).encode()
    request = PreviewImport(
        kind="items",
        file_name="parts.csv",
        file_hash=hashlib.sha256(content).hexdigest(),
        sheet=await asyncio.to_thread(read_sheet, content, "items"),
    )
    return await preview_import(service, request, clerk_of(FIRST_GUILD))


async def _apply(service: DatabaseService, previewed: ImportPreviewed) -> None:
    request = ApplyImport(token=previewed.token)
    done = await apply_ahead(service, request, clerk_of(FIRST_GUILD), new_key())
    assert done.added == _ROWS


def _taking(service: DatabaseService, guild_id: int) -> Callable[[], Awaitable[object]]:
    request = TakeStock(item="bolt-1", location="shelf 1", quantity=Decimal(1))
    return lambda: service.run(take_stock, request, clerk_of(guild_id), new_key())


async def _take_while(
    take: Callable[[], Awaitable[object]], until: Awaitable[object]
) -> list[float]:
    """Take one after the other until something is over; a refused one counts as a minute."""
    waiting, taken = asyncio.ensure_future(until), list[float]()
    while not waiting.done():
        try:
            taken.append(await milliseconds_of(take))
        except TallymanError:
            taken.append(60_000.0)
        await asyncio.sleep(_PAUSE_SECONDS)
    await waiting
    return taken


async def _copy_by_hand(dsn: str) -> float:
    """Copy the same rows with their moves, levels and one record, and take it all back."""
    connection = await asyncpg.connect(dsn)
    try:
        place = await connection.fetchval("SELECT max(id) FROM location")
        transaction = connection.transaction()
        await transaction.start()
        began = time.perf_counter()
        await _copy(connection, place)
        seconds = time.perf_counter() - began
        await transaction.rollback()
    finally:
        await connection.close()
    return seconds


async def _copy(connection: asyncpg.Connection, place: int) -> None:
    ids, record = range(_FIRST_COPIED, _FIRST_COPIED + _ROWS), 900_000
    items = []
    for number in ids:
        row = item_named(f"COPY-{number}")
        shown = (row["sku"], row["sku_key"], row["name"], row["name_key"])
        items.append((FIRST_GUILD, number, *shown, "pcs", Decimal(0), record))
    digest = hashlib.sha256(repr(items).encode()).hexdigest()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    event = (FIRST_GUILD, record, 1, at, "member", 77, "bench", "x", "import", "x", "{}", digest)
    await connection.copy_records_to_table(
        "audit_event",
        columns=(
            *("guild_id", "record", "format", "at", "actor_kind", "actor_id", "source"),
            *("action", "subject_type", "subject", "detail", "hash"),
        ),
        records=[event],
    )
    await connection.copy_records_to_table("item", columns=ITEM_COLUMNS, records=items)
    await connection.copy_records_to_table(
        "stock_move",
        columns=(
            *("guild_id", "record", "line", "item_id", "lot_id", "source_id", "target_id"),
            *("quantity", "actor_id"),
        ),
        records=[
            (FIRST_GUILD, record, line, number, 0, 4, place, Decimal(1), 77)
            for line, number in enumerate(ids, 1)
        ],
    )
    await connection.copy_records_to_table(
        "stock_level",
        columns=("guild_id", "item_id", "location_id", "lot_id", "quantity"),
        records=[
            (FIRST_GUILD, number, end, 0, Decimal(sign))
            for number in ids
            for end, sign in ((4, -1), (place, 1))
        ],
    )
