"""What all commands of the command line share: settings, the event loop, failures in words."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NoReturn, TypeVar

import typer
from loguru import logger

from bot.errors import (
    BackupRefused,
    KeyUnreadable,
    LoginRefused,
    NoBooks,
    SchemaOutdated,
    SchemaUnknown,
    Trouble,
    Unavailable,
    UnknownRevision,
)
from bot.logs import set_up_logging
from bot.mistyped_settings import find_mistyped
from bot.settings import Settings, SettingsError, load_settings

T = TypeVar("T")

UPGRADE = "run `tallyman db upgrade`."
_TROUBLES: dict[Trouble, str] = {
    "busy": "The database is busy with another program's work; try again in a moment.",
    "unreachable": "The database{place} cannot be reached. Check DATABASE_URL, and whether its "
    "server runs or its file can be opened; then run this again.",
    "changing over": "The database only lets itself be read: it is a standby, or was made "
    "read-only. Name the primary in DATABASE_URL.",
    "login refused": "The database does not let its user in. Check the name and the password in "
    "its address; `tallyman db grant` makes the users of the bot and of backups.",
    "no such database": "The server has no database of the name in DATABASE_URL; create it.",
    "wrong schema": "The database{place} lacks tables or columns that this version needs, or "
    "search_path leads elsewhere; `tallyman db check` says what is missing.",
    "no rights": "The database does not let the user in its address do this. `tallyman db grant` "
    "gives the bot and backups what they need; the tables' owner belongs in DATABASE_OWNER_URL.",
    "disk full": "The database's disk is full. Make room, then run this again.",
    "read-only": "The database's file cannot be written. Give this user the right to write it and "
    "its folder.",
    "disk failing": "The database's disk fails. The machine's own log says why.",
    "damaged": "The database{place} is damaged, or is no SQLite database. Check DATABASE_URL, or "
    "restore a backup with `tallyman db restore`.",
    "clock behind": "This machine's clock is behind the newest record of the books, or Discord's "
    "clock. Set the clock.",
    "clock ahead": "This machine's clock is ahead of Discord's. Set the clock.",
}
_NO_BOOKS = {
    "no_folder": "There is no folder {place}. Make it, or check DATABASE_URL.",
    "is_folder": "{place} is a folder. Name a file in DATABASE_URL.",
    "no_file": "There are no books at {place}. Check DATABASE_URL; `tallyman db upgrade` makes new "
    "ones.",
    "foreign": "The database {place} belongs to another program. Check DATABASE_URL.",
    "elsewhere": "The tables of the books are in the schema {place}, but search_path does not "
    "begin with it. Correct search_path of the user (ALTER ROLE) or of the database.",
}


def read_settings() -> Settings:
    """Load the settings and begin to log; a bad one ends the program in words."""
    for name, meant in find_mistyped().items():
        typer.echo(f"{name} is no setting; did you mean {meant}?", err=True)
    with failures_in_words():
        settings = load_settings()
    set_up_logging(settings)
    return settings


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run until done, on uvloop where it installs; failures become one sentence.

    SIGTERM ends it as Ctrl-C does, so that it leaves no files that are not complete.
    """
    try:
        with failures_in_words(), asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_until_sigterm(work))
    except asyncio.CancelledError:
        raise typer.Exit(128 + signal.SIGTERM) from None


async def _until_sigterm(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Cancel work at SIGTERM; a second one ends the process at once."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGTERM)
        task.cancel()

    loop.add_signal_handler(signal.SIGTERM, stop)
    return await work()


@contextlib.contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn what an operator can put right into one sentence and exit code 1."""
    try:
        yield
    except SettingsError as error:
        fail("\n".join(error.problems))
    except BackupRefused as error:
        fail(str(error))
    except Unavailable as error:
        place = f" {error.place}" if error.place else ""
        fail(_TROUBLES[error.trouble].format(place=place))
    except KeyUnreadable as error:
        fail(
            f"The key file {error.file} cannot be read: {error.reason}. Put the key of the contact "
            "data back there, or name it in DATA_KEY."
        )
    except LoginRefused as error:
        fail(
            f"The database does not let the user {error.user} in. Check the name and the password "
            "in its address; `tallyman db grant` makes the users of the bot and of backups."
        )
    except NoBooks as error:
        fail(_NO_BOOKS[error.reason].format(place=error.place))
    except SchemaOutdated as error:
        at = f"schema is at {error.current}" if error.current else "database has no tables yet"
        fail(f"The {at}, this version needs {error.expected}: {UPGRADE}")
    except SchemaUnknown as error:
        fail(
            f"The schema is at {error.current}, this version knows none after {error.newest}: "
            "install the version of Tallyman that made it."
        )
    except UnknownRevision as error:
        fail(
            f"The schema is at {error.current or 'nothing yet'} and cannot be taken to "
            f"{error.wanted}; it can be taken to {', '.join(error.known)}."
        )


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
