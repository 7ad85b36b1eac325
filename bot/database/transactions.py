"""Transactions: begun on the driver itself, ended by SQLAlchemy, on a connection of its pool.

SQLAlchemy's asyncpg adapter begins a transaction with the first statement that SQLAlchemy itself
executes, which costs a unit more than the two round trips: the compiled statement's way through
four layers, and a greenlet for each step. Here BEGIN is one message to the driver, and SQLAlchemy
knows of the transaction: its events, its commit and its care for lost connections stay.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import Pool

from bot.database.books_file import BOOKS_FILE, BooksFile
from bot.database.errors import is_sticking, is_unanswered
from bot.database.last_trouble import LAST_TROUBLE, LastTrouble
from bot.database.pool_line import POOL_LINE, PoolLine
from bot.database.statements import as_sqlalchemy_would, driver_errors, driver_of

# How an engine's transactions begin on SQLite; an execution option of ours.
SQLITE_BEGIN: Final = "sqlite_begin"
SQLITE_BEGIN_CHANGE: Final = "BEGIN IMMEDIATE"

# What each transaction sets for itself, where a pooler gives every one another session.
LOCAL_SETTINGS: Final = "local_settings"

# A tripwire only: a transaction opened within another one would wait for itself.
_inside: ContextVar[bool] = ContextVar("inside_a_transaction", default=False)


def refuse_nesting() -> None:
    """Raise RuntimeError inside of a transaction."""
    if _inside.get():
        raise RuntimeError("a transaction within a transaction would wait for itself")


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction; commit at the end of the block, roll back if it raises."""
    options = engine.get_execution_options()
    last: LastTrouble | None = options.get(LAST_TROUBLE)
    line: PoolLine = options[POOL_LINE]
    await line.take()
    token = _inside.set(True)
    connection = engine.connect()
    pool = engine.sync_engine.pool
    try:
        await connection.start()
        sync = connection.sync_connection
        assert sync is not None
        file: BooksFile | None = sync.get_execution_options().get(BOOKS_FILE)
        is_change = sync.get_execution_options().get(SQLITE_BEGIN) == SQLITE_BEGIN_CHANGE
        if file is not None:
            moved = file.find_moved(sync, is_change=is_change)
            if moved == "file":
                await connection.run_sync(_open_again)
            elif moved == "log":
                await connection.run_sync(_leave_log, file)
                pool = engine.sync_engine.pool
        await _begin(connection)
        if last is not None:
            last.clear()
        yield connection
        await connection.run_sync(_commit_and_close, pool, file if is_change else None)
    except Exception as error:
        if last is not None:
            last.note(error)
        await _end_what_is_doubtful(connection, error)
        raise
    finally:
        _inside.reset(token)
        try:
            if connection.sync_connection is not None and not connection.closed:
                await _roll_back_and_close(connection, pool)
        finally:
            line.leave()


async def _begin(connection: AsyncConnection) -> None:
    """Begin on the driver; SQLAlchemy's own begin sends nothing on either engine."""
    sync = connection.sync_connection
    assert sync is not None
    driver = driver_of(connection)
    try:
        if connection.dialect.name == "sqlite":
            await driver.execute(sync.get_execution_options()[SQLITE_BEGIN])
        else:
            await _begin_postgresql(sync, driver)
    except driver_errors(connection.dialect) as error:
        raise as_sqlalchemy_would(error, driver) from error
    sync.begin()


async def _begin_postgresql(sync: Connection, driver: Any) -> None:
    adapter: Any = sync.connection.dbapi_connection
    begun = driver.transaction(
        isolation=adapter.isolation_level, readonly=adapter.readonly, deferrable=adapter.deferrable
    )
    try:
        await begun.start()
        settings = sync.get_execution_options().get(LOCAL_SETTINGS)
        if settings is not None:
            await driver.execute(settings)
    except BaseException:
        # The server may have begun it, and the driver believes so: whatever the session was told
        # next would be a part of it, committed or not, and lost with the session.
        driver.terminate()
        raise
    # What the adapter notes when it begins by itself: its commit and rollback end this one.
    adapter._transaction = begun  # noqa: SLF001


