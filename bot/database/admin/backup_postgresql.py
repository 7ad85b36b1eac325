"""Backups of a PostgreSQL database: pg_dump's custom format, restored all or nothing."""

import re
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.admin.backup_files import new_file, require_regular
from bot.database.admin.backup_seals import damaged, seal
from bot.database.admin.citus import is_citus, is_distributed
from bot.database.admin.counts import BROKEN_HEADS, GuildTally, tally_guilds
from bot.database.admin.dump_tallies import tally_dump
from bot.database.admin.in_use import count_others, in_use
from bot.database.admin.postgresql_tools import complaint_of, find_tool, run, started
from bot.database.admin.revisions import FOR_SCHEMA_CHANGES
from bot.database.errors import refusing
from bot.database.models import metadata
from bot.errors import BackupRefused

_PIECE: Final = 1 << 16
_OURS: Final = {*metadata.tables, "alembic_version"}
_NOT_OF_AN_EXTENSION: Final = (
    "NOT EXISTS (SELECT FROM pg_depend WHERE objid = o.oid AND deptype = 'e')"
)
_TABLES: Final = text(f"""
SELECT relname FROM pg_class o WHERE relnamespace = 'public'::regnamespace
AND relkind IN ('r', 'p') AND {_NOT_OF_AN_EXTENSION}
""")  # noqa: S608  # constants
# Owners, rights and schemas are the database's own: `tallyman db grant` grants rights again.
_SELECTED: Final = ("--schema=public", "--no-owner", "--no-privileges", "--exit-on-error")
# One session on each node, so that all tables of a guild are of the moment at which it began.
_ON_CITUS: Final = "-c citus.max_adaptive_executor_pool_size=1"
_BEGIN: Final = f"""
BEGIN;
{"; ".join(FOR_SCHEMA_CHANGES)};
SET LOCAL lock_timeout = '10s';
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT format('%I', relname) FROM pg_class o
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND {_NOT_OF_AN_EXTENSION}
  LOOP EXECUTE 'DROP TABLE IF EXISTS public.' || name || ' CASCADE'; END LOOP;
  FOR name IN SELECT format('%I', proname) FROM pg_proc o
    WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype
    AND {_NOT_OF_AN_EXTENSION}
  LOOP EXECUTE 'DROP FUNCTION public.' || name || ' CASCADE'; END LOOP;
END $$;
"""  # noqa: S608  # constants
_COMMIT: Final = f"""
SET LOCAL search_path = public;
DO $$ BEGIN IF EXISTS ({BROKEN_HEADS}) THEN RAISE EXCEPTION 'a chain is broken'; END IF; END $$;
COMMIT;
"""  # constants


async def back_up(address: str, target: Path, keys: Sequence[str]) -> list[GuildTally]:
    """Dump the books as they are at one moment, and return what the dump holds."""
    url = make_url(address)
    async with _connected(address, "REPEATABLE READ") as connection:
        version = await _version_of(connection)
        pg_dump, pg_restore = [await find_tool(t, version) for t in ("pg_dump", "pg_restore")]
        # The figures and the dump are of the same moment, but for Citus: there the snapshot is
        # the coordinator's alone.
        moment = await connection.scalar(text("SELECT pg_export_snapshot()"))
        is_spread = await connection.run_sync(is_citus)
        tallies = [] if is_spread else await connection.run_sync(tally_guilds)
        with new_file(target) as made:
            options = ["--format=custom", "--schema=public", "--no-password"]
            where = [f"--snapshot={moment}", f"--file={made}"]
            code, _, complaint = await run(
                pg_dump, *options, *where, url=url, session=_ON_CITUS if is_spread else ""
            )
            if code:
                raise BackupRefused(f"The backup failed: {complaint}.")
            await _require_readable(pg_restore, made)
            if is_spread:
                tallies = await tally_dump(pg_restore, made)
            seal(made, keys)
    return tallies


async def read_revision(address: str, backup: Path) -> str | None:
    """Return the revision of the schema in a backup, having read all of it.

    Without an address any pg_restore will do.
    """
    require_regular(backup)
    version = 1
    if address:
        async with _connected(address) as connection:
            version = await _version_of(connection)
    pg_restore = await find_tool("pg_restore", version)
    await _require_readable(pg_restore, backup)
    only = ("--data-only", "--table=alembic_version", "--file=-", str(backup))
    _, output, _ = await run(pg_restore, *only)
    found = re.search(rb"^COPY public\.alembic_version .*\n(\S+)\n", output, re.MULTILINE)
    return found[1].decode() if found else None


