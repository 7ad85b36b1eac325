"""Work on SQLite files in a thread, which ends when the command that waits for it is stopped."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from threading import Event
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Some milliseconds of work each: pages of a file, steps of SQLite's machine.
_PAGES: Final = 1000
_STEPS: Final = 100_000
_stopped: ContextVar[Event | None] = ContextVar("stopped", default=None)


class Stopped(Exception):
    """Nothing waits for this work any more; files that it did not complete are removed."""


async def in_thread(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Run work in a thread; cancelled, it ends soon, for the process waits for its threads."""
    stopped = Event()
    _stopped.set(stopped)
    try:
        return await asyncio.to_thread(work, *args, **options)
    finally:
        stopped.set()


def make_stoppable(connection: sqlite3.Connection) -> None:
    """Let what a connection does end with the command."""
    stopped = _stopped.get()
    if stopped is not None:
        connection.set_progress_handler(stopped.is_set, _STEPS)


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy a whole database as it is at one moment, or nothing; raises Stopped."""
    # Without a snapshot of its own a copy in pieces begins again at each change.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    try:
        source.backup(target, pages=_PAGES, progress=_require_wanted)
    finally:
        source.execute("ROLLBACK")


def _require_wanted(_status: int, _remaining: int, _total: int) -> None:
    stopped = _stopped.get()
    if stopped is not None and stopped.is_set():
        raise Stopped
