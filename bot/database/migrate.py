"""Migrations from inside the program: upgrade, downgrade, and what stands where.

Whatever needs the database raises Unavailable when it cannot be reached.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.engine import prepare_sqlite
from bot.database.faults import is_transient
from bot.database.models import metadata
from bot.errors import SchemaOutdated, Unavailable

T = TypeVar("T")

_SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
# Any number will do, if it is always the same: two processes upgrading at once take turns.
_LOCK = text("SELECT pg_advisory_xact_lock(7455110)")
_SQLITE_WAIT_MS = 60_000


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision, the newest unless told; safe from many processes."""
    await on_locked_connection(url, _command(command.upgrade, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none; what only newer ones know is lost."""
    await on_locked_connection(url, _command(command.downgrade, revision))


async def current_revision(url: str) -> str | None:
    """Return the revision that the database stands at, None if it is empty."""
    return await _on_connection(url, lambda c: MigrationContext.configure(c).get_current_revision())


@cache
def newest_revision() -> str:
    """Return the revision that this version of the program works with."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


async def require_current(url: str) -> None:
    """Raise SchemaOutdated unless the database stands at the newest revision."""
    current = await current_revision(url)
    if current != newest_revision():
        raise SchemaOutdated(current=current, expected=newest_revision())


async def find_drift(url: str) -> list[str]:
    """List how the database differs from the models, empty when it does not."""

    def compare(connection: Connection) -> list[str]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]

    return await _on_connection(url, compare)


async def on_locked_connection(url: str, work: Callable[[Connection], None]) -> None:
    """Run work in one transaction while no other process migrates the same database."""

    def locked(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
        work(connection)

    await _on_connection(url, locked)


async def _on_connection(url: str, work: Callable[[Connection], T]) -> T:
    engine = _open(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except Exception as error:
        if is_transient(error):
            raise Unavailable from error
        raise
    finally:
        await engine.dispose()


def _open(url: str) -> AsyncEngine:
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    if make_url(url).get_backend_name() == "sqlite":
        prepare_sqlite(engine, "BEGIN IMMEDIATE", busy_timeout_ms=_SQLITE_WAIT_MS)
    return engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _command(run: Callable[..., Any], revision: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        run(config, revision)

    return work
