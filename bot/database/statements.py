"""Prepared: a statement of the hot path, written by SQLAlchemy once and run by the driver itself.

Executing a statement through SQLAlchemy costs as much again as its round trip on PostgreSQL, and
four thread hops instead of one on SQLite. Only what moves and the controllers' own queries do often
is worth going around it.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable, Select, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

# PostgreSQL's number for NUMERIC: only a decimal's converter asks what the server sent.
_NUMERIC = 1700

Converter = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement in one dialect: its text, its parameters in order, and what converts values."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binders: tuple[tuple[int, Callable[[Any], Any]], ...]
    readers: tuple[Converter, ...] | None
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
        if self.readers is None:
            return rows
        return [
            tuple(value if read is None else read(value) for read, value in self._pairs(row))
            for row in rows
        ]

    def _pairs(self, row: Sequence[Any]) -> Any:
        assert self.readers is not None
        return zip(self.readers, row, strict=True)


class Prepared:
    """A statement that runs inside a transaction which SQLAlchemy has begun.

    Its parameters are all named, and its values are of the columns' own types. Errors are those
    that SQLAlchemy would raise.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    async def fetch(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Run it once and return its rows, whose columns are reached by position."""
        driver = _driver_of(connection)
        plan = self._plan(connection.dialect)
        try:
            if connection.dialect.name == "sqlite":
                return plan.read(await driver.execute_fetchall(plan.sql, plan.bind(values)))
            # The adapter begins a transaction with the first statement that it runs itself.
            if not driver.is_in_transaction():
                return (await connection.execute(self._statement, values)).all()
            return plan.read(await driver.fetch(plan.sql, *plan.bind(values)))
        except plan.errors as error:
            raise _as_sqlalchemy_would(error, driver) from error

    async def change(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it on SQLite for each of some rows, in one hop; return how many rows changed."""
        driver = _driver_of(connection)
        plan = self._plan(connection.dialect)
        try:
            cursor = await driver.executemany(plan.sql, [plan.bind(row) for row in rows])
        except plan.errors as error:
            raise _as_sqlalchemy_would(error, driver) from error
        return int(cursor.rowcount)

    def _plan(self, dialect: Dialect) -> _Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _prepare(self._statement, dialect)
        return plan


def _prepare(statement: Any, dialect: Dialect) -> _Plan:
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup)
    binders = [_of(compiled.binds[name].type, dialect).bind_processor(dialect) for name in names]
    readers = [
        _of(kind, dialect).result_processor(dialect, _NUMERIC) for kind in _types_of(statement)
    ]
    return _Plan(
        sql=compiled.string,
        names=names,
        constants={name: b.value for name, b in compiled.binds.items() if not b.required},
        binders=tuple((place, bind) for place, bind in enumerate(binders) if bind),
        readers=tuple(readers) if any(readers) else None,
        errors=_errors_of(dialect),
    )


def _types_of(statement: Any) -> list[Any]:
    if isinstance(statement, Select):
        return [column.type for column in statement.selected_columns]
    if isinstance(statement, UpdateBase):
        return [column["type"] for column in statement.returning_column_descriptions]
    return []


def _of(kind: Any, dialect: Dialect) -> Any:
    return kind.dialect_impl(dialect)


def _driver_of(connection: AsyncConnection) -> Any:
    assert connection.sync_connection is not None
    return connection.sync_connection.connection.driver_connection


def _errors_of(dialect: Dialect) -> tuple[type[Exception], ...]:
    if dialect.name == "sqlite":
        return (sqlite3.Error, ValueError)
    from asyncpg import InterfaceError, PostgresError  # noqa: PLC0415  # not needed by SQLite

    return (PostgresError, InterfaceError, OSError)


def _as_sqlalchemy_would(error: Exception, driver: Any) -> DBAPIError:
    # aiosqlite says by a bare ValueError that its connection was closed.
    is_closed = getattr(driver, "is_closed", None)
    is_lost = is_closed() if is_closed else isinstance(error, ValueError)
    return DBAPIError(None, None, error, connection_invalidated=is_lost)
