"""The command line for operators.

Each command loads what it needs when it is typed: a container's health check, asked every few
seconds, must not load a bot.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.audit import audit
from bot.cli.database import database
from bot.console import fail, failures_in_words, loading, read_settings
from bot.console import run as run_until_done
from bot.domain.purposes import invite_url
from bot.settings import Settings

app = typer.Typer(
    name="tallyman",
    help="A Discord bot that keeps a warehouse's books.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
commands = typer.Typer(help="The slash commands.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(database, name="db")
app.add_typer(commands, name="commands")

_HOW_TO_GET_ONE = f"""\
DISCORD_TOKEN is not set. To get one:
  1. Open https://discord.com/developers/applications and create an application.
  2. Under "Bot", press "Reset Token" and copy it.
  3. Put DISCORD_TOKEN=<the token> into a file named .env, and run this again.
  4. Invite the bot, with the application's id in place of APPLICATION_ID:
     {invite_url("APPLICATION_ID")}
Or try it without any of this: tallyman demo"""
_UNSUPPORTED = "Tallyman runs on Linux, macOS and WSL. On Windows, run it inside WSL."


def _say_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"tallyman {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Take what belongs to no command."""
    del version


@app.command()
def run() -> None:
    """Run the bot until it is stopped."""
    _require_supported_system()
    settings = read_settings()
    if settings.discord_token is None:
        fail(_HOW_TO_GET_ONE)
    if not settings.is_sqlite and settings.data_key is None:
        fail("DATA_KEY is not set; on PostgreSQL the key that protects contact data is required.")
    run_until_done(lambda: _serve(settings))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 picks a free one")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Keep the books in this SQLite file")] = None,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Start with new books")] = False,
) -> None:
    """Try it: a simulated Discord in your browser, no account, no token, no internet."""
    _require_supported_system()
    from bot.demo.run import DemoOptions, run_demo

    if keep is not None and not reset:
        _require_usable(keep)
    with failures_in_words():
        run_demo(DemoOptions(port=port, keep=keep, is_reset=reset))


@app.command()
def health() -> None:
    """Check the health of the running bot (for containers)."""
    from bot.web.probe import probe

    settings = read_settings()
    if not settings.http_port:
        fail("HTTP_PORT is off or random, so the bot's health cannot be checked.")
    if not probe(settings.http_host, settings.http_port):
        fail("The bot is not ready.")
    typer.echo("The bot is ready.")


@app.command()
def doctor() -> None:
    """Check the whole installation, and say how to fix problems."""
    settings = read_settings()
    if not run_until_done(lambda: _examine(settings)):
        raise typer.Exit(1)


@commands.command()
def sync() -> None:
    """Send the commands to Discord, changed or not."""
    settings = read_settings()
    if settings.discord_token is None:
        fail(_HOW_TO_GET_ONE)
    run_until_done(lambda: _sync(settings))
    typer.echo("The commands were sent to Discord.")


def main() -> None:
    """Start here."""
    app()


def _require_usable(books: Path) -> None:
    """End in words, before anything is started, if these cannot be the demo's books."""
    from bot.database.admin import revisions

    url = f"sqlite+aiosqlite:///{books.resolve()}"
    run_until_done(lambda: revisions.current_revision(url, may_create=True))


def _require_supported_system() -> None:
    """Stop before what Windows lacks is imported: signals, forks, watched file descriptors."""
    if sys.platform == "win32":
        fail(_UNSUPPORTED)


async def _serve(settings: Settings) -> None:
    with loading():
        from bot.app import App

    await App(settings).run()


async def _examine(settings: Settings) -> bool:
    from bot.cli.doctor.examine import examine

    is_well = True
    async for finding in examine(settings):
        typer.echo(str(finding))
        is_well = is_well and finding.mark != "✗"
    return is_well


async def _sync(settings: Settings) -> None:
    from bot.app import App
    from bot.client import point_at
    from bot.startup import bring_schema_up_to_date

    point_at(settings)
    await bring_schema_up_to_date(settings)
    wired = App(settings)
    try:
        await wired.log_in()
        await wired.client.sync_commands(is_forced=True)
    finally:
        await wired.stop()
