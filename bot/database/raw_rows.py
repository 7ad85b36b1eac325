"""Rows as they lie in the tables: a value that its column's type cannot read comes as it is.

Only verifying needs this: tampering does not keep to the types.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Date, Table, type_coerce
from sqlalchemy.types import NullType

from bot.database.columns import Factor, IdSet, PermissionSet, Quantity, UnitPrice, UtcTime


def stored_columns(table: Table) -> list[ColumnElement[Any]]:
    """Return a table's columns for a SELECT that reads no value."""
    return [
        type_coerce(column, NullType()).label(column.name) if _reader(column.type) else column
        for column in table.columns
    ]


def read_stored(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    """Read what can be read of a row of such a SELECT."""
    names, readers = _plan(table)
    found = dict(zip(names, row, strict=True))
    for name, read in readers:
        found[name] = read(found[name])
    return found


@cache
def _plan(table: Table) -> tuple[tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """Return a table's columns, and what reads some of them; asked once for millions of rows."""
    readers = [(column.name, _reader(column.type)) for column in table.columns]
    return tuple(table.columns.keys()), tuple((name, read) for name, read in readers if read)


def _reader(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, UtcTime):
        return _instant
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, IdSet | PermissionSet):
        return partial(_set, int if isinstance(kind, IdSet) else str)
    return (
        partial(read_exact, kind.places)
        if isinstance(kind, Quantity | UnitPrice | Factor)
        else None
    )


def _instant(value: Any) -> Any:
    """Read an instant: PostgreSQL's driver gives one, SQLite its text."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return value


def _day(value: Any) -> Any:
    """Read a day: PostgreSQL's driver gives one, SQLite its text."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _set(read: Callable[[str], Any], value: Any) -> Any:
    """Read a set that is kept in one text."""
    try:
        return frozenset(map(read, value.split())) if isinstance(value, str) else value
    except ValueError:
        return value


def read_exact(places: int, value: Any) -> Any:
    """Read an exact decimal: PostgreSQL's driver gives one, SQLite a whole number of steps."""
    return Decimal(value).scaleb(-places) if isinstance(value, int) else value
