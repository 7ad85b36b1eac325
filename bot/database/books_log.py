"""The write-ahead log beside an SQLite file, and its index: what is committed is there at first.

SQLite goes on writing into a log that was deleted, and all that it holds is lost when the process
is killed. While a connection is open, SQLite itself removes neither. So each change looks for them
when it begins and when it has committed; where one is gone, what the log holds is carried over into
the file, and every connection is closed before another is opened: the new ones make a new log.
"""

import os
import time
from pathlib import Path
from typing import Any, Final, TypeAlias

from loguru import logger
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

# Device and number: a file keeps them when it is renamed, and no two files have the same.
Identity: TypeAlias = tuple[int, int]
# Of the log and of its index.
_Both: TypeAlias = tuple[Identity | None, Identity | None]
_NOTHING: Final[_Both] = (None, None)
_OPENED: Final = "opened_log"
# How often the index is looked for: each look takes a change some microseconds.
_INDEX_SECONDS: Final = 1.0
_CARRY_OVER: Final = "PRAGMA wal_checkpoint(TRUNCATE)"


class LogLost(Exception):
    """The log is gone, and what it holds cannot be carried over now; it says why."""


class BooksLog:
    """The log of the file at a path, as the connections of this process opened it."""

    def __init__(self, path: Path) -> None:
        self.accepted: Identity | None = None
        self._path = path
        self._names = ("", "")
        self._index_found_at = -_INDEX_SECONDS
        self._engines: list[AsyncEngine] = []
        self._open: list[tuple[ConnectionPoolEntry, object]] = []
        # Those to be closed before another is opened.
        self._left: list[tuple[ConnectionPoolEntry, object]] = []

    @property
    def name(self) -> str:
        """Where it is: beside the file itself, also where the path is a link to it."""
        return f"{os.path.realpath(self._path)}-wal"

    def watch(self, engine: AsyncEngine) -> None:
        """Note what each connection of an engine has opened; SQLite must be set up by then."""
        self._engines.append(engine)

        @event.listens_for(engine.sync_engine, "connect")
        def on_connect(connection: object, record: Any) -> None:
            self._names = (self.name, f"{self.name[: -len('-wal')]}-shm")
            found = self._find()
            self.accepted = found[0]
            record.info[_OPENED] = found
            self._open = [*_still_open(self._open), (record, connection)]

    def is_lost(self, info: dict[Any, Any]) -> bool:
        """Whether a connection writes into a log that is not there for the next process."""
        opened: _Both = info[_OPENED]
        if opened == _NOTHING:
            # A file that was not kept with a log before gets one with its first transaction.
            opened = info[_OPENED] = self._find()
        if identity_of(self._names[0]) != opened[0]:
            return True
        # Without its index the log loses nothing, but other processes would not know of locks.
        now = time.monotonic()
        if now - self._index_found_at < _INDEX_SECONDS:
            return False
        if identity_of(self._names[1]) != opened[1]:
            return True
        self._index_found_at = now
        return False

    def is_kept(self, info: dict[Any, Any]) -> bool:
        """Whether what a connection has just committed is where the next process looks for it."""
        opened: _Both = info[_OPENED]
        return identity_of(self._names[0]) == opened[0]

    def carry_over(self, sync: Connection) -> None:
        """Write what the log holds into the file; raises LogLost."""
        self.require_no_other()
        cursor = sync.connection.cursor()
        try:
            cursor.execute(_CARRY_OVER)
            (is_blocked, *_) = cursor.fetchone() or (1,)
        finally:
            cursor.close()
        if is_blocked:
            raise LogLost("is gone while others read it")
        logger.warning("{} was deleted; what it held is in the file now", self.name)

    def leave(self) -> None:
        """Close every connection that is not in use; those in use are closed at their end."""
        self._left, self._open = [*_still_open(self._left), *self._open], []
        for engine in self._engines:
            engine.sync_engine.dispose()

    def require_left(self) -> None:
        """Raise LogLost while a connection to the log that is gone is open."""
        if not self._left:
            return
        self._left = _still_open(self._left)
        if self._left:
            raise LogLost("is gone while others read it")
        self.require_no_other()

    def require_no_other(self) -> None:
        """Raise LogLost for the log of others: SQLite would play it into the file."""
        try:
            found = Path(self.name).stat()
        except OSError:
            return
        if found.st_size and (found.st_dev, found.st_ino) != self.accepted:
            raise LogLost("is another one")

    def _find(self) -> _Both:
        log, index = self._names
        return identity_of(log), identity_of(index)


def identity_of(path: str | Path) -> Identity | None:
    """Return which file is at a path, None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # each change asks four times, and Path is slower
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _still_open(
    opened: list[tuple[ConnectionPoolEntry, object]],
) -> list[tuple[ConnectionPoolEntry, object]]:
    return [(entry, own) for entry, own in opened if entry.dbapi_connection is own]
