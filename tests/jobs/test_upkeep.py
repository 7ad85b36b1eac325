"""Once a day the planner learns what grew, once a week a damaged file is found."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.errors import Unavailable
from bot.jobs.upkeep import UpkeepJob
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.database.servers import PostgresqlServer

_PAGE = 4096


async def rows_known(db: DatabaseService) -> int:
    """Return how many items the planner of a reading connection knows of."""
    statement = (
        "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'item'"
        if db.is_sqlite
        else "SELECT reltuples FROM pg_class WHERE relname = 'item'"
    )

    async def look(connection: AsyncConnection) -> int:
        return int(await connection.scalar(text(statement)) or 0)

    return await db.maintenance.read(look)


@pytest.mark.both_engines
async def test_statistics_are_gathered_once_a_day(
    own_database_url: str, clock: Clock, engine: str, request: pytest.FixtureRequest
) -> None:
    db = DatabaseService(DatabaseSettings(own_database_url), clock=clock)
    warehouse = await Warehouse.open(db)
    if engine == "postgresql":
        server = request.getfixturevalue("postgresql")
        assert isinstance(server, PostgresqlServer)
        server.execute("ALTER TABLE item SET (autovacuum_enabled = off)", _name(own_database_url))
    before = await rows_known(db)
    await warehouse.add_item()
    job = UpkeepJob(db)
    await job.run_once()
    assert await rows_known(db) == before
    clock.advance(hours=1)
    await job.run_once()
    known = await rows_known(db)
    assert known > before
    await db.close()


async def test_a_damaged_file_is_found_within_a_week_and_said_by_readiness(
    db: DatabaseService, database_url: str, clock: Clock
) -> None:
    warehouse = await Warehouse.open(db)
    for number in range(40):
        await warehouse.add_item(f"ITEM-{number}")
    job = UpkeepJob(db)
    clock.advance(hours=8)
    await job.run_once()
    await db.ping()
    _overwrite_a_page(Path(str(make_url(database_url).database)))
    clock.advance(days=6, hours=23)
    await job.run_once()
    await db.ping()
    clock.advance(hours=1)
    await job.run_once()
    with pytest.raises(Unavailable) as caught:
        await db.ping()
    assert caught.value.trouble == "damaged"


def _overwrite_a_page(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'audit_event'"
        ).fetchone()
    database.close()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * _PAGE)
        opened.write(b"\xa5" * _PAGE)


def _name(url: str) -> str:
    return str(make_url(url).database)
