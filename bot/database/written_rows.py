"""Rows that PostgreSQL writes as canonical JSON itself, as `canonical_json` would.

SQLite takes as long for it as the program.
"""

from typing import Any, Final

from sqlalchemy import Column, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.database.columns import Quantity, UnitPrice, UtcTime

_INSTANT: Final = """YYYY-MM-DD"T"HH24:MI:SS.US"""


class written(FunctionElement[str]):  # noqa: N801  # read as a column
    """Some columns of a row as one JSON object, its keys sorted.

    It is NULL where a value has no such form.
    """

    type = Text()
    inherit_cache = True

    def __init__(self, table: Table, names: frozenset[str]) -> None:
        super().__init__(*(table.columns[name] for name in sorted(names)))


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

    return _write_object(element, value)


def _write_object(element: Any, value: Any) -> str:
    parts = [f"""'"{column.name}":' || {value(column)}""" for column in element.clauses]
    return f"""('{{' || {" || ',' || ".join(parts)} || '}}')"""
