"""Which file an SQLite database is: what is committed to one that was deleted or replaced is lost.

SQLite goes on writing into the file that it opened, whatever its path leads to by now. So each
transaction compares the two when it begins, and a change once more when it has committed. A change
does so for the log beside it as well.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from loguru import logger
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.books_log import BooksLog, Identity, LogLost, identity_of
from bot.database.schema_check import COLUMNS, list_columns
from bot.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

# An execution option of an engine.
BOOKS_FILE: Final = "books_file"
_OPENED: Final = "opened_file"
Moved: TypeAlias = Literal["file", "log"]


class BooksFile:
    """The file at a path, as the connections of this process opened it."""

    def __init__(self, path: Path) -> None:
        # Called when another file of ours is used from now on.
        self.on_other: list[Callable[[], None]] = []
        self._path = path
        self._name = str(path)
        self._log = BooksLog(path)
        self._accepted: Identity | None = None  # at first what the start has checked
        self._said = ""

    def watch(self, engine: AsyncEngine) -> None:
        """Let an engine open only a file that is there and is ours, and note which it was."""
        self._log.watch(engine)

        # First of all: what sets SQLite up would make a file that is missing.
        @event.listens_for(engine.sync_engine, "do_connect", insert=True)
        def on_do_connect(*_arguments: object) -> None:
            found = self._find()
            with self._saying():
                self._log.require_left()
            self._require_ours(found)

        @event.listens_for(engine.sync_engine, "connect")
        def on_connect(_connection: object, record: Any) -> None:
            record.info[_OPENED] = self._find()

    def find_moved(self, sync: Connection, *, is_change: bool) -> Moved | None:
        """Return what a connection has open that the path does not lead to any more.

        Raises where it leads to nothing: the connection stays open, for the file may come back.
        """
        info = sync.info
        found = self._find()
        if found != info[_OPENED]:
            self._require_ours(found)
            return "file"
        if is_change and self._log.is_lost(info):
            return "log"
        self._said = ""
        return None

    def leave_log(self, sync: Connection) -> None:
        """Carry what such a log holds over into the file, and close the other connections."""
        with self._saying():
            self._log.carry_over(sync)
        self._log.leave()

    def require_kept(self, sync: Connection) -> None:
        """Raise if what was just committed is in a file that the path does not lead to by now."""
        info = sync.info
        if self._find() != info[_OPENED]:
            raise self._missing("was replaced")
        if not self._log.is_kept(info):
            with self._saying():
                self._log.carry_over(sync)

    def _find(self) -> Identity:
        found = identity_of(self._name)
        if found is None:
            raise self._missing("is gone")
        return found

    def _require_ours(self, found: Identity) -> None:
        """Raise for another file than before, unless it holds books of this schema."""
        if self._accepted not in {None, found}:
            log = Path(self._log.name)
            if (found_log := identity_of(log)) is not None and found_log == self._log.accepted:
                # SQLite would play what was written to the other file into this one.
                raise self._missing(f"was replaced beside {log.name}, which is another's")
            _require_books(self._path)
            logger.warning("The books are another file now: {}", self._path)
            for tell in self.on_other:
                tell()
        self._accepted = found

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            yield
        except LogLost as error:
            raise self._missing(f"cannot be used: {Path(self._log.name).name} {error}") from error

    def _missing(self, what: str) -> OSError:
        if what != self._said:
            self._said = what
            logger.error("The books' file {} {}; put the right one there", self._path, what)
        return FileNotFoundError(errno.ENOENT, f"The books' file {what}", str(self._path))


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
