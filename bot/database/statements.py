"""Prepared: a statement of the hot path, written by SQLAlchemy once and run by the driver itself.

Executing a statement through SQLAlchemy costs as much again as its round trip on PostgreSQL, and
four thread hops instead of one on SQLite. Only what moves and the controllers' own queries do often
is worth going around it.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Dialect,
    Executable,
    SelectBase,
    TypeDecorator,
    UpdateBase,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.database.columns import IdList

# PostgreSQL's number for NUMERIC: only a decimal's converter asks what the server sent.
_NUMERIC = 1700

Converter = Callable[[Any], Any]

# Of a list of texts, so many take PostgreSQL's driver two milliseconds of the loop.
_LISTED_AT_ONCE: Final = 1000
# A connection keeps the plans of its statements, and of what foreign keys ask for each row. Those
# of tables that were nearly empty then, when every index looked alike, may walk a guild's rows.
PLAN_AGAIN: Final = "DISCARD PLANS"


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement in one dialect: its text, its parameters in order, and what converts values."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binders: tuple[tuple[int, Converter], ...]
    readers: tuple[tuple[int, Converter], ...]
    errors: tuple[type[Exception], ...]

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters in order, as the driver takes them."""
        given = {**self.constants, **values} if self.constants else values
        bound = [given[name] for name in self.names]
        for place, convert in self.binders:
            bound[place] = convert(bound[place])
        return bound

    def read(self, rows: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return rows as the product knows them."""
        if not self.readers:
            return rows
        read = [list(row) for row in rows]
        for row in read:
            for place, convert in self.readers:
                row[place] = convert(row[place])
        return read


class Prepared:
    """A statement that runs inside of `transaction`, on its driver's connection.

    Its parameters are all named, and its values are of the columns' own types. Errors are those
    that SQLAlchemy would raise.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[str, Plan] = {}

    async def fetch(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Run it once and return its rows, whose columns are reached by position."""
        driver = driver_of(connection)
        plan = self.plan(connection.dialect)
        try:
            if connection.dialect.name == "sqlite":
                return plan.read(await driver.execute_fetchall(plan.sql, plan.bind(values)))
            return plan.read(await driver.fetch(plan.sql, *plan.bind(values)))
        except plan.errors as error:
            raise as_sqlalchemy_would(error, driver) from error

    async def fetch_in_parts(
        self, connection: AsyncConnection, values: Mapping[str, Any], name: str
    ) -> list[Sequence[Any]]:
        """Run it for a part of a long list after the other; return the rows of all parts."""
        whole, rows = values[name], list[Sequence[Any]]()
        if len(whole) > _LISTED_AT_ONCE and connection.dialect.name == "postgresql":
            await driver_of(connection).execute(PLAN_AGAIN)
        for start in range(0, max(1, len(whole)), _LISTED_AT_ONCE):
            part = whole[start : start + _LISTED_AT_ONCE]
            rows += await self.fetch(connection, {**values, name: part})
        return rows

    async def write_many(
        self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run it for each of some rows, in one round trip, on either engine."""
        driver = driver_of(connection)
        plan = self.plan(connection.dialect)
        try:
            await driver.executemany(plan.sql, [plan.bind(row) for row in rows])
        except plan.errors as error:
            raise as_sqlalchemy_would(error, driver) from error

    def plan(self, dialect: Dialect) -> Plan:
        """Return the statement as one dialect has it."""
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _prepare(self._statement, dialect)
        return plan


class is_among(FunctionElement[bool]):  # noqa: N801  # read as a condition
    """Whether a column's value is in a list (of ids unless said otherwise) as one parameter.

    SQLAlchemy's own `in_` writes a statement for each length of a list.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(
        self, column: ColumnElement[Any], name: str, of: TypeDecorator[Any] | None = None
    ) -> None:
        super().__init__(column, bindparam(name, type_=of or IdList()))

    def self_group(self, against: Any = None) -> "is_among":
        """Stay a condition: compared with 1, as SQLite has no booleans, no index would serve it."""
        del against
        return self


@compiles(is_among, "postgresql")
def _among_array(element: Any, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(is_among, "sqlite")
def _among_json(element: Any, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  # our own clauses


class each_of(FunctionElement[Any]):  # noqa: N801  # read as a table
    """The values of a list that is one parameter, as rows of the one column `value`."""

    inherit_cache = True

    def __init__(self, name: str, of: TypeDecorator[Any]) -> None:
        super().__init__(bindparam(name, type_=of))


@compiles(each_of, "postgresql")
def _each_of_array(element: Any, compiler: Any, **options: Any) -> str:
    (values,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(SELECT unnest({values}) AS value)"


@compiles(each_of, "sqlite")
def _each_of_json(element: Any, compiler: Any, **options: Any) -> str:
    (values,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(SELECT value FROM json_each({values}))"  # noqa: S608  # our own clauses


async def change_together(
    connection: AsyncConnection, changes: Sequence[tuple[Prepared, Sequence[Mapping[str, Any]]]]
) -> list[int]:
    """Run statements on SQLite for their rows, all in one hop; return how many rows each changed.

    The hop to the driver's thread and back costs several times what such a statement does.
    """
    driver = driver_of(connection)
    plans = [(statement.plan(connection.dialect), rows) for statement, rows in changes]
    bound = [(plan.sql, [plan.bind(row) for row in rows]) for plan, rows in plans]
    try:
        # The driver's own way to its thread, which its methods take for one statement at a time.
        return cast("list[int]", await driver._execute(_change_all, driver._conn, bound))  # noqa: SLF001
    except driver_errors(connection.dialect) as error:
        raise as_sqlalchemy_would(error, driver) from error


def _change_all(
    connection: sqlite3.Connection, bound: Sequence[tuple[str, Sequence[Sequence[Any]]]]
) -> list[int]:
    return [connection.executemany(sql, rows).rowcount if rows else 0 for sql, rows in bound]


def _prepare(statement: Any, dialect: Dialect) -> Plan:
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup)
    binders = [_of(compiled.binds[name].type, dialect).bind_processor(dialect) for name in names]
    readers = [
        _of(kind, dialect).result_processor(dialect, _NUMERIC) for kind in _types_of(statement)
    ]
    return Plan(
        sql=compiled.string,
        names=names,
        constants={name: b.value for name, b in compiled.binds.items() if not b.required},
        binders=tuple((place, bind) for place, bind in enumerate(binders) if bind),
        readers=tuple((place, read) for place, read in enumerate(readers) if read),
        errors=driver_errors(dialect),
    )


def _types_of(statement: Any) -> list[Any]:
    if isinstance(statement, SelectBase):
        return [column.type for column in statement.selected_columns]
    if isinstance(statement, UpdateBase):
        return [column["type"] for column in statement.returning_column_descriptions]
    return []


def _of(kind: Any, dialect: Dialect) -> Any:
    return kind.dialect_impl(dialect)


def driver_of(connection: AsyncConnection) -> Any:
    """Return the driver's own connection."""
    assert connection.sync_connection is not None
    return connection.sync_connection.connection.driver_connection


def driver_errors(dialect: Dialect) -> tuple[type[Exception], ...]:
    """Return what a driver raises."""
    if dialect.name == "sqlite":
        return (sqlite3.Error, ValueError)
    from asyncpg import InterfaceError, PostgresError  # noqa: PLC0415  # not needed by SQLite

    return (PostgresError, InterfaceError, OSError)


def as_sqlalchemy_would(error: Exception, driver: Any) -> DBAPIError:
    """Return the error that SQLAlchemy would raise, with the driver's inside."""
    # aiosqlite says by a bare ValueError that its connection was closed.
    is_closed = getattr(driver, "is_closed", None)
    is_lost = is_closed() if is_closed else isinstance(error, ValueError)
    return DBAPIError(None, None, error, connection_invalidated=is_lost)
