"""Rows as they are in the tables: a value that its column's type cannot read comes as it is.

Only verifying needs this: tampering does not keep to the types.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Date, Table, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from bot.database.columns import Factor, IdSet, PermissionSet, Quantity, UnitPrice, UtcTime

Reader: TypeAlias = Callable[[Any], Any]
# What a driver or a comparison raises for a value that is none of its column's.
READING_ERRORS: Final = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    DBAPIError,
)


def stored_columns(table: Table) -> list[ColumnElement[Any]]:
    """Return a table's columns for a SELECT that reads no value."""
    return [
        type_coerce(column, NullType()).label(column.name) if _reader(column.type) else column
        for column in table.columns
    ]


def read_stored(table: Table, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Read what can be read of the rows of such a SELECT."""
    names, readers = _plan(table)
    # A row of PostgreSQL's driver gives its values all at once in half the time.
    found = [dict(zip(names, tuple(row), strict=True)) for row in rows]
    for name, kind, read in readers:
        for row in found:
            # PostgreSQL's driver reads these: a call for each of millions of values takes longer
            # than to look at it.
            if type(row[name]) is kind:
                row[name] = read(row[name])
    return found


@cache
def _plan(table: Table) -> tuple[tuple[str, ...], tuple[tuple[str, type, Reader], ...]]:
    """Return a table's columns, and what reads a kind of value in some of them."""
    found = [(column.name, _reader(column.type)) for column in table.columns]
    readers = tuple((name, *reader) for name, reader in found if reader is not None)
    return tuple(table.columns.keys()), readers


def _reader(kind: Any) -> tuple[type, Reader] | None:
    """Return what the driver may give of a column that is to be read, and what reads it."""
    if isinstance(kind, UtcTime):
        return str, _instant
    if isinstance(kind, Date):
        return str, _day
    if isinstance(kind, IdSet | PermissionSet):
        return str, partial(_set, int if isinstance(kind, IdSet) else str)
    if isinstance(kind, Quantity | UnitPrice | Factor):
        return int, partial(read_exact, kind.places)
    return None


def _instant(text: str) -> Any:
    found = _read_as_written(text, datetime.fromisoformat, _write_instant)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else found


def _write_instant(value: datetime) -> str:
    return value.isoformat(" ", "microseconds")


def _day(text: str) -> Any:
    return _read_as_written(text, date.fromisoformat, date.isoformat)


def _set(read: Callable[[str], Any], text: str) -> Any:
    """Read a set that is kept in one text."""
    return _read_as_written(
        text,
        lambda kept: frozenset(map(read, kept.split())),
        lambda found: " ".join(map(str, sorted(found))),
    )


def _read_as_written(text: str, read: Reader, write: Reader) -> Any:
    # SQLite compares texts: another one for the same value is in another place of an index.
    try:
        value = read(text)
        return value if write(value) == text else text
    except ValueError:
        return text


def read_exact(places: int, value: Any) -> Any:
    """Read an exact decimal: PostgreSQL's driver gives one, SQLite a whole number of steps."""
    return _decimal_of(places, value) if isinstance(value, int) else value


# Most quantities are few and small.
@lru_cache(4096)
def _decimal_of(places: int, steps: int) -> Decimal:
    return Decimal(steps).scaleb(-places)
