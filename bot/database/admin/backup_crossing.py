"""Backups of one engine restored into the other: row by row, all of them or none."""

import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Column, Connection, Table, TypeDecorator, insert, select, text

from bot.database.admin import backup_postgresql, backup_sqlite
from bot.database.admin.counts import GuildTally, list_broken_heads, tally_guilds
from bot.database.admin.migrate import upgrade
from bot.database.admin.revisions import on_connection
from bot.database.columns import IdSet, PermissionSet
from bot.database.models import metadata
from bot.errors import BackupRefused

_ROWS_AT_ONCE: Final = 500
_COPY: Final = re.compile(r"COPY public\.(\w+) \((.*)\) FROM stdin;\n")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_READERS: Final[dict[type, Callable[[str], Any]]] = {
    bool: lambda written: written == "t",
    int: int,
    Decimal: Decimal,
    datetime: lambda written: datetime.fromisoformat(written).astimezone(UTC),
    date: date.fromisoformat,
    bytes: lambda written: bytes.fromhex(written.removeprefix("\\x")),
}

Rows = Iterator[tuple[Table, list[dict[str, Any]]]]


async def restore_file_on_server(url: str, backup: Path) -> list[GuildTally]:
    """Restore a checked backup of an SQLite file into a server that holds no books."""
    await backup_postgresql.require_empty(url)
    await upgrade(url)
    with backup_sqlite.opened(backup) as source:
        return await on_connection(url, lambda target: _fill(target, _rows_of(source)))


async def restore_dump_in_file(url: str, database: Path, backup: Path) -> list[GuildTally]:
    """Restore a checked backup of PostgreSQL into an SQLite file that holds no books."""
    backup_sqlite.require_empty(database)
    with tempfile.NamedTemporaryFile(mode="r", encoding="utf-8", newline="\n") as dump:
        await backup_postgresql.write_rows(backup, Path(dump.name))
        await upgrade(url)
        return await on_connection(
            url, lambda target: _fill(target, _rows_in(dump)), checks_references=False
        )


def _fill(target: Connection, rows: Rows) -> list[GuildTally]:
    """Insert rows into empty tables; raises BackupRefused, which takes all of it back."""
    is_server = target.dialect.name == "postgresql"
    own = [key for t in metadata.sorted_tables for key in t.foreign_key_constraints
           if key.referred_table is t]  # fmt: skip
    if is_server:
        # A location may be inside one that was made after it.
        for key in own:
            _alter(target, key.table.name, str(key.name), "DEFERRABLE INITIALLY DEFERRED")
    for table, some in rows:
        target.execute(insert(table), some)
    if is_server:
        target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        for key in own:
            _alter(target, key.table.name, str(key.name), "NOT DEFERRABLE")
    elif target.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise BackupRefused("The backup holds rows that refer to nothing. Nothing was restored.")
    if list_broken_heads(target):
        raise BackupRefused("A chain in the backup is broken. Nothing was restored.")
    return tally_guilds(target)


def _alter(target: Connection, table: str, constraint: str, how: str) -> None:
    target.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{constraint}" {how}'))


def _rows_of(source: Connection) -> Rows:
    for table in metadata.sorted_tables:
        found = source.execute(select(table).order_by(*table.primary_key)).mappings()
        for some in found.partitions(_ROWS_AT_ONCE):
            yield table, [dict(row) for row in some]


def _rows_in(dump: IO[str]) -> Rows:
    r"""Read what pg_restore wrote: a COPY for each table, a line a row, to a line of `\\.`."""
    for line in dump:
        found = _COPY.fullmatch(line)
        table = metadata.tables.get(found[1]) if found else None
        if found is None or table is None:
            continue
        columns = [table.c[name.strip(' "')] for name in found[2].split(",")]
        readers = [_reader_of(column) for column in columns]
        written = iter(dump.readline, "\\.\n")
        while some := list(islice(written, _ROWS_AT_ONCE)):
            if "" in some:
                raise BackupRefused("The backup ends too early. Nothing was restored.")
            yield (
                table,
                [
                    {
                        column.name: None if cell == "\\N" else reader(_unescaped(cell))
                        for column, reader, cell in zip(
                            columns, readers, row.rstrip("\n").split("\t"), strict=True
                        )
                    }
                    for row in some
                ],
            )


def _reader_of(column: Column[Any]) -> Callable[[str], Any]:
    kind = column.type
    if isinstance(kind, PermissionSet):
        return lambda written: frozenset(written.split())
    if isinstance(kind, IdSet):
        return lambda written: frozenset(map(int, written.split()))
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return _READERS.get(kind.python_type, str)


def _unescaped(cell: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), cell)
