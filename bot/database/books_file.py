"""Which file an SQLite database is: what is committed to one that was deleted or replaced is lost.

SQLite goes on writing into the file that it opened, whatever its path leads to by now. So each
transaction compares the two when it begins, and a change once more when it has committed.
"""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from loguru import logger
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.schema_check import COLUMNS, list_columns
from bot.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

# Device and number: a file keeps them when it is renamed, and no two files have the same.
Identity: TypeAlias = tuple[int, int]
# An execution option of an engine.
BOOKS_FILE: Final = "books_file"
_OPENED: Final = "opened_file"


def opened_by(sync: Connection) -> Identity:
    """Return the file that a connection has open."""
    opened: Identity = sync.info[_OPENED]
    return opened


class BooksFile:
    """The file at a path, as the connections of this process opened it."""

    def __init__(self, path: Path) -> None:
        # Called when another file of ours is used from now on.
        self.on_other: list[Callable[[], None]] = []
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._accepted: Identity | None = None  # at first what the start has checked
        self._accepted_log: Identity | None = None
        self._said = ""

    def watch(self, engine: AsyncEngine) -> None:
        """Let an engine open only a file that is there and is ours, and note which it was."""

        @event.listens_for(engine.sync_engine, "do_connect")
        def on_do_connect(*_arguments: object) -> None:
            self._require_ours(self._find())

        @event.listens_for(engine.sync_engine, "connect")
        def on_connect(_connection: object, record: Any) -> None:
            record.info[_OPENED] = self._find()

    def has_moved(self, sync: Connection) -> bool:
        """Whether the path leads to another file of ours than a connection has open.

        Raises where it leads to nothing: the connection stays open, for the file may come back.
        """
        found = self._find()
        if found != opened_by(sync):
            self._require_ours(found)
            return True
        self._said = ""
        return False

    def require_kept(self, opened: Identity) -> None:
        """Raise if what was just committed is in a file that the path does not lead to by now."""
        if self._find() != opened:
            raise self._missing("was replaced")
        self._accepted_log = _identity_of(self._log)

    def _find(self) -> Identity:
        found = _identity_of(self._path)
        if found is None:
            raise self._missing("is gone")
        return found

    def _require_ours(self, found: Identity) -> None:
        """Raise for another file than before, unless it holds books of this schema."""
        if self._accepted not in {None, found}:
            log = _identity_of(self._log)
            if log is not None and log == self._accepted_log:
                # SQLite would play what was written to the other file into this one.
                raise self._missing(f"was replaced beside {self._log.name}, which is another's")
            _require_books(self._path)
            logger.warning("The books are another file now: {}", self._path)
            for tell in self.on_other:
                tell()
        self._accepted = found

    def _missing(self, what: str) -> OSError:
        if what != self._said:
            self._said = what
            logger.error("The books' file {} {}; put the right one there", self._path, what)
        return FileNotFoundError(errno.ENOENT, f"The books' file {what}", str(self._path))


def _identity_of(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _require_books(path: Path) -> None:
    """Raise Unavailable unless a file has the tables that this version works with."""
    try:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as file:
            there = set(file.execute(COLUMNS))
    except sqlite3.Error as error:
        raise Unavailable(trouble="damaged") from error
    if not list_columns() <= there:
        raise Unavailable(trouble="wrong schema")
