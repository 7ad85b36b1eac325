"""Changing what the database guards, as a hostile owner would."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bot.database.admin import revisions


async def tamper(url: str, statement: str, **values: Any) -> None:
    """Run a statement (`:name` for its values) while no trigger and no foreign key looks."""
    if url.startswith("sqlite"):
        _tamper_with_file(str(make_url(url).database), statement, values)
        return

    def work(connection: Connection) -> None:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), values)

    await revisions.on_connection(url, work)


def _tamper_with_file(path: str, statement: str, values: Mapping[str, Any]) -> None:
    # A connection of its own does not mind foreign keys unless it is told to.
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = connection.execute(triggers).fetchall()
        for name, _ in found:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
        for _, sql in found:
            connection.execute(sql)
