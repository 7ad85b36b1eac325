"""How connections to an SQLite file are set up, and what mode the file has."""

import os
import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_BUSY_TIMEOUT_MS = 1500


class _Cursor(sqlite3.Cursor):
    """A cursor that is closed when it fails.

    A value that cannot be decoded leaves its statement in the middle of its rows, and a rollback
    does not end it: until the cursor is collected, behind a traceback's cycle, each transaction of
    the connection would read the snapshot that it holds.
    """

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except Exception:
            self.close()
            raise


class _Connection(sqlite3.Connection):
    """A connection that makes such cursors; its own `execute` would make another kind."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return _Cursor(self).execute(sql, parameters)


def prepare_sqlite(
    engine: AsyncEngine,
    begin: str | None = None,
    *,
    query_only: bool = False,
    checks_references: bool = True,
    busy_timeout_ms: int = _BUSY_TIMEOUT_MS,
) -> None:
    """Make SQLite keep its promises: real transactions, foreign keys, durable commits.

    `begin` is for engines that are used without `transaction`.
    """
    pragmas = (
        f"busy_timeout={busy_timeout_ms}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"foreign_keys={'ON' if checks_references else 'OFF'}",
        # Without it INSERT OR REPLACE removes a row and no trigger hears of it.
        "recursive_triggers=ON",
        f"query_only={'ON' if query_only else 'OFF'}",
    )
    settings = "".join(f"PRAGMA {pragma};" for pragma in pragmas)

    @event.listens_for(engine.sync_engine, "do_connect")
    def on_do_connect(_dialect: object, _record: object, arguments: Any, named: Any) -> None:
        named["factory"] = _Connection
        _make_private(arguments[0])

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by itself: it would do so too late and deferred.
        connection.isolation_level = None
        # At once: each statement of its own takes three hops to the driver's thread and back.
        connection.run_async(lambda driver: driver.executescript(settings))

    if begin is not None:

        @event.listens_for(engine.sync_engine, "begin")
        def on_begin(connection: Any) -> None:
            connection.exec_driver_sql(begin)


def _make_private(file: str) -> None:
    """Make an SQLite file that only its owner may read; its log takes the mode from it.

    SQLite itself would make one that every user of the machine can read. A file that exists is not
    touched: closing it again would drop SQLite's locks.
    """
    if file == ":memory:" or file.startswith("file:"):
        return
    # What else is wrong (no such directory, no right) SQLite says when it opens the file.
    with suppress(OSError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
