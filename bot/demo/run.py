"""`tallyman demo`: the bot against a simulated Discord on loopback, with a page to try it on.

Two children do the work: the simulator, and the bot as an operator would start it. This process
books the month before now into a SQLite file, says where to look, and ends both.
"""

import contextlib
import json
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.console import loading
from bot.settings import SettingsError

_START_SECONDS: Final = 30.0
# The bot, then the simulator: together they have to end within two seconds.
_STOP_SECONDS: Final = 0.9
_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

TOUR: Final = {
    "title": "A first look",
    "steps": [
        {
            "title": "Take something off a shelf",
            "text": "Eli works the floor. Type `/take`, choose an item, press Enter.",
            "hint": "Type `/take` below",
            "member": "Eli",
            "channel": "warehouse",
            "done": [{"command": "take", "says": "Took"}],
        },
        {
            "title": "See it in the books",
            "text": "Ada audits. Every change reaches #audit: who, what, before and after.",
            "member": "Ada",
            "channel": "audit",
            "done": [{"read": True}],
        },
        {
            "title": "Decide something",
            "text": "Eli asks for a new supplier. Mia decides: press Approve on the card.",
            "member": "Mia",
            "channel": "approvals",
            "done": [
                {"press": True, "says": "supplier:approve"},
                {"press": True, "says": "supplier:reject"},
            ],
        },
    ],
}


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
    for number in _ENDINGS:
        signal.signal(number, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(
            prefix="tallyman-demo-", ignore_cleanup_errors=True
        ) as directory,
    ):
        books, tour = _lay_out(options, Path(directory))
        with _simulator(
            "--port", str(options.port), "--until-eof", "--tour", str(tour)
        ) as simulator:
            _serve(books, simulator)


def _serve(books: Path, simulator: subprocess.Popen[bytes]) -> None:
    with loading():
        # While the simulator starts, on another core.
        from bot.demo.process import running_bot, seed  # noqa: PLC0415

    ready = _next_line(simulator)
    with running_bot(ready["environment"], books, within_seconds=_STOP_SECONDS) as bot:
        seed(books, ready["guild"])
        assert simulator.stdout is not None
        waiting = [bot.sentinel, simulator.stdout.fileno()]
        if multiprocessing.connection.wait(waiting, _START_SECONDS) != waiting[1:]:
            raise SettingsError(("The bot did not start; see the log above.",))
        _next_line(simulator)
        sys.stdout.write(f"Try Tallyman at {ready['page']}\nCtrl-C ends it.\n")
        sys.stdout.flush()
        multiprocessing.connection.wait(waiting)
        raise SettingsError(("A demo process exited; see the log above.",))


def _lay_out(options: DemoOptions, directory: Path) -> tuple[Path, Path]:
    """Return where the books and the tour stand, the books fresh if that was asked for."""
    books = options.keep.resolve() if options.keep else directory / "books.db"
    if options.is_reset:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{books}{suffix}").unlink(missing_ok=True)
    tour = directory / "tour.json"
    tour.write_text(json.dumps(TOUR))
    return books, tour


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
    """Read what the simulator says next; it speaks when it serves, and when the bot is there."""
    assert simulator.stdout is not None
    multiprocessing.connection.wait([simulator.stdout.fileno()], _START_SECONDS)
    os.set_blocking(simulator.stdout.fileno(), False)
    line = simulator.stdout.readline()
    if not line:
        raise SettingsError(("The simulated Discord did not start; see the reason above.",))
    said: dict[str, Any] = json.loads(line)
    return said
