"""What the commands of `tallyman db` share: which database, a question, what was kept."""

import sys
from pathlib import Path

import typer

from bot.console import fail, run
from bot.settings import Settings


def confirm(question: str, what: str, *, is_sure: bool) -> None:
    """Ask on the terminal; without one, only `--yes` is an answer."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        fail(f"{what} needs --yes without a terminal. Nothing was changed.")
    typer.confirm(question, abort=True)


def show_kept(kept: Path | None) -> None:
    """Say where the books that were replaced are."""
    if kept is not None:
        typer.echo(f"The previous books are in {kept}.")


def current_schema(settings: Settings) -> str | None:
    """Return the revision of the schema."""
    from bot.database.admin import revisions

    return run(lambda: revisions.current_revision(owner_url(settings)))


def owner_url(settings: Settings) -> str:
    """Return the address of the user who owns the tables."""
    return settings.database_owner_url.get_secret_value()
