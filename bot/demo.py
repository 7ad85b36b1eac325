"""`tallyman demo`: the bot against a simulated Discord on loopback, with a page to try it on.

Two children do the work: the simulator, and the bot as an operator would start it. This process
books the month before now into a SQLite file, says where to look, and ends both.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.database import migrate
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService, utc_now
from bot.demo_books import DemoClock, DemoPeople, keep_books_for_a_month
from bot.domain.actors import Actor
from bot.settings import SettingsError
from bot.web.health import probe

_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
# The bot, then the simulator: together they have to end within two seconds.
_STOP_SECONDS: Final = 1.2
_ROLES: Final = {"manager": "Manager", "employee": "Employee", "auditor": "Auditor"}

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
            "text": "Mia counted 20 pairs of gloves. Set GLOVE-M right with `/adjust`.",
            "hint": "Type `/adjust` below",
            "member": "Mia",
            "channel": "warehouse",
            "done": [{"command": "adjust", "says": "Adjusted"}],
        },
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the command line said: the page's port, a file to keep the books in, a fresh start."""

    port: int = 0
    keep: Path | None = None
    is_reset: bool = False


async def run_demo(options: DemoOptions) -> None:
    """Run until SIGINT or SIGTERM; raises SettingsError when a part of it does not start."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    directory = Path(tempfile.mkdtemp(prefix="tallyman-demo-"))
    try:
        await _serve(options, directory, stopped)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _serve(options: DemoOptions, directory: Path, stopped: asyncio.Event) -> None:
    books, tour = _lay_out(options, directory)
    async with _child("simulator", "--port", str(options.port), "--tour", str(tour)) as simulator:
        ready, _ = await asyncio.gather(
            _first_line(simulator), migrate.upgrade(f"sqlite+aiosqlite:///{books}")
        )
        await _seed(books, ready["guild"])
        health_port = _free_port()
        environment = {
            **ready["environment"],
            "DATABASE_URL": f"sqlite:///{books}",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(health_port),
            "LOG_LEVEL": "ERROR",
        }
        async with _child("bot", "run", environment=environment) as bot:
            await _wait_until_ready(bot, health_port)
            sys.stdout.write(f"Try Tallyman at {ready['page']}\nCtrl-C ends it.\n")
            sys.stdout.flush()
            await _wait_for_end(stopped, simulator, bot)


def _lay_out(options: DemoOptions, directory: Path) -> tuple[Path, Path]:
    """Return where the books and the tour stand, the books fresh if that was asked for."""
    books = options.keep.resolve() if options.keep else directory / "books.db"
    if options.is_reset:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{books}{suffix}").unlink(missing_ok=True)
    tour = directory / "tour.json"
    tour.write_text(json.dumps(TOUR))
    return books, tour


async def _seed(books: Path, guild: dict[str, Any]) -> None:
    """Book the month before now, unless these books are kept from an earlier demo."""
    clock = DemoClock(utc_now())
    db = DatabaseService(DatabaseSettings(url=f"sqlite+aiosqlite:///{books}"), clock=clock)
    people = _people(guild)
    try:
        async with db.reading(people.manager) as reading:
            is_kept = bool(reading.rights.permissions)
        if not is_kept:
            await keep_books_for_a_month(db, clock, people)
    finally:
        await db.close()


def _people(guild: dict[str, Any]) -> DemoPeople:
    guild_id = int(guild["id"])
    members = {name: int(user_id) for name, user_id in guild["members"].items()}
    roles = {name: int(role_id) for name, role_id in guild["roles"].items()}

    def holder(name: str, role: str) -> Actor:
        return Actor(
            guild_id=guild_id,
            user_id=members[name],
            discord_role_ids=frozenset({guild_id, roles[role]}),
        )

    return DemoPeople(
        owner=Actor(guild_id=guild_id, user_id=members["Olga"], is_owner=True),
        manager=holder("Mia", "Manager"),
        employee=holder("Eli", "Employee"),
        discord_role_ids={name: roles[discord_name] for name, discord_name in _ROLES.items()},
        audit_channel_id=int(guild["channels"]["audit"]),
        approvals_channel_id=int(guild["channels"]["approvals"]),
    )


@contextlib.asynccontextmanager
async def _child(
    module: str, *arguments: str, environment: dict[str, str] | None = None
) -> AsyncIterator[Process]:
    """Run a module of this installation as a child; it is gone when the block ends.

    It has a session of its own: Ctrl-C reaches this process alone, which ends the children in
    the right order.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        env={**os.environ, **(environment or {})},
        stdin=DEVNULL,
        stdout=PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _first_line(simulator: Process) -> dict[str, Any]:
    assert simulator.stdout is not None
    async with asyncio.timeout(_START_SECONDS):
        line = await simulator.stdout.readline()
    if not line:
        raise SettingsError(("The simulated Discord did not start; its reason stands above.",))
    ready: dict[str, Any] = json.loads(line)
    return ready


async def _wait_until_ready(bot: Process, health_port: int) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not await asyncio.to_thread(probe, "127.0.0.1", health_port):
            if bot.returncode is not None:
                raise SettingsError(("The bot did not start; its log stands above.",))
            await asyncio.sleep(_POLL_SECONDS)


async def _wait_for_end(stopped: asyncio.Event, *children: Process) -> None:
    """Wait for a signal, or for a child that ends by itself."""
    waiting: set[asyncio.Future[bool]] = {
        asyncio.ensure_future(_ended(child)) for child in children
    }
    waiting.add(asyncio.create_task(_set(stopped)))
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _ended(child: Process) -> bool:
    await child.wait()
    return True


async def _set(event: asyncio.Event) -> bool:
    await event.wait()
    return True


def _free_port() -> int:
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])
