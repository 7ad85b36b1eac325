"""`tallyman demo` as its user: one address, books of a month, and nothing left behind.

A demo that is killed takes its children along, and its books go on as if it had been ended.
"""

import asyncio
import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.database.servers import Databases
from tests.simulator.demos import ROOT, running, start

# Wherever the demo is shown, its people work there in daylight.
ELSEWHERE = "Pacific/Auckland"


def records(books: Path) -> list[tuple[Any, ...]]:
    """The records with the chain's links, and whether the bot itself made them."""
    with sqlite3.connect(books) as connection:
        return connection.execute(
            "SELECT guild_id, record, hash, actor_id = 0 FROM audit_event ORDER BY guild_id, record"
        ).fetchall()


def assert_believable(books: Path, zone: ZoneInfo) -> None:
    """People work on working days in daylight, have names, and a handful of items is low."""
    with sqlite3.connect(books) as connection:
        made = connection.execute("SELECT at FROM audit_event WHERE actor_id <> 0").fetchall()
        named = connection.execute("SELECT name FROM member WHERE registered_at > 0").fetchall()
        ((low, empty),) = connection.execute(
            "SELECT count(*), sum(held = 0) FROM (SELECT i.id, i.reorder_point, sum(l.quantity)"
            " AS held FROM item AS i JOIN stock_level AS l ON l.guild_id = i.guild_id"
            " AND l.item_id = i.id AND l.location_id >= 100 GROUP BY i.id)"
            " WHERE held <= reorder_point"
        ).fetchall()
    times = [datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(zone) for (at,) in made]
    assert {at.weekday() for at in times} <= set(range(5))
    assert {at.hour for at in times} <= set(range(7, 18))
    assert len({at.date() for at in times}) > 20
    assert {name for (name,) in named} == {"Olga", "Mia", "Eli", "Ben", "Ada", "Bea", "Ari"}
    assert 3 <= low <= 7
    assert empty == 0


async def test_a_reset_begins_new_books_and_kept_ones_go_on_where_they_were(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", ELSEWHERE)
    books = tmp_path / "books.db"
    await asyncio.to_thread(databases.copy_sqlite, books)
    with sqlite3.connect(books) as connection:
        connection.execute("CREATE TABLE of_an_earlier_demo (id)")
    async with running(tmp_path, "--keep", books, "--reset"):
        pass
    with sqlite3.connect(books) as connection:
        assert connection.execute("SELECT count(*) FROM book").fetchone() == (1,)
        kept = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'of_an_earlier_demo'")
        assert kept.fetchall() == []
    first = records(books)
    assert len({guild for guild, *_ in first}) == 1
    assert len(first) > 150, "a month of work"
    assert_believable(books, ZoneInfo(ELSEWHERE))
    await run_and_kill(tmp_path, books)
    second = records(books)
    assert second[: len(first)] == first
    # Yesterday is closed by whichever of the two runs comes to it.
    assert all(is_own for *_, is_own in second[len(first) :])


async def run_and_kill(directory: Path, books: Path) -> None:
    """Run the demo, and kill it; its children go along."""
    process = await start(directory, "--keep", books)
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 60)
    process.kill()
    # The children hold the other end of this pipe until they are gone.
    assert await asyncio.wait_for(process.stdout.read(), 20) == b"Ctrl-C ends it.\n"


async def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(process.communicate(), 30)
    finally:
        server.close()
    assert process.returncode == 1
    assert b"address already in use" in said.lower()
    assert b"Traceback" not in said
