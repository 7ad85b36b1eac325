"""Backups of an SQLite file, by SQLite's own backup: the bot goes on meanwhile."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bot.database.admin.backup_files import new_file
from bot.database.admin.backup_seals import damaged, seal
from bot.database.admin.counts import GuildTally, list_broken_heads, tally_guilds
from bot.database.admin.stoppable import copy_pages, make_stoppable
from bot.errors import BackupRefused

_BUSY_SECONDS: Final = 1.0
_BESIDE_THE_BOOKS: Final = ("-wal", "-shm", "-journal", ".key", ".signing.key")


def back_up(database: Path, target: Path, keys: Sequence[str]) -> list[GuildTally]:
    """Copy the books as they are at one moment, and return what the copy holds."""
    if not database.is_file():
        raise BackupRefused(f"There are no books at {database}; check DATABASE_URL.")
    _require_other_file(database, target)
    with new_file(target) as made:
        _copy(database, made)
        with opened(made) as connection:
            if not _is_sound(connection):
                raise BackupRefused(
                    f"The books in {database} are damaged, so they were not backed up. Run "
                    "`tallyman audit verify`, and keep a copy of the file and the last good backup."
                )
            tallies = tally_guilds(connection)
        seal(made, keys)
    return tallies


def _require_other_file(database: Path, target: Path) -> None:
    """Raise BackupRefused for a name that SQLite, or a key of the books, will take.

    SQLite plays a journal of that name into the books, and removes it.
    """
    wanted = target.parent.resolve() / target.name
    for books in (database.resolve(), database.parent.resolve() / database.name):
        if wanted in {books.with_name(books.name + ending) for ending in _BESIDE_THE_BOOKS}:
            raise BackupRefused(f"{target} belongs to the books; name another file.")


def copy(database: Path, target: Path) -> None:
    """Copy a database as it is into a new file that only its owner may read."""
    with new_file(target) as made:
        _copy(database, made)


def read_revision(backup: Path) -> str | None:
    """Return the revision of the schema in a backup, having checked its contents."""
    try:
        with opened(backup) as connection:
            if not _is_sound(connection):
                raise damaged(backup)
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except sqlite3.Error as error:
        raise damaged(backup) from error
    return None if found is None else str(found)


def restore(
    database: Path, backup: Path, *, is_replacing: bool
) -> tuple[list[GuildTally], Path | None]:
    """Put a checked backup in the place of a database, in one transaction of that file.

    Returns what the database then holds, and where the books are that it held before.
    """
    if database.is_dir() or not database.parent.is_dir():
        raise BackupRefused(f"There can be no books at {database}; check DATABASE_URL.")
    if database.exists() and database.samefile(backup):
        raise BackupRefused(f"{backup} is the database itself.")
    kept = _keep_aside(database, is_replacing=is_replacing)
    if not database.exists():
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_connect(backup, "ro")) as source, _held_alone(database) as target:
        copy_pages(source, target)
    with closing(_connect(database, "rw")) as file:
        file.execute("PRAGMA journal_mode=WAL")
    with opened(database) as connection:
        return tally_guilds(connection), kept


def require_empty(database: Path) -> None:
    """Raise BackupRefused if there are books in a file, which another engine's do not replace."""
    if database.is_dir() or not database.parent.is_dir():
        raise BackupRefused(f"There can be no books at {database}; check DATABASE_URL.")
    if _has_books(database):
        raise BackupRefused(f"{database} holds books already; name a new file in DATABASE_URL.")


def require_alone(database: Path) -> None:
    """Raise BackupRefused while another program has a file open."""
    with _held_alone(database):
        pass


def _has_books(database: Path) -> bool:
    """Whether a file that nothing else has open holds books."""
    if not database.exists() or not database.stat().st_size:
        return False
    with _held_alone(database) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master")]
        is_empty = not tables or (
            "book" in tables and not file.execute("SELECT 1 FROM book").fetchone()
        )
    return not is_empty


def _keep_aside(database: Path, *, is_replacing: bool) -> Path | None:
    """Copy the books that are about to be replaced, if there are any."""
    if not _has_books(database):
        return None
    if not is_replacing:
        raise BackupRefused(f"{database} holds books already; to replace them, add --replace.")
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = database.with_name(f"{database.name}.replaced-{moment}")
    copy(database, kept)
    return kept


@contextmanager
def _held_alone(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database exclusively; it must not be open elsewhere."""
    try:
        with closing(_connect(database, "rw")) as file:
            file.execute("PRAGMA locking_mode=EXCLUSIVE")
            # Leaving the write-ahead log is refused while another connection has the file open.
            file.execute("PRAGMA journal_mode=DELETE")
            file.execute("BEGIN EXCLUSIVE")
            file.execute("COMMIT")
            yield file
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise BackupRefused(f"{database} is in use; stop the bot first.") from error
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"{database} is no SQLite database; move it away first.") from error


def _copy(database: Path, made: Path) -> None:
    try:
        with closing(_connect(database, "rw")) as source, closing(_connect(made, "rw")) as target:
            copy_pages(source, target)
            # One file, with nothing beside it.
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupRefused(f"{database} cannot be copied: {error}.") from error


def _is_sound(connection: Connection) -> bool:
    """Whether a file is whole, no row refers to none, and each book ends where its records do."""
    try:
        verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        stray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        return verdict == "ok" and stray is None and not list_broken_heads(connection)
    except sqlite3.Error:
        return False


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """Open a file to read it, and make nothing beside it."""
    engine = create_engine("sqlite://", creator=lambda: _connect(path, "ro"), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    file = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    make_stoppable(file)
    return file
