"""Moving stock: `db.run(move_stock)` against a transfer written by hand for the same tables."""

import asyncio
import itertools
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.pairs import Figure, Work, compare, percentile, rate_of
from benchmarks.servers import (
    FIRST_GUILD,
    GUILDS,
    Server,
    Stock,
    clerk_of,
    new_key,
    opened,
    raw_pool,
    stocked,
)
from bot.database.service import DatabaseService
from bot.services.stock import MoveStock, move_stock

_HASH = "0" * 64
_CALLERS = 16
_CROWD = 64
_TURNS = 8
_COLD_GUILD = FIRST_GUILD + GUILDS - 1

_LOCK = """SELECT location_id, quantity FROM stock_level WHERE guild_id = $1 AND item_id = $2
    AND location_id IN ($3, $4) ORDER BY location_id FOR UPDATE"""
_UPDATE = """UPDATE stock_level
    SET quantity = quantity + CASE WHEN location_id = $3 THEN -$5::numeric ELSE $5 END
    WHERE guild_id = $1 AND item_id = $2 AND location_id IN ($3, $4)"""
_AUDIT = """INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,
    action, subject_type, subject_id, subject, detail, hash) VALUES ($1, $2, 2, $3, 'member', $4,
    'discord', 'stock.moved', 'item', $5, $6, $7, $8)"""
_MOVE = """INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id,
    quantity, actor_id) VALUES ($1, $2, 1, $3, 0, $4, $5, $6, $7)"""
_OUTBOX = """INSERT INTO outbox (guild_id, lane, record, kind, created_at)
    VALUES ($1, 'channel:audit', $2, 'audit_line', $3)"""


class Transfers:
    """The baseline on PostgreSQL: begin, lock, update, audit, move, outbox, commit; no more.

    It counts records per guild in this process and leaves out what the product adds: rights,
    receipts, the hash chain, names, archived things and the record counter's own row.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._records: dict[int, Iterator[int]] = defaultdict(lambda: itertools.count(1_000))

    async def move(self, guild_id: int, item: int, source: int, target: int) -> None:
        """Carry one piece from one place to another, in seven round trips."""
        quantity, now = Decimal("1.000"), datetime.now(UTC)
        record = next(self._records[guild_id])
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_LOCK, guild_id, item, source, target)
            levels = {row["location_id"]: row["quantity"] for row in rows}
            assert levels[source] >= quantity
            await connection.execute(_UPDATE, guild_id, item, source, target, quantity)
            await connection.execute(
                _AUDIT, guild_id, record, now, 77, item, "BOLT", _detail(levels), _HASH
            )
            await connection.execute(_MOVE, guild_id, record, item, source, target, quantity, 77)
            await connection.execute(_OUTBOX, guild_id, record, now)


class SqliteTransfers:
    """The same transfer in the standard library, in one thread, as durable as the product."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._records = itertools.count(1_000)
        plain = (_LOCK.replace(" FOR UPDATE", ""), _UPDATE.replace("::numeric", ""))
        statements = (*plain, _AUDIT, _MOVE, _OUTBOX)
        self._lock, self._update, self._audit, self._insert, self._outbox = (
            statement.replace("$", "?") for statement in statements
        )

    def move(self, guild_id: int, item: int, source: int, target: int) -> None:
        """Carry one piece from one place to another, as one durable transaction."""
        execute, quantity = self._connection.execute, 1_000
        record, now = next(self._records), datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        execute("BEGIN IMMEDIATE")
        rows = execute(self._lock, (guild_id, item, source, target)).fetchall()
        levels = dict(rows)
        assert levels[source] >= quantity
        execute(self._update, (guild_id, item, source, target, quantity))
        execute(self._audit, (guild_id, record, now, 77, item, "BOLT", _detail(levels), _HASH))
        execute(self._insert, (guild_id, record, item, source, target, quantity, 77))
        execute(self._outbox, (guild_id, record, now))
        execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _detail(levels: dict[int, Any]) -> str:
    before = ",".join(f'[{place},"Shelf","{level}"]' for place, level in levels.items())
    return f'{{"note":"","lines":[{{"sku":"BOLT","unit":"pcs","levels":[{before}]}}]}}'


