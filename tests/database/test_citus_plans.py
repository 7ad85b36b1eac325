"""Every statement on one guild's rows is one that Citus can plan."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.asyncio import create_async_engine

import bot.database.controllers
from bot.database.statements import Prepared
from tests.database.books import GUILD
from tests.database.citus import CITUS_URL
from tests.database.clusters import SharedCluster

pytestmark = pytest.mark.skipif(not CITUS_URL, reason="CITUS_URL names no Citus")

_VALUES: Final[dict[str, Any]] = {
    "int8": GUILD,
    "int4": 1,
    "text": "x",
    "varchar": "x",
    "bool": True,
    "numeric": Decimal(1),
    "date": date(2026, 1, 1),
    "timestamptz": datetime(2026, 1, 1, tzinfo=UTC),
}


def list_prepared() -> Iterator[Prepared]:
    """Find them in the modules; the garbage collector does not know what was frozen."""
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.database"):
            for value in vars(module).values():
                held = value.values() if isinstance(value, dict) else (value,)
                yield from (each for each in held if isinstance(each, Prepared))


def list_statements() -> set[str]:
    """Return all that were prepared, as the driver gets them."""
    importlib.import_module("bot.app")
    for module in pkgutil.iter_modules(bot.database.controllers.__path__):
        importlib.import_module(f"bot.database.controllers.{module.name}")
    found: set[str] = set()
    citus: Any = create_async_engine(CITUS_URL).dialect
    for prepared in list_prepared():
        try:
            found.add(prepared.plan(citus).sql)
        except (AttributeError, CompileError):  # for SQLite
            continue
    return found


def _value_of(kind: str) -> Any:
    return [_VALUES[kind[:-2]]] if kind.endswith("[]") else _VALUES[kind]


async def test_no_statement_is_one_that_citus_cannot_plan(cluster: SharedCluster) -> None:
    refused, planned = [], 0
    connection = await asyncpg.connect(
        cluster.through("worker").replace("+asyncpg", ""), statement_cache_size=0
    )
    try:
        for statement in list_statements():
            if "json_" in statement:  # for SQLite
                continue
            prepared = await connection.prepare(statement)
            values = [_value_of(parameter.name) for parameter in prepared.get_parameters()]
            run = connection.transaction()
            await run.start()
            try:
                await prepared.fetch(*values)
            except asyncpg.FeatureNotSupportedError as error:
                refused.append(f"{error}: {statement}")
            except asyncpg.PostgresError as error:
                if " violates " not in str(error):  # which it does on a shard: it was planned
                    raise
            finally:
                await run.rollback()
            planned += 1
    finally:
        await connection.close()
    assert refused == []
    assert planned > 100
