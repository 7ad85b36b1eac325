"""The command line: what operators type, and nothing else."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from loguru import logger

from bot.app import App, bring_schema_up_to_date
from bot.client import point_at
from bot.database import migrate
from bot.demo import DemoOptions, run_demo
from bot.errors import SchemaOutdated, Unavailable
from bot.logs import set_up_logging
from bot.settings import Settings, SettingsError, load_settings
from bot.web.health import probe

app = typer.Typer(
    name="tallyman",
    help="A Discord bot that keeps a warehouse's books.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
database = typer.Typer(help="The database's schema.", no_args_is_help=True)
commands = typer.Typer(help="The slash commands.", no_args_is_help=True)
app.add_typer(database, name="db")
app.add_typer(commands, name="commands")

_HOW_TO_GET_ONE = """\
DISCORD_TOKEN is not set. To get one:
  1. Open https://discord.com/developers/applications and create an application.
  2. Under "Bot", press "Reset Token" and copy it.
  3. Put DISCORD_TOKEN=<the token> into a file named .env, and run this again.
  4. Invite the bot with the scopes "bot" and "applications.commands".
Or try it without any of this: tallyman demo"""
_UPGRADE = "run `tallyman db upgrade`."
_UNREACHABLE = "The database cannot be reached. Check DATABASE_URL, and whether the server runs."

T = TypeVar("T")

Revision = Annotated[str, typer.Argument(help="The revision to go to")]


@app.command()
def run() -> None:
    """Run the bot until it is told to stop."""
    settings = _settings()
    if settings.discord_token is None:
        _fail(_HOW_TO_GET_ONE)
    if not settings.is_sqlite and settings.data_key is None:
        _fail("DATA_KEY is not set; on PostgreSQL the key that protects contact data is required.")
    _run(lambda: _serve(settings))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 picks a free one")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Keep the books in this SQLite file")] = None,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Begin with fresh books")] = False,
) -> None:
    """Try it: a simulated Discord in your browser, no account, no token, no internet."""
    _run(lambda: run_demo(DemoOptions(port=port, keep=keep, is_reset=reset)))


@app.command()
def health() -> None:
    """Ask the running bot whether it is well (for containers)."""
    settings = _settings()
    if not settings.http_port:
        _fail("HTTP_PORT is off or picked at random, so nobody can be asked.")
    if not probe(settings.http_host, settings.http_port):
        _fail("The bot is not ready.")
    typer.echo("The bot is ready.")


@database.command()
def upgrade(revision: Revision = "head") -> None:
    """Bring the schema up to date."""
    settings = _settings()
    _migrate(migrate.upgrade(settings.database_owner_url.get_secret_value(), revision))
    typer.echo(f"The database stands at {_current(settings)}.")


@database.command()
def downgrade(revision: Revision) -> None:
    """Take the schema back; `base` for none. What only newer versions know is lost."""
    settings = _settings()
    _migrate(migrate.downgrade(settings.database_owner_url.get_secret_value(), revision))
    typer.echo(f"The database stands at {_current(settings)}.")


@database.command()
def check() -> None:
    """Say whether the schema is what this version works with."""
    settings = _settings()
    url = settings.database_owner_url.get_secret_value()
    current, newest = _current(settings), migrate.newest_revision()
    if current != newest:
        _fail(f"The database stands at {current}, this version needs {newest}: {_UPGRADE}")
    drift = _migrate(migrate.find_drift(url))
    if drift:
        _fail("\n".join(["The database differs from what the migrations made:", *drift]))
    typer.echo(f"The database stands at {current}, as it should.")


@commands.command()
def sync() -> None:
    """Tell Discord of the commands, whether they changed or not."""
    settings = _settings()
    if settings.discord_token is None:
        _fail(_HOW_TO_GET_ONE)
    _run(lambda: _sync(settings))
    typer.echo("Discord was told of the commands.")


def main() -> None:
    """Start here."""
    app()


async def _serve(settings: Settings) -> None:
    await App(settings).run()


async def _sync(settings: Settings) -> None:
    point_at(settings)
    await bring_schema_up_to_date(settings)
    wired = App(settings)
    try:
        await wired.log_in()
        await wired.client.sync_commands(is_forced=True)
    finally:
        await wired.stop()


def _settings() -> Settings:
    try:
        settings = load_settings()
    except SettingsError as error:
        _fail("\n".join(error.problems))
    set_up_logging(settings)
    return settings


def _current(settings: Settings) -> str | None:
    return _migrate(migrate.current_revision(settings.database_owner_url.get_secret_value()))


def _migrate(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except Unavailable:
        _fail(_UNREACHABLE)


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run until done, on uvloop where it installs; failures become one sentence."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work())
    except SettingsError as error:
        _fail("\n".join(error.problems))
    except Unavailable:
        _fail(_UNREACHABLE)
    except SchemaOutdated as error:
        at = error.current or "nothing yet"
        _fail(f"The database stands at {at}, this version needs {error.expected}: {_UPGRADE}")


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415  # not to be had everywhere
    except ImportError:
        logger.debug("uvloop is not installed; the standard loop is used")
        return None
    return uvloop.new_event_loop


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)
