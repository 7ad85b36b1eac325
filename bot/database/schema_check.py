"""Whether the tables and privileges that the product works with are there, as readiness asks it.

A statement finds only what it needs itself: a privilege that is missing for one table would be
noticed by the first person who comes to it.
"""

from functools import cache
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import metadata
from bot.database.models.base import list_grants
from bot.errors import Unavailable

# Names are looked up as the product's own statements are: along search_path.
_LACKS: Final = text(
    "WITH place AS MATERIALIZED ("
    "SELECT name, to_regclass(quote_ident(name))::oid AS oid "
    "FROM unnest(CAST(:tables AS text[])) AS name) "
    "SELECT EXISTS (SELECT FROM place WHERE oid IS NULL) OR EXISTS ("
    "SELECT FROM unnest(CAST(:of_tables AS text[]), CAST(:columns AS text[])) AS c (name, attname) "
    "JOIN place USING (name) LEFT JOIN pg_attribute a "
    "ON attrelid = oid AND a.attname = c.attname AND NOT attisdropped "
    "WHERE a.attname IS NULL), "
    "EXISTS (SELECT FROM unnest(CAST(:of_grants AS text[]), CAST(:privileges AS text[])) "
    "AS g (name, privilege) JOIN place USING (name) WHERE NOT has_table_privilege(oid, privilege))"
)
_CHANGES: Final = text("PRAGMA schema_version")
COLUMNS: Final = (
    "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
)


class SchemaCheck:
    """Looks for what is missing; on SQLite only when the schema was changed since."""

    def __init__(self) -> None:
        self._found_well: int | None = None

    async def require_schema(self, connection: AsyncConnection) -> None:
        """Raise Unavailable where a table, a column or a privilege of this user is missing."""
        if connection.dialect.name == "sqlite":
            await self._require_in_file(connection)
            return
        lacks, is_refused = (await connection.execute(_LACKS, _expected())).one()
        if lacks:
            raise Unavailable(trouble="wrong schema")
        if is_refused:
            raise Unavailable(trouble="no rights")

    async def _require_in_file(self, connection: AsyncConnection) -> None:
        changes = await connection.scalar(_CHANGES)
        if changes == self._found_well:
            return
        there = {(table, column) for table, column in await connection.execute(text(COLUMNS))}
        if not list_columns() <= there:
            raise Unavailable(trouble="wrong schema")
        self._found_well = changes


@cache
def list_columns() -> set[tuple[str, str]]:
    """Return table and name of every column that the product works with."""
    return {(table.name, column.name) for table in metadata.tables.values() for column in table.c}


@cache
def _expected() -> dict[str, list[str]]:
    columns = sorted(list_columns())
    grants = [(table, each) for table, granted in sorted(list_grants().items()) for each in granted]
    return {
        "tables": sorted(metadata.tables),
        "of_tables": [table for table, _ in columns],
        "columns": [column for _, column in columns],
        "of_grants": [table for table, _ in grants],
        "privileges": [privilege for _, privilege in grants],
    }
