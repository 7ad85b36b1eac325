"""What all commands of the command line share: settings, the event loop, failures in words."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NoReturn, TypeVar

import typer
from loguru import logger

from bot.database.admin.backup_files import BackupRefused
from bot.errors import LoginRefused, SchemaOutdated, Unavailable
from bot.logs import set_up_logging
from bot.settings import Settings, SettingsError, load_settings

T = TypeVar("T")

UPGRADE = "run `tallyman db upgrade`."
_UNREACHABLE = "The database cannot be reached. Check DATABASE_URL, and whether the server runs."


def read_settings() -> Settings:
    """Load the settings and begin to log; a bad one ends the program in words."""
    try:
        settings = load_settings()
    except SettingsError as error:
        fail("\n".join(error.problems))
    set_up_logging(settings)
    return settings


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run until done, on uvloop where it installs; failures become one sentence."""
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(work())
    except SettingsError as error:
        fail("\n".join(error.problems))
    except BackupRefused as error:
        fail(str(error))
    except Unavailable:
        fail(_UNREACHABLE)
    except LoginRefused as error:
        fail(
            f"The database does not let the user {error.user} in. Check the name and the password "
            "in its address; `tallyman db grant` makes the users of the bot and of backups."
        )
    except SchemaOutdated as error:
        at = error.current or "nothing yet"
        fail(f"The schema is at {at}, this version needs {error.expected}: {UPGRADE}")


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Import modules inside this: the garbage collector does not scan them, then or later.

    Nothing of them is ever garbage, and scanning took a tenth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def fail(text: str) -> NoReturn:
    """Print what is wrong and exit with code 1."""
    typer.echo(text, err=True)
    raise typer.Exit(1)


def loop_factory() -> Any:
    """Return the factory of uvloop's loops, None where it does not install."""
    try:
        import uvloop  # noqa: PLC0415  # not to be had everywhere
    except ImportError:
        logger.debug("uvloop is not installed; the standard loop is used")
        return None
    return uvloop.new_event_loop
