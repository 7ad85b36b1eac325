"""On Citus, where `CITUS_URL` names one: books by guild over its nodes, guarded as elsewhere."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.database.admin import migrate
from bot.database.admin.backup import back_up, restore
from bot.database.admin.citus_roles import Role
from bot.database.admin.distribution import Distributed, distribute, list_problems
from bot.database.admin.dump_tallies import tally_dump
from bot.database.admin.postgresql_tools import find_tool
from bot.database.admin.triggers import APPEND_ONLY, list_missing_triggers
from bot.database.engine import DatabaseSettings
from bot.database.errors import violated_constraint
from bot.database.service import DatabaseService
from bot.errors import BackupRefused
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, require_sound_books
from tests.database.citus import CITUS_URL, Cluster, join, make_databases, remove_cluster, run

GUILDS = range(GUILD, GUILD + 8)
USERS: dict[str, Role] = {"postgres": "app"}
BELOW_ZERO = "ck_stock_level_floor"
# Rows that are made on one node are copied to another.
COPIED = (
    "INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity) "
    f"SELECT {GUILD}, 1, place, 0, -1 FROM unnest(ARRAY[100, 101]) AS place"
)
pytestmark = pytest.mark.skipif(not CITUS_URL, reason="CITUS_URL names no Citus")


@dataclass(frozen=True)
class Kept(Cluster):
    """Books that were on one node until they were distributed, and what was said until then."""

    said: tuple[str, ...]
    done: Distributed

    @property
    def nodes(self) -> tuple[str, ...]:
        return (self.coordinator, *self.workers)


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """One for all claims: to distribute takes a while."""
    name = f"tallyman_{os.getpid()}"
    cluster = asyncio.run(make_databases(name))
    yield asyncio.run(keep_books(cluster))
    asyncio.run(remove_cluster(name))


async def keep_books(cluster: Cluster) -> Kept:
    await migrate.upgrade(cluster.coordinator)
    async with opened(cluster.coordinator) as db:
        for guild_id in GUILDS:
            warehouse = await Warehouse.open(db, guild_id)
            await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    await join(cluster)
    said = await list_all(cluster.coordinator)
    done = await distribute(cluster.coordinator, USERS)
    return Kept(cluster.coordinator, cluster.workers, tuple(said), done)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[DatabaseService]:
    db = DatabaseService(DatabaseSettings(url, data_key=DATA_KEY))
    try:
        yield db
    finally:
        await db.close()


async def list_all(url: str) -> list[str]:
    return [*await list_problems(url, USERS), *await list_missing_triggers(url)]


async def require_all_sound(url: str) -> None:
    async with opened(url) as db:
        for guild_id in GUILDS:
            await require_sound_books(db, guild_id)


async def test_what_is_not_distributed_is_said_until_it_is(kept: Kept) -> None:
    assert kept.said[0].startswith("Not distributed over Citus: alembic_version, approval,")
    assert sum("lacks" in sentence for sentence in kept.said) == len(kept.nodes)
    assert {"book", "audit_event", "token_share"} <= set(kept.done.tables)
    assert kept.done.strangers == []
    for node in kept.nodes:
        assert await list_all(node) == []
        assert await migrate.find_drift(node) == []
    await require_all_sound(kept.coordinator)
    left = "SELECT count(*) FROM pg_dist_partition WHERE pg_relation_size(logicalrelid) > 0 "
    assert await run(kept.coordinator, [left + "AND partmethod = 'h'"]) == [(0,)]


async def test_to_distribute_again_changes_nothing(kept: Kept) -> None:
    assert (await distribute(kept.coordinator, USERS)).tables == []
    assert await list_all(kept.coordinator) == []


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET actor_id = 1", "DELETE FROM {}", "TRUNCATE {}"])
async def test_ledger_and_audit_refuse_changes_on_every_node(
    kept: Kept, table: str, change: str
) -> None:
    cascade = " CASCADE" if change.startswith("TRUNCATE") else ""
    for node in kept.nodes:
        with pytest.raises(DBAPIError, match=r"(stock_move|audit_event) is append-only"):
            await run(node, [change.format(table) + cascade])


async def test_a_trigger_that_shards_lack_is_missed(kept: Kept) -> None:
    alter = "SELECT * FROM run_command_on_shards('audit_event', 'ALTER TABLE %s {} TRIGGER USER')"
    await run(kept.coordinator, [alter.format("DISABLE")])
    assert await list_missing_triggers(kept.coordinator) == ["audit_event_is_append_only"]
    await run(kept.coordinator, [alter.format("ENABLE")])
    assert await list_missing_triggers(kept.coordinator) == []


async def test_guilds_are_worked_for_through_every_node(kept: Kept) -> None:
    for number, node in enumerate(kept.nodes):
        async with opened(node) as db:
            for guild_id in GUILDS:
                warehouse = Warehouse(db, guild_id)
                item = await warehouse.add_item(f"NUT-{number}", f"Nut {number}")
                await warehouse.put(item, 3, await warehouse.add_shelf(f"S-{number}"))
    await require_all_sound(kept.coordinator)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (f"INSERT INTO book SELECT * FROM book WHERE guild_id = {GUILD}", "pk_book"),
        (f"UPDATE stock_level SET quantity = -1 WHERE guild_id = {GUILD}", BELOW_ZERO),
        (COPIED, BELOW_ZERO),
    ],
)
async def test_a_violated_constraint_has_its_own_name(
    kept: Kept, statement: str, name: str
) -> None:
    for node in kept.nodes:
        with pytest.raises(DBAPIError) as caught:
            await run(node, [statement])
        assert violated_constraint(caught.value) == name


async def test_a_backup_among_writes_says_what_is_in_its_file(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "books.backup"
    async with opened(kept.workers[0]) as db:
        writing = [asyncio.create_task(keep_putting(db, guild_id)) for guild_id in GUILDS]
        said = await back_up(kept.coordinator, file)
        for each in writing:
            each.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
    assert {tally.guild_id for tally in said} == set(GUILDS)
    assert await tally_dump(await find_tool("pg_restore", 1), file) == said
    with pytest.raises(BackupRefused, match="Restore into a new one"):
        await restore(kept.coordinator, file, is_replacing=True)
    await require_all_sound(kept.coordinator)


async def test_a_backup_is_restored_beside_and_distributed_then(kept: Kept, tmp_path: Path) -> None:
    file, name = tmp_path / "books.backup", f"tallyman_{os.getpid()}_again"
    said = await back_up(kept.coordinator, file)
    again = await make_databases(name)
    try:
        await join(again)
        restored = await restore(again.coordinator, file)
        assert (restored.tallies, restored.is_on_citus) == (said, True)
        assert (await distribute(again.coordinator, USERS)).strangers == []
        for node in (again.coordinator, *again.workers):
            assert await list_all(node) == []
        await require_all_sound(again.workers[0])
    finally:
        await remove_cluster(name)


async def keep_putting(db: DatabaseService, guild_id: int) -> None:
    warehouse = Warehouse(db, guild_id)
    item = await warehouse.add_item("BUSY-1", "Busy")
    shelf = await warehouse.add_shelf("BUSY")
    while True:
        await warehouse.put(item, 1, shelf)


async def test_migrations_go_down_and_up_and_new_tables_are_distributed(kept: Kept) -> None:
    await migrate.downgrade(kept.coordinator, "0014")
    await migrate.upgrade(kept.coordinator)
    assert await list_all(kept.coordinator) == [
        "Not distributed over Citus: identify_turn, token_share."
    ]
    assert set((await distribute(kept.coordinator, USERS)).tables) == {
        "identify_turn",
        "token_share",
    }
    assert await list_all(kept.coordinator) == []
    await require_all_sound(kept.coordinator)
