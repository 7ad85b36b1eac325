"""Engines and pools: how each database is opened, for writing, reading and background work."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool, QueuePool

from bot.database.books_file import BOOKS_FILE, BooksFile
from bot.database.heavy_work import AT_ONCE, IN_LINE
from bot.database.interruptible import connect_interruptibly
from bot.database.last_trouble import LAST_TROUBLE, LastTrouble
from bot.database.pool_line import POOL_LINE, PoolLine
from bot.database.sqlite_connections import prepare_sqlite
from bot.database.transactions import LOCAL_SETTINGS, SQLITE_BEGIN, SQLITE_BEGIN_CHANGE

LOCK_TIMEOUT_MS: Final = 1500
_STATEMENT_TIMEOUT_MS = 3_000
_COMMAND_TIMEOUT_SECONDS = 3.5
_CONNECT_TIMEOUT_SECONDS = 1.0
_POOL_TIMEOUT_SECONDS = 2.0
# All guilds share SQLite's one writer: a long unit of another guild has them wait, not fail.
_WRITER_TIMEOUT_SECONDS = 10.0
_PING_AFTER_SECONDS = 1.0
_SQLITE_READERS = 6
_SQLITE_READS_PER_GUILD = 3
_BACKGROUND_CONNECTIONS = 5
# No statement outlives its round trip: the next one may reach another session of the server, which
# does not know its name, or knows another statement by it.
NAMELESS: Final[dict[str, Any]] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}
# A piece of a verification or an export: no person waits for it alone.
_HEAVY_SECONDS = 30


# What is between this process and PostgreSQL, and gives each transaction another session.
Pooler: TypeAlias = Literal["transaction"]


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """How to reach the database; `url` names an async driver, `data_key` encrypts contact data.

    `signing_key` signs the heads of chains.
    """

    url: str
    data_key: str | None = field(default=None, repr=False)
    signing_key: str | None = field(default=None, repr=False)
    pool_size: int = 10
    pre_ping: bool = True
    pooler: Pooler | None = None
    echo: bool = False
    clock_check: bool = True


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """How many connections a pool may hold, and how many are out of it."""

    name: str
    size: int
    in_use: int


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine per kind of work, so that jobs never take a person's connection."""

    write: AsyncEngine
    read: AsyncEngine
    background: AsyncEngine
    heavy: AsyncEngine
    reads_per_guild: int
    last: LastTrouble
    file: BooksFile | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.write.dialect.name == "sqlite"

    def on_other_books(self, forget: Callable[[], None]) -> None:
        """Clear what is cached of the books when their file is replaced."""
        if self.file is not None:
            self.file.on_other.append(forget)

    def list_pools(self) -> list[PoolFigures]:
        """Measure each pool once; engines may share one, which bears the first one's name."""
        pools: dict[Pool, str] = {}
        for name, engine in (
            ("write", self.write),
            ("read", self.read),
            ("background", self.background),
            ("heavy", self.heavy),
        ):
            pools.setdefault(engine.pool, name)
        return [
            PoolFigures(name, pool.size(), pool.checkedout())
            for pool, name in pools.items()
            if isinstance(pool, QueuePool)
        ]

    async def dispose(self) -> None:
        """Close every connection."""
        await self.write.dispose()
        await self.read.dispose()
        await self.background.dispose()
        await self.heavy.dispose()


def open_engines(settings: DatabaseSettings) -> Engines:
    """Make the engines for a database; nothing is connected yet."""
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, settings)
    return _open_postgresql(url, settings)


