"""The revision of the database, and the one that this program works with.

Both are read without alembic, which is a fifth of the start and of the memory of a bot whose
schema is up to date. Whatever needs the database raises Unavailable when it cannot be reached, and
LoginRefused.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.engine import prepare_sqlite
from bot.database.errors import is_refused_login, is_transient
from bot.errors import LoginRefused, SchemaOutdated, Unavailable

T = TypeVar("T")

SCRIPTS: Final = Path(__file__).resolve().parents[3] / "migrations"
_NAMED: Final = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"([^"]+)"', re.MULTILINE)
_SQLITE_WAIT_MS: Final = 60_000
# Any number will do, if it is always the same: two processes upgrading at once take turns.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7455110)")


async def current_revision(url: str) -> str | None:
    """Return the revision of the database, None if it is empty."""
    return await on_connection(url, _read_revision)


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
    """Raise SchemaOutdated unless the database has the newest revision."""
    current = await current_revision(url)
    if current != newest_revision():
        raise SchemaOutdated(current=current, expected=newest_revision())


async def on_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction on a connection of its own."""
    engine = _open(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except Exception as error:
        if is_refused_login(error):
            raise LoginRefused(make_url(url).username or "") from error
        if is_transient(error):
            raise Unavailable from error
        raise
    finally:
        await engine.dispose()


async def on_locked_connection(url: str, work: Callable[[Connection], None]) -> None:
    """Run work in one transaction while no other process migrates the same database."""

    def locked(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
        work(connection)

    await on_connection(url, locked)


def _named_revisions() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for script in (SCRIPTS / "versions").glob("*.py"):
        for what, revision in _NAMED.findall(script.read_text(encoding="utf-8")):
            named[what].add(revision)
    return named


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _open(url: str) -> AsyncEngine:
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    if make_url(url).get_backend_name() == "sqlite":
        prepare_sqlite(engine, "BEGIN IMMEDIATE", busy_timeout_ms=_SQLITE_WAIT_MS)
    return engine
