"""Every statement of a busy day walks an index: no plan reads a table, or a guild, whole."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self

import pytest
import pytest_asyncio
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.admin.statistics import analyze
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.stock import LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.stock import (
    MoveStock,
    ReverseRecord,
    TakeStock,
    move_stock,
    reverse_record,
    take_stock,
)
from tests.database.books import GUILD, OTHER_GUILD, Warehouse

ITEMS, MOVES, PEOPLE = 3000, 6000, 40
LARGE = ("item", "location", "stock_level", "stock_move", "audit_event", "audit_subject", "receipt")
# Of SQLite's index searches, those that narrow by the guild alone walk all of its rows.
_WHOLE_GUILD = re.compile(r"^SEARCH (\w+) USING .*\(guild_id=\?\)$")
_SCAN = re.compile(r"^SCAN (\w+)")


@pytest_asyncio.fixture
async def busy(db: DatabaseService) -> AsyncIterator[Warehouse]:
    """Two guilds with thousands of moves each, made by SQL."""
    for guild_id in (GUILD, OTHER_GUILD):
        await Warehouse.open(db, guild_id)

    def fill(connection: Connection) -> None:
        for guild_id in (GUILD, OTHER_GUILD):
            for statement in _filling(is_sqlite=db.is_sqlite):
                connection.execute(text(statement), {"g": guild_id, "at": _at(db)})
        analyze(connection)

    await db.maintenance.write(lambda connection: connection.run_sync(fill))
    yield Warehouse(db, GUILD)


def _at(db: DatabaseService) -> object:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return now.replace(tzinfo=None).isoformat(" ") + ".000000" if db.is_sqlite else now


def _filling(*, is_sqlite: bool) -> list[str]:
    def numbers(count: int) -> str:
        if is_sqlite:
            return (
                "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s"
                f" WHERE n < {count}) SELECT n FROM s) AS s"
            )
        return f"generate_series(1, {count}) AS s (n)"

    thousand = 1000 if is_sqlite else 1
    at = "CAST(:at AS TEXT)" if is_sqlite else "CAST(:at AS timestamptz)"
    item, place = f"1001 + n % {ITEMS}", "4001 + n % 300"
    items, places, moves = numbers(ITEMS), numbers(300), numbers(MOVES)
    return [
        f"""INSERT INTO item (guild_id, id, sku, sku_key, name, name_key, unit, reserved,
            changed_record)
        SELECT :g, 1000 + n, 'S-' || n, 's-' || n, 'N ' || n, 'n ' || n, 'pcs', 0, 1
        FROM {items}""",
        f"""INSERT INTO location (guild_id, id, name, name_key, changed_record)
        SELECT :g, 4000 + n, 'L ' || n, 'l ' || n, 1 FROM {places}""",
        f"""INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,
            action, subject_type, subject_id, subject, detail, hash)
        SELECT :g, n + 1, 2, {at}, 'member', n % {PEOPLE}, 'discord', 'stock.taken', 'item',
            {item}, 'S', '{{}}', '' FROM {moves}""",
        f"""INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id,
            quantity, actor_id)
        SELECT :g, n + 1, 1, {item}, 0, {place}, 2, {thousand}, n % {PEOPLE} FROM {moves}""",
        f"""INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)
        SELECT :g, {item}, {place}, 0, {100 * thousand} FROM {items}""",
        f"""INSERT INTO audit_subject (guild_id, noun, subject_id, record)
        SELECT :g, 'order', n % 500, n + 1 FROM {moves}""",
        f"""INSERT INTO receipt (guild_id, key, record, actor_id, operation, fingerprint, answer,
            created_at)
        SELECT :g, 'k' || n, n + 1, n % {PEOPLE}, 'stock.take', '', '{{}}', {at} FROM {moves}""",
        f"UPDATE book SET last_record = {MOVES + 1} WHERE guild_id = :g",
    ]


class Explained:
    """The plans of what a connection ran, as lines of text."""

    def __init__(self, connection: AsyncConnection) -> None:
        assert connection.sync_connection is not None
        self._driver: Any = connection.sync_connection.connection.driver_connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self.plans: list[tuple[str, list[str]]] = []

    async def __aenter__(self) -> Self:
        self._seen: list[Any] = []
        if self._is_sqlite:
            await self._driver.set_trace_callback(self._seen.append)
        else:
            self._driver.add_query_logger(self._log)
        return self

    def _log(self, record: Any) -> None:
        self._seen.append((record.query, record.args))

    async def __aexit__(self, *_: object) -> None:
        if self._is_sqlite:
            await self._driver.set_trace_callback(None)
            for sql in self._seen:
                rows = await self._driver.execute_fetchall(f"EXPLAIN QUERY PLAN {sql}")
                self.plans.append((sql, [row[3] for row in rows]))
            return
        self._driver.remove_query_logger(self._log)
        # A few thousand rows are cheaper to read whole than by an index: what cannot be otherwise
        # is what would stay so in large books.
        await self._driver.execute("SET LOCAL enable_seqscan = off")
        for query, arguments in self._seen:
            rows = await self._driver.fetch(f"EXPLAIN {query}", *arguments)
            self.plans.append((query, [row[0] for row in rows]))

    def walks(self) -> list[str]:
        """List what reads a large table whole, or all that a guild has of it."""
        found = []
        for sql, plan in self.plans:
            aliases = _aliases_of(sql)
            for line in plan:
                match = _SCAN.match(line) or _WHOLE_GUILD.match(line)
                name = match[1] if match else ""
                if not self._is_sqlite:
                    scanned = re.search(r"Seq Scan on (\w+)", line)
                    name = scanned[1] if scanned else ""
                if aliases.get(name, name) in LARGE:
                    found.append(f"{line.strip()}\n    in {sql}")
        return found


def _aliases_of(sql: str) -> dict[str, str]:
    tables = "|".join(LARGE)
    found = re.finditer(rf"\b({tables}) AS (\w+)", sql, re.IGNORECASE)
    return {match[2]: match[1] for match in found}


HERE: dict[str, Any] = {"item_id": 1007, "location_id": 4007, "actor_id": 7}
CURSORS: Sequence[dict[str, Any]] = ({}, {"before": (900, 1)}, {"after": (900, 1)})


async def read_lines(books: Books) -> None:
    out = VirtualLocation.CUSTOMER
    await books.stock.line(1007, 4007, out)
    await books.stock.line("S-7", "L 7", out)
    await books.stock.line("N 7", "L 7", "L 8")
    await books.stock.lines([LineReference(f"S-{n}", f"L {n}", out) for n in range(1, 50)])
    await books.stock.lines([LineReference(1000 + n, 4000 + n, out) for n in range(1, 50)])
    await books.stock.levels_of_item(1007)
    await books.stock.levels_at_location(4007)
    await books.stock.has_moves(1007)
    await books.stock.moves_of_record(500)
    await books.stock.lines_of_record(500, after=0, limit=10)


async def read_history(books: Books) -> None:
    for cursor in CURSORS:
        for name, value in HERE.items():
            await books.stock.history(**cursor, **{name: value})


async def read_newest(books: Books) -> None:
    for actor_id in (7, 9999):
        await books.stock.recent_item_ids(actor_id)
        await books.stock.last_location(1007, actor_id, "take")
        await books.audit.newest_reversible(actor_id)
        await books.audit.list_records_by(actor_id, 10)


async def read_audit(books: Books) -> None:
    for is_backwards in (False, True):
        page: dict[str, Any] = {"above": 0, "below": 9000, "limit": 11}
        page["is_backwards"] = is_backwards
        await books.audit.search(**page)
        await books.audit.search(**page, actor_id=7)
        await books.audit.search(**page, action="stock.taken")
        for subject in (("item", 1007), ("location", 4007), ("order", 7)):
            await books.audit.search(**page, subject=subject)
    await books.audit.list_records_about("item", 1007, 10)
    await books.audit.first_since(datetime(2026, 1, 1, tzinfo=UTC))
    await books.audit.list_following(500, 10)
    await books.audit.totals(500, 600, without="day.closed")
    await books.audit.find_one(reverses=500)
    await books.receipts.find_one(record=500)


@pytest.mark.parametrize("read", [read_lines, read_history, read_newest, read_audit])
async def test_no_read_walks_a_table_or_a_guild(busy: Warehouse, read: Any) -> None:
    async with busy.db.look_up(busy.admin) as books:
        async with Explained(books.scope.connection) as explained:
            await read(books)
        assert len(explained.plans) > 3
        assert explained.walks() == []


@pytest.mark.only_on("sqlite")
async def test_no_write_walks_a_table_or_a_guild(busy: Warehouse) -> None:
    seen: list[Explained] = []

    async def watched(uow: Any) -> None:
        async with Explained(uow.scope.connection) as explained:
            line = await uow.stock.line("S-7", "L 7", VirtualLocation.CUSTOMER)
            uow.stock.post(line, Decimal(1))
        seen.append(explained)

    await busy.change(watched)
    assert [explained.walks() for explained in seen] == [[]]


async def test_the_floor_works_in_a_busy_guild(busy: Warehouse) -> None:
    take = TakeStock(item="S-7", quantity=Decimal(1))
    taken = await busy.run(take_stock, take, busy.manager)
    move = MoveStock(item="S-7", quantity=Decimal(1), source=taken.lines[0].source.id, target="L 9")
    await busy.run(move_stock, move, busy.manager)
    undone = await busy.run(reverse_record, ReverseRecord(), busy.manager)
    assert undone.reverses == taken.record + 1
