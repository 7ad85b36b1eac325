"""`tallyman demo`: the bot against a simulated Discord on loopback, with a page to try it on.

Two children do the work: the simulator, and the bot as an operator would start it. This process
books the month before now into a SQLite file, says where to look, kills and restarts the bot when
the visitor pulls the plug, and ends both.
"""

import contextlib
import json
import multiprocessing.connection
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.console import loading
from bot.settings import SettingsError

if TYPE_CHECKING:
    from bot.demo.process import Bot

_START_SECONDS: Final = 30.0
# The bot, then the simulator: together they have to end within two seconds.
_STOP_SECONDS: Final = 0.9
_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the command line said: the page's port, a file to keep the books in, a fresh start."""

    port: int = 0
    keep: Path | None = None
    is_reset: bool = False


def run_demo(options: DemoOptions) -> None:
    """Run until it is stopped; raises SettingsError when a process does not start.

    Outside of an event loop, because the bot is a fork of this process.
    """
    _require_free(options.port)
    for number in _ENDINGS:
        signal.signal(number, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(
            prefix="tallyman-demo-", ignore_cleanup_errors=True
        ) as directory,
    ):
        books = _books(options, Path(directory))
        arguments = ("--port", str(options.port), "--backdate", "--until-eof")
        with _simulator(*arguments) as simulator:
            _serve(books, simulator)


def _require_free(port: int) -> None:
    """Raise SettingsError for a port that cannot be had, before a month of books is made."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return
    except OSError as error:
        said = f"The page cannot have port {port}: {os.strerror(error.errno or 0).lower()}."
        raise SettingsError((said, "Name another one with --port.")) from error


def _serve(books: Path, simulator: subprocess.Popen[bytes]) -> None:
    with loading():
        # While the simulator starts, on another core.
        from bot.demo.process import Bot, make_books, seed  # noqa: PLC0415
        from bot.demo.tour import build_tour  # noqa: PLC0415

    make_books(books)
    ready = _next_line(simulator)
    tour = build_tour(seed(books, ready["guild"]))
    # Not before: a file has one writer, and on a slow disk the bot would wait too long for it.
    with Bot(ready["environment"], books, stop_seconds=_STOP_SECONDS) as bot:
        _tell(simulator, tour)
        if "bot" not in _heard_of(simulator, bot, _START_SECONDS):
            raise SettingsError(("The bot did not start; see the log above.",))
        sys.stdout.write(f"Try Tallyman at {ready['page']}\nCtrl-C ends it.\n")
        sys.stdout.flush()
        while "kill" in _heard_of(simulator, bot):
            bot.kill()
            bot.start()
        raise SettingsError(("A demo process exited; see the log above.",))


def _heard_of(
    simulator: subprocess.Popen[bytes], bot: "Bot", within_seconds: float | None = None
) -> dict[str, Any]:
    """Return what the simulator says next; nothing if the bot ends first, or the time."""
    assert simulator.stdout is not None
    waiting = [bot.sentinel, simulator.stdout.fileno()]
    if multiprocessing.connection.wait(waiting, within_seconds) != waiting[1:]:
        return {}
    return _next_line(simulator)


def _tell(simulator: subprocess.Popen[bytes], tour: dict[str, Any]) -> None:
    assert simulator.stdin is not None
    simulator.stdin.write(json.dumps(tour).encode() + b"\n")
    simulator.stdin.flush()


def _books(options: DemoOptions, directory: Path) -> Path:
    """Return where the books are, deleted if new ones were asked for."""
    books = options.keep.resolve() if options.keep else directory / "books.db"
    if options.is_reset:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{books}{suffix}").unlink(missing_ok=True)
    return books


@contextlib.contextmanager
def _simulator(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the simulated Discord as a child; it is gone when the block ends.

    It has a session of its own: Ctrl-C reaches this process alone, which ends the children in
    the right order.
    """
    process = subprocess.Popen(  # noqa: S603  # our own module, and arguments that we made
        [sys.executable, "-m", "simulator", *arguments],
        stdin=subprocess.PIPE,  # its end is how the simulator learns that this process died
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            # A second Ctrl-C waits for what is already under way.
            for number in _ENDINGS:
                signal.signal(number, signal.SIG_IGN)
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _next_line(simulator: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Read what the simulator says next: that it serves, the bot is there, or is to be killed."""
    assert simulator.stdout is not None
    multiprocessing.connection.wait([simulator.stdout.fileno()], _START_SECONDS)
    os.set_blocking(simulator.stdout.fileno(), False)
    line = simulator.stdout.readline()
    if not line:
        raise SettingsError(("The simulated Discord did not start; see the reason above.",))
    said: dict[str, Any] = json.loads(line)
    return said
