"""Interruptible: connections to SQLite whose statements end at a deadline, or when given up.

SQLite has no statement timeout, and aiosqlite's thread carries a statement out though its caller
was cancelled: suggestions that no one waits for held their connection for as long as they ran.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Final, TypeVar

import aiosqlite

T = TypeVar("T")

# An interruption before the statement has begun is lost, so it is repeated until it has ended.
_AGAIN_SECONDS: Final = 0.02


class InterruptibleConnection(aiosqlite.Connection):
    """A connection whose statements fail with "interrupted" after so many seconds.

    What ends a transaction is never interrupted: it would stay open, with its locks.
    """

    def __init__(
        self, connector: Callable[[], sqlite3.Connection], deadline_seconds: float
    ) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._deadline_seconds = deadline_seconds
        self._thread.daemon = True

    def __del__(self) -> None:
        """End the thread of a connection whose opening was cancelled: no one was given it to close.

        The driver's own warns of it, though there is nothing that a caller could have done.
        """
        if self._connection is not None:
            self.stop()

    @property
    def raw(self) -> sqlite3.Connection | None:
        """The connection of the standard library, while it is open."""
        return self._connection

    async def commit(self) -> None:
        """Commit the current transaction."""
        await super()._execute(self._conn.commit)  # type: ignore[no-untyped-call]

    async def rollback(self) -> None:
        """Roll back the current transaction."""
        await super()._execute(self._conn.rollback)  # type: ignore[no-untyped-call]

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        running = _Running(self, fn)
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(self._deadline_seconds, running.interrupt)
        try:
            result: T = await super()._execute(running, *args, **kwargs)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            running.interrupt()
            raise
        finally:
            deadline.cancel()
        return result


class _Running:
    """What a connection's thread does now or will do next."""

    __slots__ = ("_connection", "_function", "_is_over")

    def __init__(self, connection: InterruptibleConnection, function: Callable[..., Any]) -> None:
        self._connection = connection
        self._function = function
        self._is_over = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._function(*args, **kwargs)
        finally:
            self._is_over = True

    def interrupt(self) -> None:
        """Interrupt it, now or as soon as it runs."""
        open_connection = self._connection.raw
        if self._is_over or open_connection is None:
            return
        open_connection.interrupt()
        asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self.interrupt)


def connect_interruptibly(deadline_seconds: float) -> Callable[..., InterruptibleConnection]:
    """Return what makes connections for SQLAlchemy, whose statements have this deadline."""

    def connect(database: str, **options: Any) -> InterruptibleConnection:
        return InterruptibleConnection(
            lambda: sqlite3.connect(database, **options), deadline_seconds
        )

    return connect
