"""The demo's bot, a fork of the process that loaded it, and the books that it finds."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from bot.app import App
from bot.console import loop_factory
from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService, utc_now
from bot.demo.books import DemoClock, DemoPeople, keep_books_for_a_month
from bot.domain.actors import Actor
from bot.logs import set_up_logging
from bot.settings import Settings, SettingsError, load_settings

_ROLES: Final = {"manager": "Manager", "employee": "Employee", "auditor": "Auditor"}


@contextlib.contextmanager
def running_bot(
    environment: dict[str, str], books: Path, *, within_seconds: float
) -> Iterator[BaseProcess]:
    """Run the bot as a child, which is gone `within_seconds` after the block's end.

    Loading the bot is most of its start, and this process has just done it for the books: a
    fork has it for nothing.
    """
    given = {
        **environment,
        "DATABASE_URL": f"sqlite:///{books}",
        "HTTP_PORT": "off",
        "LOG_LEVEL": "ERROR",
    }
    process = multiprocessing.get_context("fork").Process(
        target=_run_bot, args=(given,), name="bot"
    )
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(within_seconds)
        process.kill()
        process.join()


def seed(books: Path, guild: dict[str, Any]) -> None:
    """Book the month before now, unless these books are kept from an earlier demo."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_seed(f"sqlite+aiosqlite:///{books}", _people(guild)))


async def _seed(url: str, people: DemoPeople) -> None:
    await migrate.upgrade(url)
    clock = DemoClock(utc_now())
    db = DatabaseService(DatabaseSettings(url=url), clock=clock)
    try:
        async with db.look_up(people.manager) as reading:
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
