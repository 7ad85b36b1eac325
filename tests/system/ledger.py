"""An independent look at a database: plain SQL, and of the bot's code the hash chain alone."""

import asyncio
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg

from bot.domain.chain import first_link, next_link
from tests.database import sweeping

Row = dict[str, Any]
_LAST_VIRTUAL_ID = 4


class Ledger:
    """The books in a database, read without the bot."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")

    async def read(self, *statements: str) -> list[list[Row]]:
        """Answer queries, all from one snapshot."""
        if self.is_sqlite:
            return await asyncio.to_thread(self._read_sqlite, statements)
        connection = await self.connect()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return [[dict(row) for row in await connection.fetch(s)] for s in statements]
        finally:
            await connection.close()

    async def write(self, *statements: str) -> None:
        """Write rows to SQLite that no command makes yet."""

        def write() -> None:
            with closing(self._open()) as file:
                for statement in statements:
                    file.execute(statement)

        await asyncio.to_thread(write)

    async def count(self, table: str, guild_id: int) -> int:
        """Count a guild's rows of a table."""
        ((row,),) = await self.read(
            f"SELECT count(*) AS n FROM {table} WHERE guild_id = {guild_id}"
        )
        return int(row["n"])

    async def connect(self) -> Any:
        """Open a connection to PostgreSQL."""
        return await asyncpg.connect(self.url.replace("+asyncpg", ""))

    @asynccontextmanager
    async def writing_barred(self) -> AsyncIterator[None]:
        """Hold what every writer waits for, as an abandoned transaction would."""
        if self.is_sqlite:
            with closing(self._open()) as file:
                file.execute("BEGIN IMMEDIATE")
                yield
                file.rollback()
            return
        connection = await self.connect()
        try:
            async with connection.transaction():
                await connection.execute("SELECT guild_id FROM book FOR NO KEY UPDATE")
                yield
        finally:
            await connection.close()

    @asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Let every change of a PostgreSQL table wait."""
        connection = await self.connect()
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()

    async def require_nobody_inside(self) -> None:
        """Check that no process left a transaction, or even a connection, behind."""
        if self.is_sqlite:
            with closing(self._open()) as file:
                file.execute("PRAGMA busy_timeout=0")
                file.execute("BEGIN IMMEDIATE")
                file.rollback()
            return
        ((row,),) = await self.read(
            "SELECT count(*) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            # What Citus opens for itself it keeps, and what empties the database stays.
            f" AND application_name NOT ILIKE 'citus%' AND application_name <> '{sweeping.NAME}'"
        )
        assert row["n"] == 0, "a connection was left behind"

    def _read_sqlite(self, statements: tuple[str, ...]) -> list[list[Row]]:
        with closing(self._open()) as file:
            file.execute("BEGIN")
            return [[dict(row) for row in file.execute(statement)] for statement in statements]

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.url.partition(":///")[2], isolation_level=None)
        file.row_factory = sqlite3.Row
        return file


async def require_sound(ledger: Ledger, guild_id: int) -> int:
    """Check everything that must hold of a guild's books; returns the last record's number."""
    here = f"WHERE guild_id = {guild_id}"
    books, events, moves, levels, receipts, outbox, lanes = await ledger.read(
        f"SELECT * FROM book {here}",
        f"SELECT * FROM audit_event {here} ORDER BY record",
        f"SELECT * FROM stock_move {here} ORDER BY record, line",
        f"SELECT * FROM stock_level {here}",
        f"SELECT * FROM receipt {here} ORDER BY record",
        f"SELECT * FROM outbox {here} AND lane = 'channel:audit' ORDER BY record",
        f"SELECT * FROM outbox_lane {here} AND lane = 'channel:audit'",
    )
    (book,) = books
    numbers = list(range(1, book["last_record"] + 1))
    assert [event["record"] for event in events] == numbers, "record numbers have gaps"
    assert [receipt["record"] for receipt in receipts] == numbers, "not one receipt a record"
    by_record = defaultdict(list)
    for move in moves:
        by_record[move["record"]].append(_plain(move))
    assert set(by_record) <= set(numbers), "moves without a record"
    _require_chained(book, [_plain(event) for event in events], by_record)
    _require_told_in_order(numbers, outbox, lanes)
    for event, receipt in zip(events, receipts, strict=True):
        _require_whole(event, by_record[event["record"]], receipt)
    _require_balanced([_plain(move) for move in moves], [_plain(level) for level in levels])
    return len(numbers)


def _plain(row: Row) -> Row:
    """Read what SQLite keeps as thousandths and as text without a zone."""
    if isinstance(row.get("quantity"), int):
        row = {**row, "quantity": Decimal(row["quantity"]).scaleb(-3)}
    if isinstance(row.get("unit_cost"), int):
        row = {**row, "unit_cost": Decimal(row["unit_cost"]).scaleb(-6)}
    if isinstance(row.get("at"), str):
        row = {**row, "at": datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)}
    return row


def _require_chained(book: Row, events: list[Row], moves: dict[int, list[Row]]) -> None:
    link = first_link(book["guild_id"])
    for event in events:
        link = next_link(link, event, moves.get(event["record"], []))
        assert event["hash"] == link, f"the chain breaks at #{event['record']}"
    assert book["chain_head"] == link, "the book's head is not the chain's"


def _require_told_in_order(numbers: list[int], outbox: list[Row], lanes: list[Row]) -> None:
    waiting = [row["record"] for row in outbox]
    assert waiting == numbers[len(numbers) - len(waiting) :], "the outbox has a hole"
    (lane,) = lanes
    if lane["batch_text"] is not None:
        assert lane["batch_last_record"] in waiting, "a batch of what was told already"


def _require_whole(event: Row, moves: list[Row], receipt: Row) -> None:
    record = event["record"]
    assert receipt["actor_id"] == event["actor_id"], f"#{record} has another user's receipt"
    assert json.loads(receipt["answer"])["record"] == record, f"#{record} was answered wrongly"
    lines = json.loads(event["detail"]).get("lines", [])
    assert lines or not event["action"].startswith("stock."), f"#{record} says too little"
    assert [move["line"] for move in moves] == list(range(1, len(lines) + 1)), f"half of #{record}"
    for line, move in zip(lines, moves, strict=True):
        said = (line["item_id"], line["from"][0], line["to"][0], Decimal(line["quantity"]))
        done = (move["item_id"], move["source_id"], move["target_id"], move["quantity"])
        assert said == done, f"#{record} says another thing than it did"


def _require_balanced(moves: list[Row], levels: list[Row]) -> None:
    sums: Counter[tuple[int, int, int]] = Counter()
    for move in moves:
        assert move["quantity"] > 0, "a move of nothing"
        sums[move["item_id"], move["source_id"], move["lot_id"]] -= move["quantity"]
        sums[move["item_id"], move["target_id"], move["lot_id"]] += move["quantity"]
    held = {(row["item_id"], row["location_id"], row["lot_id"]): row["quantity"] for row in levels}
    assert held == dict(sums), "a level differs from the sum of its moves"
    assert all(q >= 0 for (_, place, _), q in held.items() if place > _LAST_VIRTUAL_ID), (
        "below zero"
    )
    totals: Counter[int] = Counter()
    for (item_id, _, _), quantity in held.items():
        totals[item_id] += quantity
    assert not any(totals.values()), "an item appeared from nowhere"
