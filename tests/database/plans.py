"""What a database plans for the statements of a service, and which plans grow with the books."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import Pool

from bot.database.engine import Engines
from bot.database.statements import driver_of

# What grows for years. Roles, bindings and channels of a guild are few by rule, and the outbox is
# read for what is due in all guilds, by a partial index that holds nothing else.
LARGE = (
    "approval",
    "audit_event",
    "audit_message",
    "audit_subject",
    "barcode",
    "dated_move",
    "former_sku",
    "item",
    "item_day",
    "item_image",
    "item_merge",
    "item_unit",
    "location",
    "lot",
    "member",
    "pending_answer",
    "receipt",
    "request",
    "request_line",
    "role_assignment",
    "schedule",
    "search_part",
    "search_word",
    "shift",
    "stock_level",
    "stock_move",
    "stock_observation",
    "supplier",
    "sync_operation",
    "tombstone",
)
_LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_QUERIES = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
# Of SQLite's index searches, those that narrow by the guild alone walk all of its rows.
_WHOLE_GUILD = re.compile(r"^SEARCH (\w+) USING .*\(guild_id=\?\)$")
_SCAN = re.compile(r"^SCAN (\w+)")
_GUILD_ALONE = re.compile(r"^\(\(?(?:\w+\.)?guild_id = [^)]*\)+$")

Statement = tuple[str, tuple[Any, ...]]


class Watch:
    """Every different statement that connections opened meanwhile were given, once."""

    def __init__(self) -> None:
        self._seen: dict[str, Statement] = {}

    @property
    def statements(self) -> list[Statement]:
        return list(self._seen.values())

    def note(self, sql: str, arguments: Iterable[Any] = ()) -> None:
        if sql.lstrip().upper().startswith(_QUERIES):
            key, given = _LITERALS.sub("?", sql), tuple(arguments)
            # What is compared with no value is never read, whatever the plan says.
            if key not in self._seen or [] not in given:
                self._seen[key] = (sql, given)

    @contextmanager
    def watching(self) -> Iterator[Self]:
        """Listen to all connections that are opened within the block."""
        event.listen(Pool, "connect", self._listen)
        try:
            yield self
        finally:
            event.remove(Pool, "connect", self._listen)

    def _listen(self, connection: Any, _record: object) -> None:
        driver = connection.driver_connection
        if hasattr(driver, "add_query_logger"):
            driver.add_query_logger(lambda ran: self.note(ran.query, _first_of(ran.args)))
        else:
            connection.run_async(lambda it: it.set_trace_callback(self.note))


@contextmanager
def trace(engines: Engines) -> Iterator[list[str]]:
    """List the statements that an open SQLite database is given meanwhile, without their values."""
    statements: list[str] = []
    watch = {"is_on": True}

    def note(sql: str) -> None:
        if watch["is_on"] and sql.lstrip().upper().startswith(_QUERIES):
            statements.append(_LITERALS.sub("?", sql))

    def listen(connection: Any, *_rest: object) -> None:
        connection.run_async(lambda it: it.set_trace_callback(note))

    pools = {
        engine.sync_engine.pool for engine in (engines.read, engines.write, engines.background)
    }
    for pool in pools:
        event.listen(pool, "checkout", listen)
    try:
        yield statements
    finally:
        watch["is_on"] = False
        for pool in pools:
            event.remove(pool, "checkout", listen)


def _first_of(arguments: Any) -> Any:
    """Return the arguments of a statement, of its first row where it ran for many."""
    is_many = isinstance(arguments, list) and arguments and isinstance(arguments[0], list | tuple)
    return arguments[0] if is_many else arguments


async def list_walks(url: str, statements: Iterable[Statement]) -> list[str]:
    """List what reads a large table whole, or all that one guild has of it."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            driver = driver_of(connection)
            if connection.dialect.name == "sqlite":
                return [walk async for walk in _walks_of_sqlite(driver, statements)]
            # A few thousand rows are cheaper to read whole than by an index: what cannot be
            # otherwise is what would stay so in large books.
            for way in ("seqscan", "hashjoin", "mergejoin", "material"):
                await connection.execute(text(f"SET enable_{way} = off"))
            return [walk async for walk in _walks_of_postgresql(driver, statements)]
    finally:
        await engine.dispose()


async def _walks_of_sqlite(driver: Any, statements: Iterable[Statement]) -> Any:
    for sql, _ in statements:
        plan = await driver.execute_fetchall(f"EXPLAIN QUERY PLAN {sql}")
        sorting = {parent for _, parent, _, step in plan if "TEMP B-TREE" in step}
        for _, parent, _, step in plan:
            # A page in the order of the index ends at its limit.
            is_page = "LIMIT" in sql and parent not in sorting
            match = _SCAN.match(step) or (None if is_page else _WHOLE_GUILD.match(step))
            if match and _table_of(match[1], sql) in LARGE:
                yield f"{step}\n    in {sql}"


async def _walks_of_postgresql(driver: Any, statements: Iterable[Statement]) -> Any:
    for sql, arguments in statements:
        plan = await driver.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
        for node in _walks_in(plan[0]["Plan"], is_page=False):
            yield f"{node['Node Type']} on {node['Relation Name']}\n    in {sql}"


def _walks_in(node: dict[str, Any], *, is_page: bool) -> Iterator[dict[str, Any]]:
    """Find the nodes that read all rows of a table or of a guild."""
    kind = node["Node Type"]
    # What a limit stops early; a sort below it reads everything first.
    is_page = kind == "Limit" or (is_page and kind not in {"Sort", "Aggregate", "Hash"})
    if node.get("Relation Name") in LARGE:
        condition = node.get("Index Cond", "")
        if kind == "Seq Scan" or (_GUILD_ALONE.match(condition) and not is_page):
            yield node
    for child in node.get("Plans", ()):
        yield from _walks_in(child, is_page=is_page)


def _table_of(name: str, sql: str) -> str:
    """Return the table behind an alias."""
    found = re.search(rf"\b(\w+) AS {name}\b", sql, re.IGNORECASE)
    return found[1] if found else name