Mover = Callable[[int, int, int, int], Awaitable[object]]


def mover(service: DatabaseService) -> Mover:
    """Return the product's way to carry one piece."""

    async def move(guild_id: int, item: int, source: int, target: int) -> None:
        request = MoveStock(item=item, source=source, target=target, quantity=Decimal(1))
        await service.run(move_stock, request, clerk_of(guild_id), new_key())

    return move


def spread(move: Mover, stock: Stock, *, guilds: int, first: int = FIRST_GUILD) -> Work:
    """Return work for a caller: a random item between random places of a random guild."""
    dice = random.Random(7)  # the same moves in every run

    async def work(_caller: int) -> None:
        source, target = dice.sample(stock.places, 2)
        guild_id = first + dice.randrange(guilds)
        await move(guild_id, dice.choice(stock.items), source, target)

    return work


async def measure(server: Server) -> list[Figure]:
    """Measure moves on both engines."""
    await server.create("moves")
    stock = await stocked(server.url("moves"))
    await server.create("moves_baseline", template="moves")
    figures = []
    async with (
        opened(server.url("moves")) as service,
        raw_pool(server.dsn("moves_baseline")) as pool,
    ):
        ours, theirs = mover(service), Transfers(pool).move
        many, baseline = (spread(m, stock, guilds=GUILDS) for m in (ours, theirs))
        figures.append(await compare("move_stock, 1 caller", many, baseline, floor=0.7))
        figures.append(
            await compare(
                f"move_stock, {_CALLERS} callers over {GUILDS} guilds",
                many,
                baseline,
                callers=_CALLERS,
                floor=0.55,
            )
        )
        hot = spread(ours, stock, guilds=1)
        figures.append(
            await compare(
                f"{_CROWD} callers: one guild against {GUILDS} guilds",
                hot,
                many,
                callers=_CROWD,
                floor=0.5,
                rounds=9,
                seconds=0.4,  # long enough for each of the crowd to come up several times
            )
        )
        figures.append(await _beside(hot, spread(ours, stock, guilds=1, first=_COLD_GUILD)))
    figures.append(await _measure_sqlite())
    return figures


async def _beside(hot: Work, cold: Work, seconds: float = 1.0) -> Figure:
    """Compare a guild's p99 beside a busy one with its p99 when all is quiet."""
    quiet: list[float] = []
    beside: list[float] = []
    for _ in range(_TURNS):
        quiet += await _latencies(cold, seconds)
        crowd = asyncio.create_task(rate_of(hot, _CROWD, seconds * 1.2))
        await asyncio.sleep(seconds * 0.1)
        beside += await _latencies(cold, seconds)
        await crowd
    before, after = percentile(quiet, 99), percentile(beside, 99)
    note = f"p99 {after:.1f} ms beside, {before:.1f} ms quiet"
    note += f"; medians {percentile(beside, 50):.1f} and {percentile(quiet, 50):.1f} ms"
    return Figure(
        f"a guild's p99 beside {_CROWD} callers in another", after / before, ceiling=2, note=note
    )


async def _latencies(work: Work, seconds: float) -> list[float]:
    """Do it every few milliseconds for a while; return how long each took, in milliseconds."""
    taken = []
    deadline = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < deadline:
        await work(0)
        taken.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.002)
    return taken


async def _measure_sqlite() -> Figure:
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        ours, theirs = Path(directory) / "ours.db", Path(directory) / "theirs.db"
        for path in (ours, theirs):
            stock = await stocked(f"sqlite+aiosqlite:///{path}", guilds=1)
        baseline = SqliteTransfers(theirs)

        async def move(guild_id: int, item: int, source: int, target: int) -> None:
            baseline.move(guild_id, item, source, target)

        async with opened(f"sqlite+aiosqlite:///{ours}") as service:
            figure = await compare(
                "SQLite posting, 1 caller, synchronous FULL",
                spread(mover(service), stock, guilds=1),
                spread(move, stock, guilds=1),
                floor=0.15,
            )
        baseline.close()
        return figure