def _commit_and_close(sync: Connection, pool: Pool, file: BooksFile | None) -> None:
    """Do both in one greenlet, and see in between that it is kept."""
    sync.commit()
    if sync.dialect.name != "sqlite":
        _require_ended(sync)
    if file is not None:
        file.require_kept(sync)
    _close_now(sync, pool)


def _close_now(sync: Connection, pool: Pool) -> None:
    """Give a connection back, or end it if its pool was left meanwhile."""
    if sync.engine.pool is not pool and not sync.invalidated:
        sync.invalidate()
    sync.close()


def _require_ended(sync: Connection) -> None:
    """Believe a commit only if the session is in no transaction afterwards.

    Within another one it would have kept nothing. A flag of the driver's, without a round trip.
    """
    driver: Any = sync.connection.driver_connection
    if driver.is_in_transaction():
        driver.terminate()
        error = ConnectionAbortedError("the session was in a transaction already")
        raise as_sqlalchemy_would(error, driver)


def _end_session(sync: Connection) -> None:
    """End a session that was asked and did not answer: it may carry that out at any time."""
    if sync.invalidated or sync.closed:
        return
    if sync.dialect.name != "sqlite":
        # Without the farewell that SQLAlchemy waits two seconds for.
        driver: Any = sync.connection.driver_connection
        driver.terminate()
    sync.invalidate()


def _leave_log(sync: Connection, file: BooksFile) -> None:
    """Carry over what a log holds that was deleted, and go on with a new one."""
    file.leave_log(sync)
    sync.invalidate()
    sync.connection  # noqa: B018  # opens it


def _open_again(sync: Connection) -> None:
    """Leave a file that was replaced, with all connections in the pool."""
    _leave_connections(sync, None)
    sync.connection  # noqa: B018  # opens it


async def _end_what_is_doubtful(connection: AsyncConnection, error: Exception) -> None:
    """End the sessions that an error says should not be used again, if it says so of any."""
    if connection.sync_connection is None or connection.closed:
        return
    if is_sticking(error):
        await connection.run_sync(_leave_connections, error)
    elif is_unanswered(error) and connection.dialect.name != "sqlite":
        await connection.run_sync(_end_session)


def _leave_connections(sync: Connection, error: BaseException | None) -> None:
    """Open every connection again at its next use, this one and those in the pool."""
    # As SQLAlchemy does when one is lost; there is no public way to do it for another reason.
    sync.engine.pool._invalidate(sync.connection, error)  # noqa: SLF001
    sync.invalidate(error)


async def _roll_back_and_close(connection: AsyncConnection, pool: Pool) -> None:
    """Give the connection back, whatever is cancelled meanwhile.

    One that returned to the pool in the middle of a transaction would keep its locks.
    """
    closing = asyncio.create_task(_close(connection, pool))
    cancelled: asyncio.CancelledError | None = None
    while not closing.done():
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError as error:
            cancelled = error
    closing.result()
    if cancelled is not None:
        raise cancelled


async def _close(connection: AsyncConnection, pool: Pool) -> None:
    try:
        if connection.dialect.name == "sqlite" and not connection.invalidated:
            # Behind a BEGIN that was cancelled: the driver's thread carries it out all the same.
            # One that was cancelled in a later statement was taken from the pool, and ended, by
            # SQLAlchemy.
            await driver_of(connection).rollback()
        await connection.run_sync(_close_now, pool)
    except (DBAPIError, TimeoutError):
        # What the block raised says why; a session that was not rolled back ends.
        with suppress(DBAPIError):
            await connection.run_sync(_close_for_good)


def _close_for_good(sync: Connection) -> None:
    _end_session(sync)
    sync.close()