def _open_postgresql(url: URL, settings: DatabaseSettings) -> Engines:
    last = LastTrouble()
    options: dict[str, Any] = {
        "echo": settings.echo,
        "hide_parameters": True,
        "isolation_level": "READ COMMITTED",
        "max_overflow": 0,
        # The connection used last is the one whose caches and prepared statements are warm.
        "pool_use_lifo": True,
        "pool_recycle": 1800,
        "pool_timeout": _POOL_TIMEOUT_SECONDS,
    }

    def open_one(size: int, statement_ms: int, command_seconds: float, **more: str) -> AsyncEngine:
        session = _session_options(settings.pooler, statement_ms, more)
        # A server that says nothing at all must not hold a unit for ever.
        session["connect_args"] |= {
            "timeout": _CONNECT_TIMEOUT_SECONDS,
            "command_timeout": command_seconds,
        }
        line = PoolLine(size, _POOL_TIMEOUT_SECONDS)
        named = {LAST_TROUBLE: last, POOL_LINE: line, **session.pop("execution_options", {})}
        return create_async_engine(
            url, pool_size=size, execution_options=named, **options, **session
        )

    # The plans that a connection keeps of what it does often, the checks of references among them,
    # are made while the books may be nearly empty: those that walk a table would go on walking it
    # as it grows, until the server counts its rows.
    engine = open_one(
        settings.pool_size, _STATEMENT_TIMEOUT_MS, _COMMAND_TIMEOUT_SECONDS, enable_seqscan="off"
    )
    background = open_one(_BACKGROUND_CONNECTIONS, _STATEMENT_TIMEOUT_MS, _COMMAND_TIMEOUT_SECONDS)
    heavy = open_one(AT_ONCE + IN_LINE, _HEAVY_SECONDS * 1000, _HEAVY_SECONDS + 1)
    if settings.pre_ping:
        for each in (engine, background, heavy):
            _ping_idle_connections(each)
    snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return Engines(
        write=engine,
        read=engine.execution_options(**snapshot),
        background=background,
        heavy=heavy.execution_options(**snapshot),
        reads_per_guild=max(1, settings.pool_size * 2 // 5),
        last=last,
    )


def _session_options(
    pooler: Pooler | None, statement_ms: int, more: dict[str, str]
) -> dict[str, Any]:
    """Say how sessions get their settings: when they begin, or with each transaction."""
    values = {
        "jit": "off",
        "lock_timeout": str(LOCK_TIMEOUT_MS),
        "statement_timeout": str(statement_ms),
        "idle_in_transaction_session_timeout": "15000",
        **more,
    }
    named = {"application_name": "tallyman"}
    if pooler is None:
        cached = {"prepared_statement_cache_size": 500}
        return {"connect_args": {**cached, "server_settings": {**named, **values}}}
    # One message; it knows no other settings of a session than these names.
    local = "".join(f"SET LOCAL {name} = {value};" for name, value in values.items())
    return {
        "connect_args": {**NAMELESS, "server_settings": named},
        "execution_options": {LOCAL_SETTINGS: local},
    }


def _ping_idle_connections(engine: AsyncEngine) -> None:
    """Ask a connection that was idle for a second whether the server is still there.

    SQLAlchemy's own pre-ping takes three round trips at every check-out, nearly as many as a
    unit. What is lost within the second is found by the first statement, and then the unit or
    the snapshot begins again.
    """
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def on_checkin(_connection: object, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(connection: Any, record: Any, _proxy: object) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        idle_since = record.info.get("idle_since")
        if idle_since is None or time.monotonic() - idle_since < _PING_AFTER_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error
            raise


def _open_sqlite(url: URL, settings: DatabaseSettings) -> Engines:
    is_file = url.database not in {None, "", ":memory:"}
    file = BooksFile(Path(str(url.database))) if is_file else None
    last = LastTrouble()

    def open_one(
        size: int, begin: str, *, query_only: bool, deadline_seconds: float | None = None
    ) -> AsyncEngine:
        waits = _POOL_TIMEOUT_SECONDS if query_only else _WRITER_TIMEOUT_SECONDS
        arguments = {}
        if deadline_seconds is not None:
            arguments["async_creator_fn"] = connect_interruptibly(deadline_seconds)
        engine = create_async_engine(
            url,
            echo=settings.echo,
            hide_parameters=True,
            pool_size=size,
            max_overflow=0,
            pool_timeout=waits,
            connect_args=arguments,
            # `transaction` rolls back what it does not commit: a hop to the thread saved each time.
            pool_reset_on_return=None,
            execution_options={
                SQLITE_BEGIN: begin,
                BOOKS_FILE: file,
                LAST_TROUBLE: last,
                POOL_LINE: PoolLine(size, waits),
            },
        )
        prepare_sqlite(engine, query_only=query_only)
        if file is not None:
            file.watch(engine)
        return engine

    # A single writing connection: the line at it is fair, waiting for the file lock is not.
    writer = open_one(1, SQLITE_BEGIN_CHANGE, query_only=False)
    reader = open_one(
        _SQLITE_READERS, "BEGIN", query_only=True, deadline_seconds=_STATEMENT_TIMEOUT_MS / 1000
    )
    heavy = open_one(AT_ONCE + IN_LINE, "BEGIN", query_only=True, deadline_seconds=_HEAVY_SECONDS)
    return Engines(
        write=writer,
        read=reader,
        background=writer,
        heavy=heavy,
        reads_per_guild=_SQLITE_READS_PER_GUILD,
        last=last,
        file=file,
    )
