"""What is kept before a schema is changed: a copy beside an SQLite file, a backup of a server.

A migration is one transaction, so half of one never stays; a copy is for what is noticed later.
"""

import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from alembic import command
from sqlalchemy import Connection, inspect, text

from bot.database.admin import backup_postgresql, backup_sqlite
from bot.database.admin.in_use import require_alone
from bot.database.admin.migrate import downgrade, require_earlier, run_command, upgrade
from bot.database.admin.revisions import (
    current_revision,
    newest_revision,
    on_locked_connection,
    read_revision,
)
from bot.database.admin.stoppable import in_thread
from bot.database.condition import file_of
from bot.errors import BackupRefused

_OURS: Final = "alembic_version"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a downgrade would drop: tables with their rows, columns of others."""

    guilds: int
    tables: dict[str, int]
    columns: tuple[str, ...]


class _Rehearsed(Exception):  # not an error: it takes the rehearsal back
    pass


@contextlib.contextmanager
def _unsaid() -> Iterator[None]:
    """Keep alembic from logging what runs: it is taken back again."""
    log = logging.getLogger("alembic.runtime.migration")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


async def upgrade_keeping_copy(url: str, revision: str = "head") -> Path | None:
    """Upgrade, having copied an SQLite file with books beside it; returns the copy's path.

    Raises BackupRefused when there is no room for the copy; then nothing was changed.
    """
    file = file_of(url)
    current = await current_revision(url, may_create=True)
    kept = None
    if file is not None and current not in {None, newest_revision()}:
        kept = await _copy_beside(file, f"before-upgrade-from-{current}")
    await upgrade(url, revision)
    return kept


async def find_loss(url: str, revision: str) -> Loss:
    """Return what a downgrade would drop, by doing it in a transaction that is rolled back.

    Raises UnknownRevision, and BackupRefused while others have the database open.
    """
    require_earlier(await current_revision(url), revision)
    await require_alone(url)
    found: list[Loss] = []

    def rehearse(connection: Connection) -> None:
        require_earlier(read_revision(connection), revision)
        guilds = _count_rows(connection, "book") if "book" in _columns(connection) else 0
        before = _columns(connection)
        rows = {table: _count_rows(connection, table) for table in before}
        run_command(connection, command.downgrade, revision)
        after = _columns(connection)
        found.append(
            Loss(
                guilds,
                {table: rows[table] for table in sorted(before.keys() - after.keys())},
                tuple(
                    f"{table}.{column}"
                    for table in sorted(before.keys() & after.keys())
                    for column in sorted(before[table] - after[table])
                ),
            )
        )
        raise _Rehearsed

    with contextlib.suppress(_Rehearsed), _unsaid():
        await on_locked_connection(url, rehearse)
    return found[0]


async def downgrade_keeping_copy(
    url: str,
    revision: str,
    backup: Path | None,
    note: Callable[[], Awaitable[None]] | None = None,
) -> Path | None:
    """Take back the schema of books that are in safety; returns the path of an SQLite copy.

    On a server an operator names a backup of the present schema. `note` records it in the books,
    once nothing speaks against it. Raises BackupRefused, also while others have the database open:
    the operator who was asked may have started the bot meanwhile.
    """
    await require_alone(url)
    file = file_of(url)
    kept = None
    if file is not None:
        current = await current_revision(url)
        kept = await _copy_beside(file, f"before-downgrade-from-{current}")
    elif backup is None:
        raise BackupRefused("Name a backup of these books: `tallyman db downgrade --backup FILE`.")
    elif await backup_postgresql.read_revision(url, backup) != await current_revision(url):
        raise BackupRefused(f"{backup} is not of the present schema; make a new backup first.")
    if note is not None:
        await note()
    await downgrade(url, revision)
    return kept


async def _copy_beside(file: Path, why: str) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    kept = file.with_name(f"{file.name}.{why}-{moment}")
    await in_thread(backup_sqlite.copy, file, kept)
    return kept


def _columns(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    return {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
        if table != _OURS
    }


def _count_rows(connection: Connection, table: str) -> int:
    name = connection.dialect.identifier_preparer.quote_identifier(table)
    return int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0)  # noqa: S608  # quoted
