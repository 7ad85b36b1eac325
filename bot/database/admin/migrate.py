"""Migrations from inside the program: upgrade, downgrade, and whether anything has drifted.

Whatever needs the database raises Unavailable when it cannot be reached, and LoginRefused.
"""

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.database.admin.revisions import SCRIPTS, on_connection, on_locked_connection
from bot.database.admin.statistics import analyze
from bot.database.models import metadata


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision, by default the newest; safe from many processes."""
    await on_locked_connection(url, _command(command.upgrade, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none; what only newer ones know is lost."""
    await on_locked_connection(url, _command(command.downgrade, revision))


async def find_drift(url: str) -> list[str]:
    """List how the database differs from the models, empty when it does not."""

    def compare(connection: Connection) -> list[str]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]

    return await on_connection(url, compare)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _command(run: Callable[..., Any], revision: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        run(config, revision)
        analyze(connection)

    return work
