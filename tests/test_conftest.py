import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.database.admin import revisions
from bot.database.engine import DatabaseSettings
from bot.database.models import OutboxLane
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from tests.conftest import DATA_KEY, PLAYED_ON
from tests.database.books import Warehouse, refusal
from tests.database.clock import Clock
from tests.database.kept_books import read_but_keys
from tests.database.servers import Databases


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_nothing_reaches_beyond_this_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(RuntimeError, match="tried to reach"):
        sock.connect((address, 80))


async def test_a_database_is_empty_and_migrated(
    database_url: str, db: DatabaseService, engine: str
) -> None:
    await db.ping()
    await revisions.require_current(database_url)
    assert db.is_sqlite == (engine == "sqlite")


@pytest.mark.only_on("postgresql")
async def test_a_claim_about_one_engine_runs_there_alone(db: DatabaseService) -> None:
    assert not db.is_sqlite


def test_a_soak_plays_every_file_with_something_for_it() -> None:
    root = Path(__file__).parents[1]
    named = re.search(r"SOAKED := (.+?)\n\n", (root / "Makefile").read_text(), re.DOTALL)
    assert named
    of_a_soak = re.compile(r"import SOAK\b|mark\.soak|\"SOAK\"")
    files = set((root / "tests").rglob("test_*.py")) - {Path(__file__)}
    found = {str(it.relative_to(root)) for it in files if of_a_soak.search(it.read_text())}
    soaked = set(named[1].split())
    whole = {f"tests/{area}" for area in PLAYED_ON}
    assert whole <= soaked
    assert {it for it in found if "/".join(it.split("/")[:2]) not in whole} <= soaked


async def refuse_after(warehouse: Warehouse, work: Callable[[], Awaitable[object]]) -> None:
    async with refusal(warehouse.db, KeyError):
        await work()
        raise KeyError


async def test_a_refusal_that_changed_the_books_is_none(warehouse: Warehouse) -> None:
    with pytest.raises(AssertionError):
        await refuse_after(warehouse, warehouse.add_item)


async def test_a_refusal_that_left_a_row_for_delivery_is_none(warehouse: Warehouse) -> None:
    row = insert(table_of(OutboxLane)).values(guild_id=warehouse.guild_id, lane="elsewhere")
    write = partial(warehouse.db.maintenance.write, lambda connection: connection.execute(row))
    with pytest.raises(AssertionError):
        await refuse_after(warehouse, write)


@pytest.mark.only_on("sqlite")
async def test_books_that_are_copied_are_as_those_that_are_opened(
    warehouse: Warehouse, databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    copied = await read_but_keys(warehouse.db)
    url = await asyncio.to_thread(databases.copy_sqlite, tmp_path / "opened.db")
    db = DatabaseService(DatabaseSettings(url, data_key=DATA_KEY), clock=clock)

    await Warehouse.open(db)

    assert await read_but_keys(db) == copied
    assert copied["role_binding"]
    await db.close()
