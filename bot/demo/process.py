"""The demo's bot, a fork of the process that loaded it, and the books that it finds."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from bot.app import App
from bot.console import loop_factory
from bot.database.admin import migrate
from bot.database.controllers.audit import FURTHEST
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService, utc_now
from bot.demo.books import DemoClock, keep_books_for_a_month
from bot.demo.people import DemoPeople
from bot.demo.tour import Facts
from bot.demo.workdays import local_zone
from bot.domain.actors import Actor
from bot.domain.virtual_locations import is_virtual
from bot.logs import set_up_logging
from bot.settings import Settings, SettingsError, load_settings

_ROLES: Final = {
    "admin": "Admin",
    "manager": "Manager",
    "employee": "Employee",
    "buyer": "Buyer",
    "accountant": "Accountant",
    "auditor": "Auditor",
}


class Bot:
    """The bot as a child, which is gone `stop_seconds` after the block's end.

    Loading the bot is most of its start, and this process has done it for the books: a fork has it
    for nothing, the first time and after it was killed.
    """

    def __init__(self, environment: dict[str, str], books: Path, *, stop_seconds: float) -> None:
        self._given = {
            **environment,
            "DATABASE_URL": f"sqlite:///{books}",
            # Chosen once: the page of a device would not know a bot at another port again.
            "HTTP_PORT": str(_free_port()),
            "LOG_LEVEL": "ERROR",
        }
        self._stop_seconds = stop_seconds
        self._process: BaseProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.terminate()
        self._running.join(self._stop_seconds)
        self.kill()

    def start(self) -> None:
        """Start it."""
        self._process = multiprocessing.get_context("fork").Process(
            target=_run_bot, args=(self._given,), name="bot"
        )
        self._process.start()

    def kill(self) -> None:
        """End it as a power cut does."""
        self._running.kill()
        self._running.join()

    @property
    def sentinel(self) -> int:
        """What is ready to be read once it has ended."""
        return self._running.sentinel

    @property
    def _running(self) -> BaseProcess:
        assert self._process is not None
        return self._process


def _free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def make_books(books: Path) -> None:
    """Bring the file's schema up to date, which needs nothing of the simulator."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(migrate.upgrade(_url(books)))


def seed(books: Path, guild: dict[str, Any]) -> Facts:
    """Book the month before now, unless these books are kept from an earlier demo."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_seed(_url(books), _people(guild)))


def _url(books: Path) -> str:
    return f"sqlite+aiosqlite:///{books}"


async def _seed(url: str, people: DemoPeople) -> Facts:
    clock = DemoClock(utc_now())
    zone = local_zone()
    db = DatabaseService(DatabaseSettings(url=url), clock=clock)
    try:
        async with db.look_up(people.manager) as reading:
            is_kept = bool(reading.rights.permissions)
        if not is_kept:
            await keep_books_for_a_month(db, clock, people, zone)
        return await _look(db, people.manager, people.alerts_channel_id)
    finally:
        await db.close()


async def _look(db: DatabaseService, actor: Actor, warehouse_id: int) -> Facts:
    """Read what the page says of the books at its beginning."""
    async with db.look_up(actor) as books:
        items = [item for item in await books.items.find_all(limit=500) if not item.archived_at]
        low = [
            item.sku
            for item in items
            if item.reorder_point is not None
            and sum(level.quantity for level in await books.stock.levels_of_item(item.id))
            <= item.reorder_point
        ]
        (newest,) = await books.audit.search(above=-1, below=FURTHEST, limit=1)
        locations = await books.locations.find_all(limit=500)
        return Facts(
            records=newest.record,
            items=len(items),
            locations=sum(not is_virtual(location.id) for location in locations),
            closed_at=newest.at,
            low=tuple(low),
            warehouse_id=warehouse_id,
            has_board=await books.boards.exists(channel_id=warehouse_id),
        )


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
        owner=replace(holder("Olga", "Admin"), is_owner=True),
        manager=holder("Mia", "Manager"),
        employee=holder("Eli", "Employee"),
        colleague=holder("Ben", "Employee"),
        auditor=holder("Ada", "Auditor"),
        buyer=holder("Bea", "Buyer"),
        accountant=holder("Ari", "Accountant"),
        discord_role_ids={name: roles[discord_name] for name, discord_name in _ROLES.items()},
        audit_channel_id=int(guild["channels"]["audit"]),
        approvals_channel_id=int(guild["channels"]["approvals"]),
        alerts_channel_id=int(guild["channels"]["warehouse"]),
    )


def _run_bot(given: dict[str, str]) -> None:
    """Be the bot, in a session of its own, which a Ctrl-C in the terminal does not reach."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    try:
        settings = _settings(given)
        set_up_logging(settings)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_run_while_watched(settings))
    except SettingsError as error:
        sys.exit(str(error))


async def _run_while_watched(settings: Settings) -> None:
    """Run until stopped, or until the demo that started this has died."""
    demo = multiprocessing.parent_process()
    assert demo is not None
    asyncio.get_running_loop().add_reader(demo.sentinel, os.kill, os.getpid(), signal.SIGTERM)
    await App(settings).run()


def _settings(given: dict[str, str]) -> Settings:
    """Read the bot's settings; an operator's own may name the books of a company."""
    for name in set(os.environ):
        if name.lower().removesuffix("_file") in Settings.model_fields:
            del os.environ[name]
    os.environ.update(given)
    return load_settings(env_file=None)
