"""What must hold of each migration, those to come as well: no list of them is kept here.

`make test` moves three hundred rows through all of them and kills the newest after each of its
statements; `make soak` moves ten thousand, and kills the older ones as well.
"""

import os
import signal
import subprocess
import sys

from sqlalchemy import Connection, inspect

from bot.database.admin import migrate, revisions
from bot.database.admin.triggers import list_missing_triggers
from tests.conftest import SOAK
from tests.database.admin.test_migrate import REVISIONS, TRIED, before, schema
from tests.database.filling import Filling, checksums, in_both
from tests.database.killing import ROOT, migrator

ROWS = 10_000 if SOAK else 300
# Columns that a migration rewrites on purpose, as "table.column"; a test of its own checks them.
REWRITTEN: dict[str, frozenset[str]] = {}


def outline(connection: Connection) -> list[str]:
    """Say cheaply how far a schema has come."""
    inspector = inspect(connection)
    columns = inspector.get_multi_columns()
    return sorted(f"{table}.{c['name']}" for (_, table), found in columns.items() for c in found)


async def test_each_migration_up_down_and_up_again_keeps_every_row(
    own_database_url: str,
) -> None:
    url, filling = own_database_url, Filling(ROWS)
    await migrate.downgrade(url, "base")
    older = await revisions.on_connection(url, _nothing)
    for revision in REVISIONS:
        rewritten = REWRITTEN.get(revision, frozenset())
        await migrate.upgrade(url, revision)
        upgraded = await revisions.on_connection(url, checksums)
        first, second = in_both(older, upgraded, rewritten)
        assert first == second, f"{revision} changed rows on its way up"

        await revisions.on_connection(url, filling.fill)
        filled = await revisions.on_connection(url, checksums)
        assert all(filled.values()), "a table is empty, so it proves nothing"
        await migrate.downgrade(url, before(revision))
        lowered = await revisions.on_connection(url, checksums)
        first, second = in_both(filled, lowered, rewritten)
        assert first == second, f"{revision} changed rows on its way down"

        await revisions.on_connection(url, filling.forget_missing)
        await migrate.upgrade(url, revision)
        upgraded = await revisions.on_connection(url, checksums)
        first, second = in_both(first, upgraded, rewritten)
        assert first == second, f"{revision} changed rows on its way up again"
        await revisions.on_connection(url, filling.fill)
        older = await revisions.on_connection(url, checksums)
    assert await migrate.find_drift(url) == []
    assert await list_missing_triggers(url) == []


async def test_an_upgrade_that_is_killed_after_any_statement_is_completed_by_the_next(
    own_database_url: str,
) -> None:
    url = own_database_url
    newest = await schema(url)
    await migrate.downgrade(url, before(TRIED[0]))
    async with migrator() as process:
        for revision in TRIED:
            older = await revisions.on_connection(url, outline)
            statements = 1
            # Each run is the rerun of the one before, which had been killed one statement earlier.
            while await process.upgrade(url, revision, dies_after=statements) == -signal.SIGKILL:
                assert await revisions.on_connection(url, outline) == older
                statements += 1
            assert statements > 2
            assert await revisions.current_revision(url) == revision
    assert await schema(url) == newest


def test_alembic_itself_finds_nothing_to_add(own_database_url: str) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": own_database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No new upgrade operations detected" in checked.stdout


def _nothing(_connection: Connection) -> dict[str, dict[str, str]]:
    return {}
