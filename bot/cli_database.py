"""`tallyman db ...`: what operators do to the database as a whole."""

from typing import Annotated

import typer

from bot.console import UPGRADE, fail, read_settings, run
from bot.settings import Settings

database = typer.Typer(help="The database.", no_args_is_help=True)

Revision = Annotated[str, typer.Argument(help="The revision to go to")]


@database.command()
def upgrade(revision: Revision = "head") -> None:
    """Bring the schema up to date."""
    from bot.database import migrate

    settings = read_settings()
    run(lambda: migrate.upgrade(_owner_url(settings), revision))
    typer.echo(f"The database stands at {_current(settings)}.")


@database.command()
def downgrade(revision: Revision) -> None:
    """Take the schema back; `base` for none. What only newer versions know is lost."""
    from bot.database import migrate

    settings = read_settings()
    run(lambda: migrate.downgrade(_owner_url(settings), revision))
    typer.echo(f"The database stands at {_current(settings)}.")


@database.command()
def check() -> None:
    """Say whether the schema is what this version works with."""
    from bot.database import migrate, revisions

    settings = read_settings()
    current, newest = _current(settings), revisions.newest_revision()
    if current != newest:
        fail(f"The database stands at {current}, this version needs {newest}: {UPGRADE}")
    drift = run(lambda: migrate.find_drift(_owner_url(settings)))
    if drift:
        fail("\n".join(["The database differs from what the migrations made:", *drift]))
    typer.echo(f"The database stands at {current}, as it should.")


def _current(settings: Settings) -> str | None:
    from bot.database import revisions

    return run(lambda: revisions.current_revision(_owner_url(settings)))


def _owner_url(settings: Settings) -> str:
    return settings.database_owner_url.get_secret_value()
