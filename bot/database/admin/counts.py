"""What a database contains, guild by guild: enough to compare the books of two."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select, text

from bot.database.models import Book, metadata
from bot.database.models.base import table_of

# A book's head is its last event, and its records have no gaps; `tallyman audit verify` reads on.
BROKEN_HEADS = """
SELECT b.guild_id FROM book b
LEFT JOIN audit_event e ON e.guild_id = b.guild_id AND e.record = b.last_record
WHERE (b.last_record > 0 AND (e.hash IS NULL OR e.hash <> b.chain_head))
   OR b.last_record <> (SELECT count(*) FROM audit_event a WHERE a.guild_id = b.guild_id)
"""

_book = table_of(Book).c


@dataclass(frozen=True, slots=True)
class GuildTally:
    """A guild's books in figures: the head of its chain, and how many rows each table has."""

    guild_id: int
    last_record: int
    chain_head: str
    rows: dict[str, int]


def tally_guilds(connection: Connection) -> list[GuildTally]:
    """Count the rows of every guild in every table that this database has."""
    present = set(inspect(connection).get_table_names())
    heads = connection.execute(
        select(_book.guild_id, _book.last_record, _book.chain_head).order_by(_book.guild_id)
    ).all()
    tallies = {row.guild_id: GuildTally(*row, rows={}) for row in heads}
    for table in metadata.sorted_tables:
        if table.name not in present or "guild_id" not in table.c:
            continue
        by_guild = select(table.c.guild_id, func.count()).group_by(table.c.guild_id)
        for guild_id, count in connection.execute(by_guild):
            # What was promised before a guild's first change belongs to no book yet.
            if guild_id in tallies:
                tallies[guild_id].rows[table.name] = count
    return list(tallies.values())


def read_heads(connection: Connection) -> dict[int, str]:
    """Return where every guild's chain ends, as `hash (#n)`; nothing before there are tables."""
    if not inspect(connection).has_table("book"):
        return {}
    heads = connection.execute(select(_book.guild_id, _book.last_record, _book.chain_head))
    return {row.guild_id: f"{row.chain_head} (#{row.last_record})" for row in heads}


def list_broken_heads(connection: Connection) -> list[int]:
    """List the guilds whose book does not end where its records do."""
    return [int(row.guild_id) for row in connection.execute(text(BROKEN_HEADS))]
