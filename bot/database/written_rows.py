"""Rows that the database writes as canonical JSON itself, as `canonical_json` would.

PostgreSQL writes a text beside each row. SQLite's driver takes the interpreter's lock again for
each row, so there all rows come as one text, and the program hashes beside the next one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.database.columns import Quantity, UnitPrice, UtcTime
from bot.database.raw_rows import read_exact
from bot.database.statements import Prepared

_INSTANT: Final = """YYYY-MM-DD"T"HH24:MI:SS.US"""
_INSTANT_LENGTH: Final = 26
_LINE_BREAK: Final[ColumnElement[str]] = literal_column("char(10)")
# What no value of the column is written as: NULL would be written as a value that is none.
_UNLIKELY: Final = "'?'"


class written(FunctionElement[str]):  # noqa: N801  # read as a column
    """Some columns of a row as one JSON object, its keys sorted.

    It is NULL on PostgreSQL where a value has no such form.
    """

    type = Text()
    inherit_cache = True

    def __init__(self, table: Table, names: frozenset[str]) -> None:
        super().__init__(*(table.columns[name] for name in sorted(names)))


class _no_blob(FunctionElement[bool]):  # noqa: N801  # read as a condition
    """Whether JSON can hold all values of a row: of bytes it is an error to ask for it."""

    inherit_cache = True

    def __init__(self, table: Table) -> None:
        super().__init__(*table.columns)


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """Some rows as the database wrote them: how many, and the first fact of the last one."""

    count: int
    last: Any
    read: Callable[[], Sequence[Sequence[Any]] | None]
    """Returns facts and text of each row, None if a value has no JSON; takes milliseconds."""


class WrittenRows:
    """A statement for rows of a table: facts of each, in their order, and its columns as JSON."""

    def __init__(
        self,
        rows: Select[Any],
        table: Table,
        *,
        facts: tuple[Column[Any], ...],
        hashed: frozenset[str],
    ) -> None:
        text, first = written(table, hashed), facts[0]
        self._each = Prepared(rows.with_only_columns(*facts, text))
        self._quantities = tuple(
            place for place, column in enumerate(facts) if isinstance(column.type, Quantity)
        )
        line = func.json_array(*facts).op("||")(_LINE_BREAK).op("||")(text)
        each = rows.with_only_columns(
            first.label("first"), func.iif(_no_blob(table), line, None).label("line")
        ).subquery()
        lines = func.group_concat(each.c.line, _LINE_BREAK)
        self._together = Prepared(
            select(func.count(), func.max(each.c.first), cast(lines, LargeBinary))
        )

    async def fetch(self, connection: AsyncConnection, values: Mapping[str, Any]) -> WrittenPage:
        """Let the database write some rows."""
        if connection.dialect.name == "sqlite":
            ((count, last, lines),) = await self._together.fetch(connection, values)
            return WrittenPage(count, last, partial(self._read, count, lines))
        rows = await self._each.fetch(connection, values)
        return WrittenPage(len(rows), rows[-1][0] if rows else None, lambda: rows)

    def _read(self, count: int, lines: bytes | None) -> list[list[Any]] | None:
        if not count:
            return []
        try:
            # JSON has no line break inside.
            texts = (lines or b"").decode().split("\n")
            if len(texts) != 2 * count:
                return None
            found: list[list[Any]] = orjson.loads(f"[{','.join(texts[::2])}]")
        except ValueError:
            return None
        for row, text in zip(found, texts[1::2], strict=True):
            row.append(text)
            for place in self._quantities:
                row[place] = read_exact(Quantity.places, row[place])
        return found


@compiles(written, "postgresql")
def _write_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    # The catalogue is named and only texts are joined: a forger's function or operator for one
    # type would be taken before the catalogue's for any type.
    def value(column: Column[Any]) -> str:
        name = compiler.process(column, **options)
        if isinstance(column.type, UtcTime):
            # The year of an instant before the first one has no sign.
            spelled = f"pg_catalog.to_char({name} AT TIME ZONE 'UTC', '{_INSTANT}')"
            return (
                f"CASE WHEN {name} >= '0001-01-01 00:00:00+00'"
                f""" THEN '"' || {spelled} || '+00:00"' END"""
            )
        if isinstance(column.type, Quantity | UnitPrice):
            return (
                f"CASE WHEN {name} IS NULL THEN 'null'"
                f""" WHEN {name} <> 'NaN' THEN '"' || {name}::text || '"' END"""
            )
        return f"coalesce(pg_catalog.to_json({name})::text, 'null')"

    parts = [f"""'"{column.name}":' || {value(column)}""" for column in element.clauses]
    return f"""('{{' || {" || ',' || ".join(parts)} || '}}')"""


@compiles(written, "sqlite")
def _write_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # A column holds values of any type: what is not of its own is written as nothing that is.
    def value(column: Column[Any]) -> str:
        name = compiler.process(column, **options)
        if isinstance(column.type, UtcTime):
            return (
                f"CASE WHEN length(CAST({name} AS BLOB)) = {_INSTANT_LENGTH}"
                f" AND substr({name}, 11, 1) = ' ' THEN"
                f" substr({name}, 1, 10) || 'T' || substr({name}, 12) || '+00:00'"
                f" ELSE {_UNLIKELY} END"
            )
        if isinstance(column.type, Quantity | UnitPrice):
            places = column.type.places
            whole, rest = f"{name} / {10**places}", f"{name} % {10**places}"
            return (
                f"CASE typeof({name}) WHEN 'integer' THEN printf('%d.%0{places}d', {whole}, {rest})"
                f" WHEN 'null' THEN NULL ELSE {_UNLIKELY} END"
            )
        return str(name)

    parts = [f"'{column.name}', {value(column)}" for column in element.clauses]
    return f"json_object({', '.join(parts)})"


@compiles(_no_blob, "sqlite")
def _write_no_blob(element: Any, compiler: Any, **options: Any) -> str:
    names = [compiler.process(column, **options) for column in element.clauses]
    return f"'blob' NOT IN ({', '.join(f'typeof({name})' for name in names)})"
