from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from bot.database.columns import Key, PermissionSet, Quantity, UtcTime
from bot.database.engine import DatabaseSettings, open_engines
from bot.domain.quantities import MAX_LEVEL


async def store(engine: AsyncEngine, kind: TypeEngine[Any], values: list[Any]) -> list[Any]:
    """Keep values in a table of the test's own; read them back in their order."""
    table = Table("kept", MetaData(), Column("number", Quantity), Column("value", kind))
    rows = [{"number": Decimal(n), "value": value} for n, value in enumerate(values)]
    async with engine.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), rows)
        result = await connection.execute(select(table.c.value).order_by(table.c.number))
        return list(result.scalars())


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (
            Quantity(),
            [Decimal(text) for text in ("0.000", "0.001", "-0.001", "2.500", "0.1", "0.3")]
            + [MAX_LEVEL, -MAX_LEVEL, MAX_LEVEL * 1000, Decimal("123456789012.345"), None],
        ),
        (
            UtcTime(),
            [
                datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC),
                datetime(1, 1, 2, tzinfo=UTC),
                datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC),
                None,
            ],
        ),
        (PermissionSet(), [frozenset(), frozenset({"stock.view", "item.view"}), None]),
        (Key(), ["", "bolt-8", "\U0001f529 ключ", None]),
    ],
    ids=["quantity", "time", "permissions", "key"],
)
async def test_what_is_kept_comes_back_the_same(
    own_database_url: str, kind: TypeEngine[Any], values: list[Any]
) -> None:
    engines = open_engines(DatabaseSettings(own_database_url))
    kept = await store(engines.write, kind, values)
    await engines.dispose()
    assert kept == values
    assert [type(value) for value in kept] == [type(value) for value in values]
    for value in kept:
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0)
        if isinstance(value, Decimal):
            assert value.as_tuple().exponent == -3


async def test_a_time_from_any_zone_comes_back_in_utc(own_database_url: str) -> None:
    engines = open_engines(DatabaseSettings(own_database_url))
    there = datetime(2026, 1, 5, 13, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    kept = await store(engines.write, UtcTime(), [there])
    await engines.dispose()
    assert kept == [datetime(2026, 1, 5, 8, 0, tzinfo=UTC)]


@pytest.mark.parametrize("dialect", [sqlite.dialect, postgresql.dialect])
def test_a_time_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="no instant"):
        UtcTime().process_bind_param(datetime(2026, 1, 5), dialect())  # noqa: DTZ001  # the claim


@pytest.mark.only_on("sqlite")  # PostgreSQL rounds by itself what a move cannot carry
async def test_a_fourth_decimal_is_never_rounded_away(own_database_url: str) -> None:
    engines = open_engines(DatabaseSettings(own_database_url))
    with pytest.raises(Exception, match="this column has 3 places"):
        await store(engines.write, Quantity(), [Decimal("0.0005")])
    await engines.dispose()


async def test_keys_are_ordered_by_their_bytes(own_database_url: str) -> None:
    engines = open_engines(DatabaseSettings(own_database_url))
    table = Table("keys", MetaData(), Column("key", Key()))
    keys = ["a-1", "a1", "a 1", "Z", "z", "é", "~"]
    async with engines.write.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), [{"key": key} for key in keys])
        ordered = list(await connection.scalars(select(table.c.key).order_by(table.c.key)))
    await engines.dispose()
    assert ordered == sorted(keys, key=str.encode)
