"""What acts on the books and no migration made: triggers, rules and row-level security.

Each may change, drop or hide what is written, and an answer would still say that it was done.
"""

from typing import Final

from sqlalchemy import Connection, text

from bot.database.admin.revisions import on_connection
from bot.database.admin.triggers import APPEND_ONLY, list_on_citus, list_on_sqlite

_ON_SQLITE: Final = text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
# The server's own triggers are internal; what an extension brings is in a schema of its own.
_ON_POSTGRESQL: Final = text(
    """
    SELECT tgname, relname, 'trigger' AS kind FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND pronamespace <> 'pg_catalog'::regnamespace
    AND relnamespace = current_schema()::regnamespace
    UNION ALL SELECT rulename, relname, 'rule' FROM pg_rewrite
    JOIN pg_class ON pg_class.oid = ev_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'security', relname, 'row-level' FROM pg_class
    WHERE (relrowsecurity OR relforcerowsecurity)
    AND relnamespace = current_schema()::regnamespace
    """
)


async def list_added_rules(url: str) -> list[str]:
    """Name what acts on the tables beside what the migrations made, as `trigger x on table`."""
    return await on_connection(url, _list_added)


def _list_added(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        made = {(name, table) for table in APPEND_ONLY for name in list_on_sqlite(table)}
        found = [(name, table, "trigger") for name, table in connection.execute(_ON_SQLITE)]
    else:
        # Those of a single server are among them.
        made = {(name, table) for table in APPEND_ONLY for name in list_on_citus(table)}
        found = [(name, table, kind) for name, table, kind in connection.execute(_ON_POSTGRESQL)]
    return sorted(
        f"{kind} {name} on {table}" for name, table, kind in found if (name, table) not in made
    )
