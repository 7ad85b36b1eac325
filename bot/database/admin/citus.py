"""Citus: which tables are spread over its nodes.

A guild's rows are in shards of one group, so that each unit is one node's. Tables without a guild
are on every node whole. `tallyman db distribute` makes it so.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from sqlalchemy import Connection, text

from bot.database.models import metadata

Placement = Literal["by guild", "everywhere"]

# A child after its parents: it is spread beside them.
PLACEMENTS: Final[Mapping[str, Placement]] = {
    "alembic_version": "everywhere",
    **{
        table.name: "by guild" if "guild_id" in table.c else "everywhere"
        for table in metadata.sorted_tables
    },
}
_IS_CITUS = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
_PLACED = text(
    "SELECT relname, CASE WHEN partmethod = 'h' THEN 'by guild' ELSE 'everywhere' END AS placement "
    "FROM pg_dist_partition JOIN pg_class ON oid = logicalrelid "
    "WHERE relnamespace = current_schema()::regnamespace "
    "AND (partmethod = 'h' OR partmethod = 'n' AND repmodel = 't')"
)
# A shard's name takes the place of `%s` there.
_HAS_TRIGGER: Final = (
    "SELECT count(*) FROM pg_trigger WHERE tgrelid = '%s'::regclass "
    "AND tgenabled IN ('O', 'A') AND tgname LIKE '{trigger}%%'"
)
_ON_SHARDS = text(
    "SELECT count(*) FILTER (WHERE NOT success OR result <> '1') "
    "FROM run_command_on_shards(CAST(:table AS text), :command)"
)


def is_citus(connection: Connection) -> bool:
    """Whether the database has the extension."""
    return connection.dialect.name == "postgresql" and bool(connection.scalar(_IS_CITUS))


def read_placements(connection: Connection) -> dict[str, str]:
    """Return where the rows of each table are, for those that are not on one node alone."""
    return {str(row.relname): str(row.placement) for row in connection.execute(_PLACED)}


def is_distributed(connection: Connection) -> bool:
    """Whether the books are spread over Citus."""
    return is_citus(connection) and "book" in read_placements(connection)


def count_shards_without(connection: Connection, table: str, trigger: str) -> int:
    """Count the shards of a table that lack a trigger, or have it disabled."""
    values = {"table": table, "command": _HAS_TRIGGER.format(trigger=trigger)}
    return int(connection.scalar(_ON_SHARDS, values) or 0)


def list_misplaced(connection: Connection) -> Iterator[str]:
    """Say which tables are not where they have to be, one sentence each."""
    placed = read_placements(connection)
    if missing := sorted(PLACEMENTS.keys() - placed.keys()):
        yield f"Not distributed over Citus: {', '.join(missing)}."
    for name in sorted(PLACEMENTS.keys() & placed.keys()):
        if placed[name] != PLACEMENTS[name]:
            yield f"The table {name} is {placed[name]} on Citus, and has to be {PLACEMENTS[name]}."
