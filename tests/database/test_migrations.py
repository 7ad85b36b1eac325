"""What must hold of each migration, those to come as well: no list of them is kept here.

`make test-all` moves thirty rows through the newest and kills the newest after its first
statement, its second, its fourth and so on; `make soak` moves ten thousand through all, and kills
each migration after each statement. Older ones are as they were when they were the newest.
"""

import io
import signal

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from bot.database.admin import migrate, revisions
from bot.database.admin.triggers import list_missing_triggers
from tests.conftest import SOAK
from tests.database.admin.test_migrate import (
    REVISIONS,
    ROOT,
    TRIED,
    Upgrades,
    before,
    schema,
    upgrades,
)
from tests.database.filling import Filling, checksums, in_both

pytestmark = pytest.mark.slow


__all__ = ["upgrades"]  # a fixture

ROWS = 10_000 if SOAK else 30
WALKED = REVISIONS if SOAK else REVISIONS[-1:]
# Columns that a migration rewrites on purpose, as "table.column"; a test of its own checks them.
REWRITTEN = {
    # Keys are prefixed by their source; what is scheduled is due from now on.
    "0006": frozenset({"pending_answer.key", "receipt.key", "schedule.due_at"}),
    # Words are written again from the names; what these rows say of names is no word of them.
    "0008": frozenset(
        f"search_word.{column}"
        for column in ("guild_id", "noun", "is_archived", "word", "subject_id")
    ),
    # One more thing is scheduled for each guild.
    "0010": frozenset(
        f"schedule.{column}"
        for column in ("guild_id", "kind", "due_at", "leased_by", "leased_until", "failures")
    ),
    # On the way down books that rest wake up.
    "0014": frozenset(
        f"schedule.{column}"
        for column in (
            "guild_id",
            "kind",
            "due_at",
            "leased_by",
            "leased_until",
            "failures",
            "done_on",
        )
    ),
}


def outline(connection: Connection) -> list[str]:
    """Say cheaply how far a schema has come."""
    inspector = inspect(connection)
    columns = inspector.get_multi_columns()
    return sorted(f"{table}.{c['name']}" for (_, table), found in columns.items() for c in found)


@pytest.mark.soak_on("postgresql")  # on SQLite a migration copies whole tables
async def test_each_migration_up_down_and_up_again_keeps_every_row(
    own_database_url: str,
) -> None:
    url, filling = own_database_url, Filling(ROWS)
    await migrate.downgrade(url, before(WALKED[0]))
    if WALKED[0] != REVISIONS[0]:
        await revisions.on_connection(url, filling.fill)
    older = await revisions.on_connection(url, checksums)
    for revision in WALKED:
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
    own_database_url: str, upgrades: Upgrades
) -> None:
    url = own_database_url
    newest = await schema(url)
    await migrate.downgrade(url, before(TRIED[0]))
    for revision in TRIED:
        older = await revisions.on_connection(url, outline)
        statements = 1
        # Each run is the rerun of the one before, which had been killed earlier.
        while await upgrades.killed(url, revision, dies_after=statements) == -signal.SIGKILL:
            assert await revisions.on_connection(url, outline) == older
            statements = statements + 1 if SOAK else statements * 2
        assert statements > 2
        assert await revisions.current_revision(url) == revision
    assert await schema(url) == newest


def test_alembic_itself_finds_nothing_to_add(
    own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    said = io.StringIO()
    command.check(Config("alembic.ini", stdout=said))
    assert "No new upgrade operations detected" in said.getvalue()
