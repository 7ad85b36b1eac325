"""The triggers that refuse every change of ledger and audit, and whether they are there."""

from typing import Final

from sqlalchemy import Connection, text

from bot.database.admin import citus
from bot.database.admin.revisions import on_connection

APPEND_ONLY: Final = ("stock_move", "audit_event")
# As migration 0004 has it, but that a shard's table is called by the name of the whole.
REFUSE_ON_CITUS: Final = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, its rows are never changed or removed',
        regexp_replace(TG_TABLE_NAME, '_[0-9]{6,}$', '')
        USING ERRCODE = 'restrict_violation';
END
$$
"""

# One that is disabled, has a condition, or refuses nothing is as good as none.
_ON_SQLITE = text(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE"
    " 'CREATE TRIGGER ' || name || ' BEFORE ' || upper(substr(name, length(tbl_name) + 10))"
    " || ' ON ' || tbl_name || ' BEGIN SELECT RAISE(ABORT, %'"
)
_ON_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE tgenabled IN ('O', 'A') AND tgqual IS NULL"
    " AND prosrc ~ '^\\s*BEGIN\\s+RAISE EXCEPTION .*restrict_violation' AND tgrelid IN"
    " (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)"
)


async def list_missing_triggers(url: str) -> list[str]:
    """Name the triggers that should refuse changes of ledger and audit and are not there."""
    return await on_connection(url, list_missing)


def list_missing(connection: Connection) -> list[str]:
    """Name those that are missing, on Citus also those that a single shard lacks."""
    if connection.dialect.name == "sqlite":
        wanted = [name for table in APPEND_ONLY for name in list_on_sqlite(table)]
        there = set(connection.scalars(_ON_SQLITE))
        return [name for name in wanted if name not in there]
    there = set(connection.scalars(_ON_POSTGRESQL))
    if not citus.is_distributed(connection):
        return [trigger_of(table) for table in APPEND_ONLY if trigger_of(table) not in there]
    return [
        name
        for table in APPEND_ONLY
        for name, events in list_on_citus(table).items()
        if name not in there
        or (events != "TRUNCATE" and citus.count_shards_without(connection, table, name))
    ]


def list_on_sqlite(table: str) -> list[str]:
    """Return the names of a table's triggers on SQLite."""
    return [f"{table}_refuses_{change}" for change in ("update", "delete")]


def list_on_citus(table: str) -> dict[str, str]:
    """Return the triggers that a distributed table has, with what each refuses.

    Citus lets none of its shards have one for TRUNCATE: what is asked of the whole table is
    refused by each node before it gets there.
    """
    return {trigger_of(table): "UPDATE OR DELETE", f"{table}_is_not_truncated": "TRUNCATE"}


def trigger_of(table: str) -> str:
    """Return the name of a table's trigger on PostgreSQL."""
    return f"{table}_is_append_only"
