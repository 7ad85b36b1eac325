"""A database that fails in every way at random: what was acknowledged is there, and once."""

import asyncio
import os
import random
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy.engine import make_url

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from tests.conftest import SOAK
from tests.database.books import OTHER_GUILD, Warehouse, require_no_open_transaction
from tests.database.troubled import Shift, at_work
from tests.database.wire import Wire

pytestmark = pytest.mark.slow

TROUBLES = int(os.environ.get("TROUBLES", "300" if SOAK else "12"))
# The words between two of which something goes wrong; any bytes at all for the last one.
MOMENTS = (b"BEGIN", b"FOR UPDATE", b"INSERT INTO audit_event", b"COMMIT", b"ROLLBACK", b"")


async def shifts_of(near: Warehouse, far: DatabaseService) -> list[Shift]:
    """Open two guilds, and let people work in them over another service."""
    shifts = []
    for each in (near, await Warehouse.open(near.db, OTHER_GUILD)):
        there = Warehouse(far, each.guild_id)
        shifts.append(Shift(each, there, await each.add_item(), await each.add_shelf()))
    return shifts


async def trouble(wire: Wire, dice: random.Random) -> None:
    """Let one thing go wrong with what is said next, and all be well again."""
    moment = dice.choice(MOMENTS)
    if dice.random() < 0.4:
        # An empty list would let the wire stay dead.
        wire.cut_after = [moment, b"never"]
        await asyncio.sleep(dice.uniform(0.02, 0.2))
        wire.cut_after = [b"never"]
        return
    wire.hold_at = moment
    # Shorter and longer than it is waited for.
    await asyncio.sleep(dice.uniform(0.05, 0.8))
    wire.let_go()


@pytest.mark.only_on("postgresql")
async def test_what_was_acknowledged_over_a_bad_network_is_there_and_once(
    warehouse: Warehouse, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.database.engine._COMMAND_TIMEOUT_SECONDS", 0.3)
    far, dice = DatabaseService(DatabaseSettings(wire.url, pool_size=4)), random.Random(7)
    async with at_work(await shifts_of(warehouse, far)):
        for _ in range(TROUBLES):
            await asyncio.sleep(dice.uniform(0.0, 0.2))
            await trouble(wire, dice)
    await far.close()
    await require_no_open_transaction(warehouse.db)


def hold(file: str, seconds: float) -> None:
    """Keep every other writer out for a while, as a program does that looks at the file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)


@pytest.mark.only_on("sqlite")
async def test_what_was_acknowledged_while_another_program_locks_the_file_is_there_and_once(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.database.engine._WRITER_TIMEOUT_SECONDS", 0.5)
    far, dice = DatabaseService(DatabaseSettings(database_url)), random.Random(7)
    file = str(make_url(database_url).database)
    async with at_work(await shifts_of(warehouse, far)):
        for _ in range(TROUBLES // 2):
            await asyncio.sleep(dice.uniform(0.0, 0.2))
            await asyncio.to_thread(hold, file, dice.uniform(0.05, 2.0))
    await far.close()
    await require_no_open_transaction(warehouse.db)
