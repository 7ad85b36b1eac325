"""What the books weigh: bytes that a million everyday moves keep for ever, and receipts a week."""

from decimal import Decimal
from typing import Any, Final

import asyncpg

from benchmarks.pairs import Figure
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, opened, stocked
from bot.database.service import DatabaseService
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock

_GUILDS: Final = 8
_MOVES: Final = 60
_COPIES: Final = 400
_KEPT: Final = ("audit_event", "stock_move")
_COLUMNS: Final = (
    "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
    "AND NOT attisdropped ORDER BY attnum"
)
_SIZE: Final = "SELECT pg_table_size($1::regclass), pg_indexes_size($1::regclass)"
# Of every copy other people move other items, as they do in years.
_CHANGED: Final = {
    "record": f"record + k * {_MOVES}",
    "key": "key || lpad(k::text, 4, '0')",
    "operation_id": "operation_id || lpad(k::text, 4, '0')",
    "hash": "encode(sha256((hash || k)::bytea), 'hex')",
    "at": "at + k * interval '1 hour'",
    "created_at": "created_at + k * interval '1 hour'",
    "actor_id": "actor_id + (random() * 20)::int",
    "item_id": "item_id + (random() * 300)::int",
    "source_id": "CASE WHEN source_id <= 4 THEN source_id ELSE source_id + k % 40 END",
    "target_id": "CASE WHEN target_id <= 4 THEN target_id ELSE target_id + 1000 + k % 40 END",
}


async def measure(server: Server) -> list[Figure]:
    """Let clerks put, take and move, copy that by SQL, and measure the tables."""
    await server.create("storage")
    await stocked(server.url("storage"), guilds=_GUILDS)
    async with opened(server.url("storage")) as db:
        for guild_id in range(FIRST_GUILD, FIRST_GUILD + _GUILDS):
            for number in range(_MOVES):
                await _work(db, guild_id, number)
    connection = await asyncpg.connect(server.dsn("storage"))
    try:
        # Items and locations of the copies are not made.
        await connection.execute("SET session_replication_role = replica")
        rows, weights = 0, dict[str, tuple[int, int]]()
        for table in (*_KEPT, "receipt"):
            await _copy(connection, table)
            rows = await connection.fetchval(f"SELECT count(*) FROM {table}")
            weights[table] = tuple(await connection.fetchrow(_SIZE, table))
    finally:
        await connection.close()
    kept = sum(sum(weights[table]) for table in _KEPT)
    parts = ", ".join(
        f"{table} {heap / rows:.0f} + {index / rows:.0f}"
        for table, (heap, index) in weights.items()
    )
    return [
        Figure("10^6 moves, kept for ever", kept / rows / 1000, "GB", ceiling=0.85, note=parts),
        Figure("10^6 receipts, for a week", sum(weights["receipt"]) / rows / 1000, "GB"),
    ]


async def _work(db: DatabaseService, guild_id: int, number: int) -> None:
    """Put, take, and once in ten times move, as the floor does."""
    key, clerk = f"1122334455667{number:05}", clerk_of(guild_id)
    what: dict[str, Any] = {"item": f"bolt-{number % 4}", "quantity": Decimal(3)}
    place, other = f"shelf {number % 8}", f"shelf {(number + 3) % 8}"
    if number % 10 == 9:
        await db.run(move_stock, MoveStock(**what, source=place, target=other), clerk, key)
    elif number % 2:
        await db.run(put_stock, PutStock(**what, location=place), clerk, key)
    else:
        await db.run(take_stock, TakeStock(**what, location=place), clerk, key)


async def _copy(connection: Any, table: str) -> None:
    names = [row[0] for row in await connection.fetch(_COLUMNS, table)]
    picked = ", ".join(_CHANGED.get(name, name) for name in names)
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM {table}, "
        f"generate_series(1, {_COPIES}) k WHERE record > 1 ORDER BY k, guild_id, record"
    )
    await connection.execute(f"VACUUM ANALYZE {table}")
