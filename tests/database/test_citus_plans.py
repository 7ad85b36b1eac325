"""Every statement on one guild's rows is one that Citus can plan."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.asyncio import create_async_engine

import bot.database.controllers
from bot.database.statements import Prepared
from tests.database.citus import CITUS_URL
from tests.database.clusters import SharedCluster

pytestmark = pytest.mark.skipif(not CITUS_URL, reason="CITUS_URL names no Citus")

_PARAMETER = re.compile(r"\$(\d+)(?:::([A-Z]+))?")
_VALUES = {"VARCHAR": "'x'", "BOOLEAN": "true", "DATE": "'2026-01-01'", "TIMESTAMP": "'2026-01-01'"}


def list_prepared() -> Iterator[Prepared]:
    """Find them in the modules; the garbage collector does not know what was frozen."""
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.database"):
            for value in vars(module).values():
                held = value.values() if isinstance(value, dict) else (value,)
                yield from (each for each in held if isinstance(each, Prepared))


def list_statements() -> list[str]:
    """Return all that were prepared, with values of the right types in them."""
    importlib.import_module("bot.app")
    for module in pkgutil.iter_modules(bot.database.controllers.__path__):
        importlib.import_module(f"bot.database.controllers.{module.name}")
    found: list[str] = []
    citus: Any = create_async_engine(CITUS_URL).dialect
    for prepared in list_prepared():
        try:
            statement: Any = prepared._statement
            made = statement.compile(dialect=citus, compile_kwargs={"render_postcompile": True})
        except (AttributeError, CompileError):  # for SQLite
            continue
        found.append(_PARAMETER.sub(_value_of, str(made)))
    return found


def _value_of(parameter: re.Match[str]) -> str:
    kind = parameter[2]
    return f"{_VALUES.get(kind, '1')}::{kind}" if kind else "1"


async def test_no_statement_is_one_that_citus_cannot_plan(cluster: SharedCluster) -> None:
    refused, planned = [], 0
    connection = await asyncpg.connect(
        cluster.through("worker").replace("+asyncpg", ""), statement_cache_size=0
    )
    try:
        for statement in list_statements():
            try:
                await connection.execute(f"EXPLAIN {statement}")
            except asyncpg.FeatureNotSupportedError as error:
                refused.append(f"{error}: {statement}")
            except asyncpg.PostgresError:
                continue  # a value of another type would have been needed, or it is for SQLite
            planned += 1
    finally:
        await connection.close()
    assert refused == []
    assert planned > 100
