"""Migrations from inside the program: upgrade, downgrade, and whether anything has drifted.

Whatever needs the database raises Unavailable when it cannot be reached, LoginRefused, NoBooks and
SchemaUnknown.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.database.admin.revisions import (
    SCRIPTS,
    known_revisions,
    on_connection,
    on_locked_connection,
    read_revision,
)
from bot.database.admin.statistics import analyze
from bot.database.models import metadata
from bot.database.models.base import is_expected
from bot.errors import UnknownRevision


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision, by default the newest; safe from many processes.

    Raises UnknownRevision.
    """

    def work(connection: Connection) -> None:
        current = read_revision(connection)
        known = sorted(known_revisions())
        if revision != "head" and (revision not in known or revision < (current or "")):
            raise UnknownRevision(
                revision, current, tuple(r for r in known if r >= (current or ""))
            )
        run_command(connection, command.upgrade, revision)

    await on_locked_connection(url, work, may_create=True)


async def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none; what only newer ones know is lost.

    Raises UnknownRevision.
    """

    def work(connection: Connection) -> None:
        require_earlier(read_revision(connection), revision)
        run_command(connection, command.downgrade, revision)

    await on_locked_connection(url, work)


def require_earlier(current: str | None, revision: str) -> None:
    """Raise UnknownRevision unless a schema at `current` can be taken back to a revision.

    Revisions are numbered in their order.
    """
    earlier = [known for known in sorted(known_revisions()) if known <= (current or "")]
    if revision not in {"base", *earlier}:
        raise UnknownRevision(revision, current, ("base", *earlier))


def run_command(connection: Connection, run: Callable[..., Any], revision: str) -> None:
    """Run one of alembic's commands in the connection's transaction, then gather statistics."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    run(config, revision)
    analyze(connection)


async def find_drift(url: str) -> list[str]:
    """List how the database differs from the models, empty when it does not."""

    def compare(connection: Connection) -> list[str]:
        expected = partial(is_expected, dialect=connection.dialect.name)
        opts = {"compare_type": True, "include_object": expected}
        context = MigrationContext.configure(connection, opts=opts)
        return [str(difference) for difference in compare_metadata(context, metadata)]

    return await on_connection(url, compare)
