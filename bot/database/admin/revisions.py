"""The revision of the database, and the one that this program works with.

Both are read without alembic, which is a fifth of the start and of the memory of a bot whose
schema is up to date. Whatever needs the database raises Unavailable when it cannot be reached,
LoginRefused, and NoBooks where an address leads to no books.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.condition import file_of
from bot.database.engine import NAMELESS
from bot.database.errors import trouble_of
from bot.database.sqlite_connections import prepare_sqlite
from bot.errors import LoginRefused, NoBooks, SchemaOutdated, SchemaUnknown, Unavailable

T = TypeVar("T")

SCRIPTS: Final = Path(__file__).resolve().parents[3] / "migrations"
_NAMED: Final = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"([^"]+)"', re.MULTILINE)
# How long a file is waited for that another program holds, and for how long SQLite itself waits: no
# signal ends that.
_WAIT_SECONDS: Final = 60.0
_SQLITE_WAIT_MS: Final = 500
_PAUSE_SECONDS: Final = 0.05
# Any number will do, if it is always the same: two processes upgrading at once take turns.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7455110)")

# By three tables together: other programs may have one of the same name. Every user sees them here,
# whatever its search_path and privileges.
_SCHEMA_OF_BOOKS: Final = text(
    "SELECT nspname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
    "WHERE relkind IN ('r', 'p') AND relname IN ('alembic_version', 'book', 'audit_event') "
    "GROUP BY nspname HAVING count(*) = 3 ORDER BY nspname LIMIT 1"
)

# What a transaction that changes the schema needs on Citus. Any server takes such names.
FOR_SCHEMA_CHANGES: Final = (
    # The triggers act on one shard's table: nothing makes them unsafe.
    "SET LOCAL citus.enable_unsafe_triggers = 'on'",
    # Else a function may not be changed behind a table.
    "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
    # Else what was done here keeps later statements from going to all nodes at once.
    "SET LOCAL citus.enable_local_execution = 'off'",
)


async def current_revision(url: str, *, may_create: bool = False) -> str | None:
    """Return the revision of the database, None if it is empty; raises SchemaUnknown.

    An SQLite file that does not exist is empty where it may be created.
    """
    file = file_of(url)
    if may_create and file is not None and not file.exists():
        require_place(url, may_create=True)
        return None
    return await on_connection(url, read_revision)


@cache
def newest_revision() -> str:
    """Return the revision that this version of the program works with: the one none follows."""
    named = _named_revisions()
    (newest,) = named["revision"] - named["down_revision"]
    return newest


def known_revisions() -> set[str]:
    """Return every revision that this version of the program can bring up to date."""
    return _named_revisions()["revision"]


async def require_current(url: str) -> None:
    """Raise SchemaOutdated or SchemaUnknown unless the database has the newest revision."""
    current = await current_revision(url)
    if current != newest_revision():
        raise SchemaOutdated(current=current, expected=newest_revision())


def require_place(url: str, *, may_create: bool = False) -> None:
    """Raise NoBooks where an SQLite file is not, and is not to be created.

    Connecting creates one, so a mistyped path would leave an empty database behind.
    """
    file = file_of(url)
    if file is None:
        return
    if file.is_dir():
        raise NoBooks("is_folder", str(file))
    if not file.parent.is_dir():
        raise NoBooks("no_folder", str(file.parent))
    if not may_create and not file.exists():
        raise NoBooks("no_file", str(file))


async def on_connection(
    url: str,
    work: Callable[[Connection], T],
    *,
    may_create: bool = False,
    checks_references: bool = True,
) -> T:
    """Run work in one transaction on a connection of its own."""
    require_place(url, may_create=may_create)
    engine = _open(url, checks_references=checks_references)
    try:
        async with contextlib.AsyncExitStack() as stack:
            connection = await _begin(engine, stack)
            return await connection.run_sync(work)
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        if trouble == "login refused":
            raise LoginRefused(make_url(url).username or "") from error
        raise Unavailable(trouble=trouble, place=str(file_of(url) or "")) from error
    finally:
        await engine.dispose()


async def _begin(engine: AsyncEngine, stack: contextlib.AsyncExitStack) -> AsyncConnection:
    """Begin a transaction that ends with the stack, once no other program holds an SQLite file."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return await stack.enter_async_context(engine.begin())
        except DBAPIError as error:
            is_held = engine.dialect.name == "sqlite" and trouble_of(error) == "busy"
            if not is_held or time.monotonic() > until:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


async def on_locked_connection(
    url: str, work: Callable[[Connection], None], *, may_create: bool = False
) -> None:
    """Run work in one transaction while no other process migrates the same database.

    On SQLite references are checked at its end alone: to change a table is to drop it, which they
    would forbid.
    """

    def locked(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            # Before anything else: Citus lets none of it change within a transaction's work.
            for statement in FOR_SCHEMA_CHANGES:
                connection.exec_driver_sql(statement)
            connection.execute(_LOCK)
        work(connection)
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            assert broken is None, f"a row refers to none: {broken}"

    await on_connection(url, locked, may_create=may_create, checks_references=False)


def _named_revisions() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for script in (SCRIPTS / "versions").glob("*.py"):
        for what, revision in _NAMED.findall(script.read_text(encoding="utf-8")):
            named[what].add(revision)
    return named


def read_revision(connection: Connection) -> str | None:
    """Return the revision of a database, None if it is empty; raises NoBooks or SchemaUnknown."""
    tables = set(inspect(connection).get_table_names())
    revision: str | None = None
    if "alembic_version" in tables:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    # A server's database may have other programs' tables beside ours; a file has one owner.
    is_shared = connection.dialect.name != "sqlite"
    is_empty = is_shared or tables <= {"alembic_version"}
    if revision is None and is_shared and (place := connection.scalar(_SCHEMA_OF_BOOKS)):
        raise NoBooks("elsewhere", place)
    if ("book" not in tables) if revision else not is_empty:
        raise NoBooks("foreign", str(connection.engine.url.database))
    if revision is not None and revision not in known_revisions():
        raise SchemaUnknown(current=revision, newest=newest_revision())
    return revision


def _open(url: str, *, checks_references: bool) -> AsyncEngine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    # Whatever pools connections on the way: what is read here is read once.
    arguments = {} if is_sqlite else NAMELESS
    engine = create_async_engine(
        url, poolclass=NullPool, hide_parameters=True, connect_args=arguments
    )
    if is_sqlite:
        prepare_sqlite(
            engine,
            "BEGIN IMMEDIATE",
            busy_timeout_ms=_SQLITE_WAIT_MS,
            checks_references=checks_references,
        )
    return engine
