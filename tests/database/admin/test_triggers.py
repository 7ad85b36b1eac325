"""The database itself refuses to change records, for every user."""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.admin import migrate, revisions
from bot.database.admin.added_rules import list_added_rules
from bot.database.admin.triggers import APPEND_ONLY, list_missing_triggers
from bot.database.models import AuditEvent, StockMove, metadata
from bot.database.service import DatabaseService
from tests.database.books import (
    GUILD,
    Warehouse,
    refusal,
    require_sound_books,
    rows_of,
)
from tests.database.tampering import tamper

CHANGES = {
    "update": "UPDATE {table} SET actor_id = actor_id + 1",
    "update of one": "UPDATE {table} SET actor_id = 1 WHERE record = 5",
    "delete": "DELETE FROM {table}",
    "delete of one": "DELETE FROM {table} WHERE record = 5",
    "replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE true "
    "ON CONFLICT (guild_id, record{line}) DO UPDATE SET actor_id = 1",
    "truncate": "TRUNCATE {table} CASCADE",
}
UNKNOWN_TO = {"postgresql": "replace", "sqlite": "truncate"}


async def stock_it(warehouse: Warehouse) -> None:
    shelf = await warehouse.add_shelf()
    item = await warehouse.add_item()
    for quantity in range(1, 4):
        await warehouse.put(item, quantity, shelf)


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_ledger_and_audit_refuse_every_change(
    warehouse: Warehouse, engine: str, table: str
) -> None:
    await stock_it(warehouse)
    line = ", line" if table == "stock_move" else ""
    for change in CHANGES.keys() - {UNKNOWN_TO[engine]}:
        await try_to_change(
            warehouse, table, change, CHANGES[change].format(table=table, line=line)
        )
    await warehouse.add_item("AFTERWARDS")
    await require_sound_books(warehouse.db)


async def try_to_change(warehouse: Warehouse, table: str, change: str, statement: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        if warehouse.db.is_sqlite:
            await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        await connection.execute(text(statement))

    async with refusal(warehouse.db, IntegrityError) as caught:
        await warehouse.db.maintenance.write(work)
    # It is the trigger that speaks, not a foreign key; TRUNCATE asks those of referring tables too.
    spoken = APPEND_ONLY if change == "truncate" else (table,)
    said = [f"{name} is append-only, its rows are never changed or removed" for name in spoken]
    assert any(words in str(caught.value) for words in said), change


async def test_the_books_go_on_growing(warehouse: Warehouse) -> None:
    await stock_it(warehouse)
    assert len(await rows_of(warehouse.db, StockMove, GUILD)) == 3
    assert len(await rows_of(warehouse.db, AuditEvent, GUILD)) == 6


async def test_the_triggers_go_and_come_with_rows_in_the_tables(
    own_database_url: str, warehouse: Warehouse, database_url: str
) -> None:
    await stock_it(warehouse)
    before = await ledger_and_audit(warehouse.db)
    assert await list_missing_triggers(database_url) == []
    await migrate.downgrade(database_url, "0003")
    assert len(await list_missing_triggers(database_url)) in {2, 4}
    await migrate.upgrade(database_url)
    assert await list_missing_triggers(database_url) == []
    assert await ledger_and_audit(warehouse.db) == before
    assert await list_missing_triggers(own_database_url) == []


async def ledger_and_audit(db: DatabaseService) -> list[list[Any]]:
    return [await rows_of(db, model, GUILD) for model in (StockMove, AuditEvent)]


async def test_a_trigger_that_was_dropped_or_disabled_is_missed(own_database_url: str) -> None:
    if own_database_url.startswith("sqlite"):
        lost = "audit_event_refuses_delete"
        await _execute(own_database_url, f"DROP TRIGGER {lost}")
    else:
        lost = "audit_event_is_append_only"
        await _execute(own_database_url, f"ALTER TABLE audit_event DISABLE TRIGGER {lost}")
    assert await list_missing_triggers(own_database_url) == [lost]


async def test_who_tampers_leaves_the_triggers_behind(
    warehouse: Warehouse, database_url: str
) -> None:
    await stock_it(warehouse)
    await tamper(database_url, "DELETE FROM audit_event WHERE record = :record", record=2)
    assert await list_missing_triggers(database_url) == []
    assert [e.record for e in await rows_of(warehouse.db, AuditEvent, GUILD)] == [1, 3, 4, 5, 6]
    with pytest.raises(DBAPIError, match="append-only"):
        await _execute(database_url, "DELETE FROM audit_event")


async def _execute(url: str, statement: str) -> None:
    await revisions.on_connection(url, lambda connection: connection.execute(text(statement)))


def test_the_guarded_tables_exist() -> None:
    assert set(APPEND_ONLY) <= set(metadata.tables)


@pytest.mark.parametrize(
    "body", ["BEGIN RETURN NEW; END", "BEGIN RETURN NEW; RAISE EXCEPTION 'restrict_violation'; END"]
)
@pytest.mark.only_on("postgresql")
async def test_a_trigger_that_refuses_nothing_is_missing(own_database_url: str, body: str) -> None:
    function = "FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
    emptied = f"CREATE OR REPLACE {function} AS $${body}$$"
    await revisions.on_connection(own_database_url, lambda to: to.execute(text(emptied)))
    missing = await list_missing_triggers(own_database_url)
    assert missing == [f"{table}_is_append_only" for table in APPEND_ONLY]


SWALLOWING = """
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER stock_move_is_append_only_too BEFORE INSERT ON stock_move
FOR EACH ROW EXECUTE FUNCTION swallow();
CREATE TRIGGER audit_event_is_append_only BEFORE INSERT ON stock_level
FOR EACH ROW EXECUTE FUNCTION swallow();
CREATE RULE no_receipt AS ON INSERT TO receipt DO INSTEAD NOTHING;
ALTER TABLE item ENABLE ROW LEVEL SECURITY
"""
ADDED = {
    "postgresql": (
        SWALLOWING,
        [
            "row-level security on item",
            "rule no_receipt on receipt",
            "trigger audit_event_is_append_only on stock_level",
            "trigger stock_move_is_append_only_too on stock_move",
        ],
    ),
    "sqlite": (
        "CREATE TRIGGER more AFTER INSERT ON stock_level BEGIN DELETE FROM stock_level; END",
        ["trigger more on stock_level"],
    ),
}


async def test_what_was_added_to_the_tables_by_hand_is_named(
    own_database_url: str, engine: str
) -> None:
    assert await list_added_rules(own_database_url) == []
    made, found = ADDED[engine]
    for statement in [made] if engine == "sqlite" else made.split(";\n"):
        await _execute(own_database_url, statement)
    assert await list_added_rules(own_database_url) == found


@pytest.mark.parametrize(
    "made", ["UPDATE ON stock_move WHEN 0", "UPDATE OF line ON stock_move", "INSERT ON stock_move"]
)
@pytest.mark.only_on("sqlite")
async def test_a_trigger_of_fewer_changes_is_missing(own_database_url: str, made: str) -> None:
    name = "stock_move_refuses_update"

    def work(connection: Connection) -> None:
        connection.execute(text(f"DROP TRIGGER {name}"))
        raising = "BEGIN SELECT RAISE(ABORT, 'no'); END"
        connection.execute(text(f"CREATE TRIGGER {name} BEFORE {made} {raising}"))

    await revisions.on_connection(own_database_url, work)
    assert await list_missing_triggers(own_database_url) == [name]
