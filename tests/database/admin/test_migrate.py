import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.admin import migrate, revisions
from bot.database.models import metadata
from bot.errors import SchemaOutdated
from tests.conftest import SOAK

ROOT = Path(__file__).parents[3]
SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
# Crashes are tried in the newest: the older ones are as they were when they were the newest.
TRIED = REVISIONS if SOAK else REVISIONS[-1:]
UPGRADE = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.database.admin import migrate

left = int(sys.argv[2])

def count(connection, cursor, statement, *rest):
    global left
    left -= statement.lstrip().startswith("CREATE")
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", count)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate.upgrade(sys.argv[1]))
"""


class Crash(Exception):  # it stands for a process that ends
    pass


async def schema(url: str) -> list[str]:
    """List every table, column, index and constraint, as the database tells of them."""

    def look(connection: Connection) -> list[str]:
        inspector = inspect(connection)
        seen = []
        for table in inspector.get_table_names():
            parts = (
                *inspector.get_columns(table),
                inspector.get_pk_constraint(table),
                *map(_with_text, inspector.get_indexes(table)),
                *inspector.get_unique_constraints(table),
                *inspector.get_foreign_keys(table),
                *inspector.get_check_constraints(table),
            )
            seen += [f"{table}: {part}" for part in parts]
        return sorted(seen)

    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.run_sync(look)
    await engine.dispose()
    return found


def _with_text(index: Any) -> dict[str, Any]:
    """Write a partial index's condition as text, which can be compared."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


async def upgrade_elsewhere(url: str, *, processes: int, dies_at: int = -1) -> list[int]:
    """Upgrade in processes that begin at once, and which may kill themselves at a statement."""
    command = [sys.executable, "-c", UPGRADE, url, str(dies_at)]
    pipe = asyncio.subprocess.PIPE
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    return [process.returncode or 0 for process in started]


async def test_the_schema_is_what_the_models_say(own_database_url: str) -> None:
    assert await migrate.find_drift(own_database_url) == []


async def test_a_schema_that_differs_is_found(own_database_url: str) -> None:
    engine = create_async_engine(own_database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE stock_move"))
        await connection.execute(text("ALTER TABLE item ADD COLUMN colour TEXT"))
    await engine.dispose()
    found = " ".join(await migrate.find_drift(own_database_url))
    assert "stock_move" in found
    assert "colour" in found


async def test_every_table_of_the_models_exists(own_database_url: str) -> None:
    names = {line.split(":")[0] for line in await schema(own_database_url)}
    assert names == {*metadata.tables, "alembic_version"}


async def test_every_constraint_has_a_name(own_database_url: str) -> None:
    assert await schema(own_database_url)
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, constraint


async def test_every_key_starts_with_the_guild(own_database_url: str) -> None:
    assert own_database_url
    for table in metadata.tables.values():
        if table.name == "command_tree":
            continue
        assert next(iter(table.primary_key)).name == "guild_id"
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "guild_id"


async def test_up_down_and_up_again_leads_to_the_same_schema(own_database_url: str) -> None:
    newest = await schema(own_database_url)
    assert await revisions.current_revision(own_database_url) == revisions.newest_revision()
    await migrate.downgrade(own_database_url, "base")
    assert await revisions.current_revision(own_database_url) is None
    assert {line.split(":")[0] for line in await schema(own_database_url)} == {"alembic_version"}
    with pytest.raises(SchemaOutdated) as caught:
        await revisions.require_current(own_database_url)
    assert (caught.value.current, caught.value.expected) == (None, revisions.newest_revision())
    for revision in REVISIONS:
        await migrate.upgrade(own_database_url, revision)
        assert await revisions.current_revision(own_database_url) == revision
    await revisions.require_current(own_database_url)
    assert await schema(own_database_url) == newest
    await migrate.upgrade(own_database_url)
    assert await schema(own_database_url) == newest


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    assert revisions.newest_revision() == SCRIPTS.get_current_head()


async def test_each_migration_is_there_whole_or_not_at_all(own_database_url: str) -> None:
    await migrate.downgrade(own_database_url, before(TRIED[0]))
    for revision in TRIED:
        # Once up and down first: a downgrade may leave a column on purpose, as 0003 says why.
        await count_changes(own_database_url, revision)
        older = await schema(own_database_url)
        total, down = await count_changes(own_database_url, revision)
        for dies_at in {1, (total + 1) // 2, total}:
            with pytest.raises(Crash):
                await crash_at(dies_at, own_database_url, revision)
            assert await schema(own_database_url) == older
        await migrate.upgrade(own_database_url, revision)
        after = await schema(own_database_url)
        with pytest.raises(Crash):
            await crash_at(min(2, down), own_database_url, revision, down=True)
        assert await schema(own_database_url) == after


async def test_processes_that_upgrade_at_once_all_succeed(own_database_url: str) -> None:
    newest = await schema(own_database_url)
    await migrate.downgrade(own_database_url, "base")
    assert await upgrade_elsewhere(own_database_url, processes=3) == [0, 0, 0]
    assert await schema(own_database_url) == newest


async def test_an_upgrade_that_is_killed_leaves_the_old_schema_and_no_lock(
    own_database_url: str,
) -> None:
    newest = await schema(own_database_url)
    await migrate.downgrade(own_database_url, "base")
    empty = await schema(own_database_url)
    assert await upgrade_elsewhere(own_database_url, processes=1, dies_at=9) == [-signal.SIGKILL]
    assert await schema(own_database_url) == empty
    await migrate.upgrade(own_database_url)
    assert await schema(own_database_url) == newest


async def count_changes(url: str, revision: str) -> tuple[int, int]:
    """Count the statements that change the schema, up to and back from a revision."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if is_change(statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await migrate.upgrade(url, revision)
        up = len(seen)
        await migrate.downgrade(url, before(revision))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return up, len(seen) - up


async def crash_at(dies_at: int, url: str, revision: str, *, down: bool = False) -> None:
    """Migrate until the given change of the schema is about to be made."""
    left = [dies_at]

    def crash(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        left[0] -= is_change(statement)
        if left[0] == 0:
            raise Crash

    event.listen(Engine, "before_cursor_execute", crash)
    try:
        if down:
            await migrate.downgrade(url, before(revision))
        else:
            await migrate.upgrade(url, revision)
    finally:
        event.remove(Engine, "before_cursor_execute", crash)


def before(revision: str) -> str:
    return str(SCRIPTS.get_revision(revision).down_revision or "base")


def is_change(statement: str) -> bool:
    return statement.lstrip().startswith(("CREATE", "ALTER", "DROP"))
