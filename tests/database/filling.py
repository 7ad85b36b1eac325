"""Rows for any schema: as many as wanted in each table, made from what the database tells of it."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    insert,
    inspect,
    select,
    text,
)

_GUILD_ROWS = 10
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST_ID = 1000  # behind the places that every guild has
_PARTS = frozenset({"picked", "reserved"})  # at most what is left of another column
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_seen: dict[tuple[str, str | None], MetaData] = {}
Checksums = dict[str, dict[str, str]]


class Filling:
    """Fills tables as they appear: row i of each belongs to the i-th tenth of the guilds.

    A foreign key points to a row of the same guild, each key of a table to another one, and
    every second row leaves out whatever may be null. Where a check names values, the first fits.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._filled: set[str] = set()

    def fill(self, connection: Connection) -> list[str]:
        """Fill the tables that are new since the last time, and return their names."""
        tables = _reflect(connection)
        new = [table for table in tables.sorted_tables if table.name not in self._filled]
        for table in new:
            checks = [
                str(c["sqltext"]) for c in inspect(connection).get_check_constraints(table.name)
            ]
            rows = list(self._rows_of(table, checks))
            connection.execute(insert(table), rows)
        self._filled |= {table.name for table in new}
        return [table.name for table in new]

    def forget_missing(self, connection: Connection) -> None:
        """Note which tables a downgrade took away or emptied."""
        kept = set(inspect(connection).get_table_names())
        self._filled = {
            name
            for name in self._filled & kept
            if connection.scalar(text(f"SELECT 1 FROM {name} LIMIT 1"))  # our tables
        }

    def _rows_of(self, table: Table, checks: list[str]) -> Iterator[dict[str, Any]]:
        is_one_a_guild = [column.name for column in table.primary_key] == ["guild_id"]
        for number in range(self._rows // _GUILD_ROWS if is_one_a_guild else self._rows):
            row = {c.name: _value(c, number, checks) for c in table.columns}
            guild = number if is_one_a_guild else number // _GUILD_ROWS
            for turn, key in enumerate(sorted(table.foreign_key_constraints, key=_name)):
                parent = guild * _GUILD_ROWS + (number + turn) % _GUILD_ROWS
                if key.referred_table is table:
                    parent = number  # no other row is there already
                for element in key.elements:
                    if row[element.parent.name] is not None:
                        row[element.parent.name] = _value(element.column, parent, checks)
            if "guild_id" in row:
                row["guild_id"] = _FIRST_ID + guild
            yield row


def checksums(connection: Connection) -> Checksums:
    """Sum up every column of every table, rows in the order of their key."""
    found: Checksums = {}
    for table in _reflect(connection).sorted_tables:
        rows = connection.execute(select(table).order_by(*table.primary_key)).all()
        columns = zip(table.columns, zip(*rows, strict=True), strict=True) if rows else ()
        found[table.name] = {
            column.name: hashlib.sha256(repr(values).encode()).hexdigest()
            for column, values in columns
        }
    return found


def in_both(
    first: Checksums, second: Checksums, without: frozenset[str] = frozenset()
) -> tuple[Checksums, Checksums]:
    """Return both without columns that only one has, and without each "table.column" named."""
    return _within(first, second, without), _within(second, first, without)


def _within(sums: Checksums, other: Checksums, without: frozenset[str]) -> Checksums:
    return {
        table: {
            name: value
            for name, value in columns.items()
            if name in other[table] and f"{table}.{name}" not in without
        }
        for table, columns in sums.items()
        if table in other
    }


def _reflect(connection: Connection) -> MetaData:
    """Look at the tables, once for each revision that a database has been at."""
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    tables = _seen.get((str(connection.engine.url), revision))
    if tables is None:
        tables = MetaData()
        tables.reflect(connection)
        tables.remove(tables.tables["alembic_version"])
        _seen[str(connection.engine.url), revision] = tables
    return tables


def _name(constraint: Any) -> str:
    return str(constraint.name)


def _value(column: Any, number: int, checks: list[str]) -> Any:  # noqa: PLR0911  # one a type
    if column.nullable and number % 2:
        return None
    if column.name in _PARTS:
        return 0
    if isinstance(column.type, Boolean):
        return number % 4 < 2  # both of each, for rows with and without nulls
    if isinstance(column.type, Date):
        return (_EPOCH + timedelta(days=number)).date()
    if isinstance(column.type, LargeBinary):
        return f"{column.name} {number}".encode()
    if isinstance(column.type, DateTime):
        return _EPOCH + timedelta(seconds=number)
    if isinstance(column.type, Integer):
        return _FIRST_ID + number
    if isinstance(column.type, Numeric):
        return Decimal(number + 1) / 1000
    about = [check for check in checks if re.search(rf"\b{column.name}\b", check)]
    allowed = [value for check in about for value in _LITERAL.findall(check)]
    return allowed[0] if allowed else f"{column.name} {number} \u2603"