async def restore(address: str, backup: Path, *, is_replacing: bool) -> list[GuildTally]:
    """Put a backup in the place of what the database holds, in one transaction."""
    async with _connected(address) as connection:
        version = await _version_of(connection)
        pg_restore, psql = [await find_tool(t, version) for t in ("pg_restore", "psql")]
        await _require_place(connection, is_replacing=is_replacing)
    await _replay(pg_restore, psql, address, backup)
    async with _connected(address) as connection:
        return await connection.run_sync(tally_guilds)


async def require_empty(address: str) -> None:
    """Raise BackupRefused if there are books in a database, which another engine's do not replace.

    Nor what is not ours, and no books that a bot is about to write.
    """
    async with _connected(address) as connection:
        try:
            await _require_place(connection, is_replacing=False)
        except BackupRefused as error:
            problem = error.problem.replace("to replace them, add --replace", "use an empty one")
            raise BackupRefused(problem) from error


async def write_rows(backup: Path, target: Path) -> None:
    """Write the rows of a backup as text; it takes pg_restore and no server."""
    pg_restore = await find_tool("pg_restore", 1)
    await _require_readable(pg_restore, backup)
    code, _, complaint = await run(pg_restore, "--data-only", f"--file={target}", str(backup))
    if code:
        raise BackupRefused(f"{backup} cannot be read: {complaint}.")


async def _replay(pg_restore: str, psql: str, address: str, backup: Path) -> None:
    """Send what pg_restore writes to psql, and the commit only if both did all they had to."""
    quiet = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1")
    reading = started(pg_restore, *_SELECTED, "--file=-", str(backup), stdout=PIPE)
    writing = started(psql, *quiet, url=make_url(address), stdin=PIPE)
    async with reading as reader, writing as writer:
        assert reader.stdout is not None
        assert reader.stderr is not None
        assert writer.stdin is not None
        # Broken when psql gave up: then it says why.
        with suppress(BrokenPipeError, ConnectionResetError):
            await _send(reader.stdout, writer.stdin)
            complaint = complaint_of(await reader.stderr.read())
            if await reader.wait():
                # Without a commit nothing of it happened.
                raise BackupRefused(f"{backup} is damaged: {complaint}. Nothing was changed.")
            writer.stdin.write(_COMMIT.encode())
            writer.stdin.close()
        await _require_done(writer)


async def _send(source: StreamReader, target: StreamWriter) -> None:
    target.write(_BEGIN.encode())
    while piece := await source.read(_PIECE):
        target.write(piece)
        await target.drain()


async def _require_done(psql: Process) -> None:
    assert psql.stderr is not None
    complaint = complaint_of(await psql.stderr.read())
    if await psql.wait():
        raise BackupRefused(f"The database refused it: {complaint}. Nothing was changed.")


async def _require_readable(pg_restore: str, backup: Path) -> None:
    code, _, complaint = await run(pg_restore, "--file=/dev/null", str(backup))
    if code and "unsupported version" in complaint:
        raise BackupRefused(
            f"{backup} was written by a newer pg_dump than the pg_restore here can read; "
            "install a newer postgresql-client (from apt.postgresql.org)."
        )
    if code:
        raise damaged(backup)


async def _require_place(connection: AsyncConnection, *, is_replacing: bool) -> None:
    # Dropping tables of many nodes and making them again in one transaction waits for itself.
    if await connection.run_sync(is_distributed):
        raise BackupRefused(
            "The database is distributed over Citus. Restore into a new one on its nodes, run "
            "`tallyman db distribute`, then let the addresses name that."
        )
    tables = set((await connection.scalars(_TABLES)).all())
    if tables - _OURS:
        others = ", ".join(sorted(tables - _OURS))
        raise BackupRefused(f"The database holds other tables as well ({others}); use another.")
    is_full = "book" in tables and await connection.scalar(text("SELECT 1 FROM book LIMIT 1"))
    if is_full and not is_replacing:
        raise BackupRefused("The database holds books already; to replace them, add --replace.")
    if inside := await connection.run_sync(count_others):
        raise in_use(inside)


async def _version_of(connection: AsyncConnection) -> int:
    number = await connection.scalar(text("SELECT current_setting('server_version_num')::int"))
    return int(number or 0) // 10000


@asynccontextmanager
async def _connected(
    address: str, isolation_level: str = "READ COMMITTED"
) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(
        address, poolclass=NullPool, hide_parameters=True, isolation_level=isolation_level
    )
    try:
        with refusing():
            async with engine.connect() as connection:
                yield connection
    finally:
        await engine.dispose()
