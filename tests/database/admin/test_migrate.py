import fcntl
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass
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
from simulator import Process
from tests.conftest import SOAK
from tests.forked import ForkedProcess

ROOT = Path(__file__).parents[3]
SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
# Crashes are tried in the newest: the older ones are as they were when they were the newest.
TRIED = REVISIONS if SOAK else REVISIONS[-1:]
SCRIPT = Path(__file__).parents[1] / "upgrading.py"


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


@dataclass(frozen=True)
class Upgrades:
    """Upgrades in processes, which may begin at once or kill themselves at a statement."""

    forks: Path
    directory: Path

    async def together(self, url: str, processes: int) -> list[int]:
        """Upgrade in many processes that begin at once; returns their exit codes."""
        path = self.directory / "gate"
        async with AsyncExitStack() as stack:
            gate = stack.enter_context(path.open("w"))
            fcntl.flock(gate, fcntl.LOCK_EX)
            started = [
                await stack.enter_async_context(self._process(number, url, "head", 0, path))
                for number in range(processes)
            ]
            for process in started:
                await process.wait_for_output("ready", 30)
            fcntl.flock(gate, fcntl.LOCK_UN)
            return [await process.wait(60) for process in started]

    async def killed(self, url: str, revision: str, dies_after: int) -> int:
        """Upgrade in a process that dies after so many statements; 0 when it was done before."""
        async with self._process(dies_after, url, revision, dies_after) as process:
            return await process.wait(60)

    def _process(self, number: int, *arguments: object) -> Process:
        log = self.directory / f"upgrade-{number}.log"
        return ForkedProcess(self.forks, SCRIPT, *map(str, arguments), log_file=log)


@pytest.fixture
def upgrades(forks: Path, tmp_path: Path) -> Upgrades:
    return Upgrades(forks, tmp_path)


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
        if table.name in {"command_tree", "token_share", "identify_turn"}:
            continue
        assert next(iter(table.primary_key)).name == "guild_id"
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "guild_id"


@pytest.mark.soak_on("postgresql")
async def test_up_down_and_up_again_leads_to_the_same_schema(own_database_url: str) -> None:
    newest = await schema(own_database_url)
    assert await revisions.current_revision(own_database_url) == revisions.newest_revision()
    await migrate.downgrade(own_database_url, "base")
    assert await revisions.current_revision(own_database_url) is None
    assert {line.split(":")[0] for line in await schema(own_database_url)} == {"alembic_version"}
    with pytest.raises(SchemaOutdated) as caught:
        await revisions.require_current(own_database_url)
    assert (caught.value.current, caught.value.expected) == (None, revisions.newest_revision())
    for revision in REVISIONS if SOAK else REVISIONS[-3:]:
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
        if not total:
            await migrate.upgrade(own_database_url, revision)
            continue  # what it changes the other engine has alone
        for dies_at in {1, (total + 1) // 2, total}:
            with pytest.raises(Crash):
                await crash_at(dies_at, own_database_url, revision)
            assert await schema(own_database_url) == older
        await migrate.upgrade(own_database_url, revision)
        after = await schema(own_database_url)
        with pytest.raises(Crash):
            await crash_at(min(2, down), own_database_url, revision, down=True)
        assert await schema(own_database_url) == after


@pytest.mark.soak  # tests/system/test_processes.py starts four at once
async def test_processes_that_upgrade_at_once_all_succeed(
    own_database_url: str, upgrades: Upgrades
) -> None:
    newest = await schema(own_database_url)
    await migrate.downgrade(own_database_url, "base" if SOAK else before(REVISIONS[-3]))
    assert await upgrades.together(own_database_url, 3) == [0, 0, 0]
    assert await schema(own_database_url) == newest


@pytest.mark.soak_on("sqlite")
async def test_an_upgrade_that_is_killed_leaves_the_old_schema_and_no_lock(
    own_database_url: str, upgrades: Upgrades
) -> None:
    newest = await schema(own_database_url)
    await migrate.downgrade(own_database_url, "base")
    empty = await schema(own_database_url)
    assert await upgrades.killed(own_database_url, "head", dies_after=25) == -signal.SIGKILL
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
