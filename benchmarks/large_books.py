"""A guild's books with a million moves, whose chain, levels and rows all verify."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson

from benchmarks.servers import FIRST_GUILD, Stock, clerk_of, item_named, new_key
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.chain import next_link
from bot.domain.virtual_locations import VirtualLocation

ITEMS, PLACES, PEOPLE, SUPPLIERS = 3000, 2000, 40, 300
FIRST_PERSON: Final = 5000
_BEGAN: Final = datetime(2023, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE: Final = 20_000
_EVENT: Final = (
    *("guild_id", "record", "format", "at", "actor_kind", "actor_id", "source", "action"),
    *("subject_type", "subject_id", "subject", "detail", "reverses", "operation_id", "hash"),
)
_MOVE: Final = (
    *("guild_id", "record", "line", "item_id", "lot_id", "source_id", "target_id"),
    *("quantity", "actor_id"),
)
_NO_PRICE: Final = {"unit_cost": None, "currency": None}

Row = dict[str, Any]


@operation("bench.fill_catalogue", permission="role.manage")
async def fill_catalogue(uow: UnitOfWork, request: int) -> Stock:
    """Add so many items, and locations and suppliers beside them."""
    items = await uow.items.bulk_create([item_named(f"NUT-{n:05}") for n in range(request)])
    places = await uow.locations.bulk_create(
        [{"name": f"Bay {n}", "name_key": f"bay {n}"} for n in range(PLACES)]
    )
    await uow.suppliers.bulk_create(
        [{"name": f"Maker {n}", "name_key": f"maker {n}", "note": ""} for n in range(SUPPLIERS)]
    )
    uow.record("bench.stocked", subject_type="guild", subject_id=None, subject="bench")
    return Stock(tuple(item.id for item in items), tuple(place.id for place in places))


async def add_catalogue(service: DatabaseService) -> Stock:
    """Let the guild have items, locations and suppliers as a large one does."""
    return await service.run(fill_catalogue, ITEMS, clerk_of(FIRST_GUILD), new_key())


class LongLedger:
    """Records behind those that a guild has: each puts some of an item on a shelf."""

    def __init__(self, stock: Stock, head: tuple[int, str], moves: int) -> None:
        self.stock = stock
        self._first, self.head = head[0] + 1, head[1]
        self._moves = moves
        self.last = head[0] + moves
        self.levels: defaultdict[tuple[int, int], int] = defaultdict(int)

    def rows(self) -> Iterator[tuple[Row, Row]]:
        """Yield each record with its move, in order; afterwards `head` is the chain's."""
        for number in range(self._moves):
            index = number % ITEMS
            item, place = self.stock.items[index], self.stock.places[index % PLACES]
            quantity, actor = number % 9 + 1, FIRST_PERSON + number % PEOPLE
            before = self.levels[item, place]
            self.levels[item, place] += quantity
            self.levels[item, VirtualLocation.SUPPLIER] -= quantity
            ends = {
                "from": [
                    VirtualLocation.SUPPLIER,
                    "supplier",
                    f"-{before}",
                    f"-{before + quantity}",
                ],
                "to": [place, f"Bay {index % PLACES}", str(before), str(before + quantity)],
            }
            line = {"item_id": item, "sku": f"NUT-{index:05}", "unit": "pcs"}
            detail = {"lines": [line | {"quantity": str(quantity)} | ends]}
            record = self._first + number
            event = {
                "guild_id": FIRST_GUILD,
                "record": record,
                "format": 2,
                "at": _BEGAN + timedelta(minutes=number, microseconds=number * 7919 % 999_983),
                "actor_kind": "member",
                "actor_id": actor,
                "source": "discord",
                "action": "stock.put",
                "subject_type": "item",
                "subject_id": item,
                "subject": line["sku"],
                "detail": orjson.dumps(detail).decode(),
                "reverses": None,
                "operation_id": None,
            }
            move = {
                "guild_id": FIRST_GUILD,
                "record": record,
                "line": 1,
                "item_id": item,
                "lot_id": 0,
                "source_id": int(VirtualLocation.SUPPLIER),
                "target_id": place,
                "quantity": Decimal(quantity).quantize(Decimal("0.001")),
                "actor_id": actor,
            }
            self.head = next_link(self.head, event, [move | _NO_PRICE])
            yield event | {"hash": self.head}, move

    def finish(self) -> list[str]:
        """Return the statements that lead the book to where its ledger ends."""
        return [
            f"UPDATE book SET last_record = {self.last}, chain_head = '{self.head}'",
            # As if all of it had been written into the audit channel.
            "DELETE FROM outbox",
        ]


async def write_postgresql(dsn: str, ledger: LongLedger) -> None:
    """Copy the ledger into a PostgreSQL database."""
    connection = await asyncpg.connect(dsn)
    try:
        # Triggers refuse no insert, but two million foreign keys take their time.
        await connection.execute("SET session_replication_role = replica")
        for piece in _pieces(ledger):
            for table, columns, rows in _tables(piece):
                await connection.copy_records_to_table(table, records=rows, columns=columns)
        levels = [(FIRST_GUILD, i, p, 0, Decimal(q)) for (i, p), q in ledger.levels.items()]
        columns = ("guild_id", "item_id", "location_id", "lot_id", "quantity")
        await connection.copy_records_to_table("stock_level", records=levels, columns=columns)
        for statement in ledger.finish():
            await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def write_sqlite(file: Path, ledger: LongLedger) -> None:
    """Insert the ledger into an SQLite database."""
    with sqlite3.connect(file) as connection:
        for piece in _pieces(ledger):
            for table, columns, rows in _tables(piece):
                marks = ", ".join("?" * len(columns))
                connection.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                    [tuple(map(_kept, row)) for row in rows],
                )
        connection.executemany(
            "INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)"
            f" VALUES ({FIRST_GUILD}, ?, ?, 0, ?)",
            [(item, place, quantity * 1000) for (item, place), quantity in ledger.levels.items()],
        )
        for statement in (*ledger.finish(), "ANALYZE"):
            connection.execute(statement)
    connection.close()


def _pieces(ledger: LongLedger) -> Iterator[list[tuple[Row, Row]]]:
    rows = ledger.rows()
    while piece := list(islice(rows, _ROWS_AT_ONCE)):
        yield piece


def _tables(
    piece: list[tuple[Row, Row]],
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    yield "audit_event", _EVENT, [tuple(e[name] for name in _EVENT) for e, _ in piece]
    yield "stock_move", _MOVE, [tuple(m[name] for name in _MOVE) for _, m in piece]


def _kept(value: Any) -> Any:
    """Return a value as SQLite's columns keep it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return int(value * 1000) if isinstance(value, Decimal) else value
