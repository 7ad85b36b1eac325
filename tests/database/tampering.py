"""Changing what the database guards, as a hostile owner would."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bot.database.admin import revisions
from bot.database.models import AuditEvent, StockMove
from bot.database.service import DatabaseService
from bot.domain.chain import first_link, next_link
from tests.database.books import rows_of


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


@contextmanager
def passing(url: str) -> Iterator[None]:
    """Make an SQLite file what it was before, though others have it open."""
    with (
        closing(sqlite3.connect(str(make_url(url).database))) as file,
        closing(sqlite3.connect(":memory:")) as kept,
    ):
        file.backup(kept)
        yield
        kept.backup(file)


async def write_chain_again(db: DatabaseService, guild_id: int, last: int | None = None) -> None:
    """Compute every hash of a guild again, and end its books with a record if one is given."""
    url = db._engines.write.url.render_as_string(hide_password=False)
    if last is not None:
        for table in ("receipt", "outbox", "stock_move", "audit_event"):
            await tamper(
                url, f"DELETE FROM {table} WHERE guild_id = :g AND record > :r", g=guild_id, r=last
            )
    moves = defaultdict(list)
    for move in await rows_of(db, StockMove, guild_id):
        moves[move.record].append(move._asdict())
    link = first_link(guild_id)
    for event in await rows_of(db, AuditEvent, guild_id):
        link, before = next_link(link, event._asdict(), moves[event.record]), event.hash
        last = event.record
        if link != before:
            await tamper(
                url,
                "UPDATE audit_event SET hash = :h WHERE guild_id = :g AND record = :r",
                h=link,
                g=guild_id,
                r=event.record,
            )
    await tamper(
        url,
        "UPDATE book SET chain_head = :h, last_record = :r WHERE guild_id = :g",
        h=link,
        r=last,
        g=guild_id,
    )
