"""What the planner knows of the tables: gathered after migrating and after restoring."""

from sqlalchemy import Connection, inspect, text

from bot.database.models import metadata
from bot.database.upkeep import ANALYSIS_LIMIT


def analyze(connection: Connection) -> None:
    """Let the planner know how many rows a value of an index has.

    Without it SQLite takes indexes that name little more than the guild for good ones: the first
    suggestions of `/take` took 12 s at a million moves. A restored PostgreSQL has no statistics
    until its own daemon comes by.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(ANALYSIS_LIMIT)
        connection.execute(text("ANALYZE"))
        return
    tables = sorted(metadata.tables.keys() & set(inspect(connection).get_table_names()))
    if tables:
        connection.execute(text(f"ANALYZE {', '.join(tables)}"))
