"""Backups of the whole database: one file that holds all guilds' books, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from bot.database.admin import backup_postgresql, backup_sqlite
from bot.database.admin.backup_crossing import restore_dump_in_file, restore_file_on_server
from bot.database.admin.backup_seals import Authenticity, require_sealed
from bot.database.admin.citus import is_citus
from bot.database.admin.counts import GuildTally
from bot.database.admin.revisions import (
    current_revision,
    known_revisions,
    newest_revision,
    on_connection,
)
from bot.database.admin.statistics import analyze
from bot.database.admin.stoppable import in_thread
from bot.errors import BackupRefused

# How a file of pg_dump begins.
_POSTGRESQL: Final = b"PGDMP"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a database holds after a restore; `kept` is where the books before it are."""

    tallies: list[GuildTally]
    revision: str
    kept: Path | None = None
    authenticity: Authenticity = "bare"
    is_on_citus: bool = False


async def back_up(url: str, target: Path, *, keys: Sequence[str] = ()) -> list[GuildTally]:
    """Write the books into a new file while the bot goes on; returns what the file holds.

    The newest of the keys proves later that this program wrote it.

    Raises BackupRefused, NoBooks or SchemaUnknown, or Unavailable when the database cannot be
    reached.
    """
    database = _file_of(url)
    if await current_revision(url) is None:
        raise BackupRefused("There are no books in the database yet.")
    if database is None:
        return await backup_postgresql.back_up(url, target, keys)
    return await in_thread(backup_sqlite.back_up, database, target, keys)


async def judge(backup: Path, keys: Sequence[str]) -> Authenticity:
    """Say who wrote a backup, as far as the keys tell; raises BackupRefused for one not whole."""
    return await in_thread(require_sealed, backup, keys)


async def restore(
    url: str,
    backup: Path,
    *,
    is_replacing: bool = False,
    keys: Sequence[str] = (),
    is_trusted: bool = False,
) -> Restored:
    """Put a backup in the place of what a database holds, all of it or nothing.

    One of the other engine goes into a database without books.

    Raises BackupRefused, having changed nothing, unless the backup is whole, proved by one of the
    keys (where there are any, and no operator trusts it without), and of this version or an older
    one, and the database is unused and holds no books (or they may be replaced); Unavailable when
    the database cannot be reached.
    """
    database = _file_of(url)
    authenticity = await judge(backup, keys)
    if keys and authenticity != "authentic" and not is_trusted:
        # A proof that was cut off leaves what a backup of an older program looks like.
        raise BackupRefused(f"No key here proves who wrote {backup}.")
    if await in_thread(_is_of_server, backup) != (database is None):
        return replace(await _cross(url, database, backup), authenticity=authenticity)
    if database is None:
        revision = _require_known(await backup_postgresql.read_revision(url, backup), backup)
        tallies = await backup_postgresql.restore(url, backup, is_replacing=is_replacing)
        await on_connection(url, analyze)
        spread = await on_connection(url, is_citus)
        return Restored(tallies, revision, authenticity=authenticity, is_on_citus=spread)
    found = await in_thread(backup_sqlite.read_revision, backup)
    revision = _require_known(found, backup)
    tallies, kept = await in_thread(
        backup_sqlite.restore, database, backup, is_replacing=is_replacing
    )
    await on_connection(url, analyze)
    return Restored(tallies, revision, kept, authenticity)


async def _cross(url: str, database: Path | None, backup: Path) -> Restored:
    """Restore a backup of the other engine into a database without books."""
    if database is None:
        found = await in_thread(backup_sqlite.read_revision, backup)
    else:
        found = await backup_postgresql.read_revision("", backup)
    revision = _require_known(found, backup)
    if revision != newest_revision():
        raise BackupRefused(
            f"{backup} is of an older version. Restore it with the engine that it is of, run "
            "`tallyman db upgrade` and make another backup, which restores into either."
        )
    if database is None:
        tallies = await restore_file_on_server(url, backup)
    else:
        tallies = await restore_dump_in_file(url, database, backup)
    await on_connection(url, analyze)
    return Restored(tallies, revision, is_on_citus=await on_connection(url, is_citus))


def _is_of_server(backup: Path) -> bool:
    """Whether a backup was written by pg_dump."""
    with backup.open("rb") as file:
        return file.read(len(_POSTGRESQL)) == _POSTGRESQL


def _require_known(revision: str | None, backup: Path) -> str:
    if revision is None or revision not in known_revisions():
        raise BackupRefused(f"{backup} is of a version of Tallyman that this one does not know.")
    return revision


def _file_of(url: str) -> Path | None:
    """Return the file of an SQLite database, None for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise BackupRefused("Books that are kept in memory cannot be backed up.")
    return Path(parsed.database)
