"""`tallyman db ...`: what operators do to the database as a whole."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import UPGRADE, fail, read_settings, run
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.database.tallies import GuildTally

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


@database.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file")]) -> None:
    """Write all guilds' books into a new file, while the bot goes on."""
    from bot.database.backup import back_up

    settings = read_settings()
    url = settings.database_backup_url.get_secret_value()
    tallies = run(lambda: back_up(url, file))
    typer.echo(f"{file} holds the books of {len(tallies)} guilds:")
    _show(tallies)
    typer.echo("The key that opens contact data is not in it: keep a copy of it elsewhere.")


@database.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `tallyman db backup` wrote")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the books there")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Replace them without asking")] = False,
) -> None:
    """Put a backup into an empty database, all of it or nothing. Stop the bot first."""
    from bot.database import revisions
    from bot.database.backup import restore as put_back

    settings = read_settings()
    if replace and not yes:
        _confirm_replacing()
    restored = run(lambda: put_back(_owner_url(settings), file, is_replacing=replace))
    typer.echo(f"The database holds the books of {len(restored.tallies)} guilds:")
    _show(restored.tallies)
    if restored.kept is not None:
        typer.echo(f"The books that were there before lie in {restored.kept}.")
    typer.echo("Contact data opens with the key of the time of the backup only.")
    if not settings.is_sqlite and settings.database_owner_url != settings.database_url:
        typer.echo("The bot's own user has no rights to it yet: run `tallyman db grant`.")
    if restored.revision != revisions.newest_revision():
        typer.echo(f"The backup is of an older version: {UPGRADE}")


def _confirm_replacing() -> None:
    if not sys.stdin.isatty():
        fail("Replacing books takes --yes where nobody can be asked.")
    typer.confirm("Replace all books that the database holds now?", abort=True)


def _show(tallies: "list[GuildTally]") -> None:
    for tally in tallies:
        counts = ", ".join(f"{table} {count}" for table, count in sorted(tally.rows.items()))
        typer.echo(f"  guild {tally.guild_id}, head #{tally.last_record} {tally.chain_head}")
        typer.echo(f"    rows: {counts}")


def _current(settings: Settings) -> str | None:
    from bot.database import revisions

    return run(lambda: revisions.current_revision(_owner_url(settings)))


def _owner_url(settings: Settings) -> str:
    return settings.database_owner_url.get_secret_value()
