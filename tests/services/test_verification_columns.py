"""No column of ledger and audit may be changed unseen, whatever it is changed to."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import DatabaseSettings
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.findings import Finding
from bot.services.verification import verify_books
from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.services.test_verification import (
    RECORDS,
    copy_of,
    execute,
    fill,
    make_old,
    put_back,
    records,
)

pytestmark = [pytest.mark.slow, pytest.mark.both_engines]

# Other values, written so that both engines take them; the rest are numbers.
_TEXTS = "{0} || 'x'"
_OTHER = {
    "actor_kind": _TEXTS,
    "source": _TEXTS,
    "operation_id": _TEXTS,
    "action": _TEXTS,
    "subject_type": _TEXTS,
    "subject": _TEXTS,
    "detail": _TEXTS,
    "hash": _TEXTS,
    "subject_id": "coalesce({0}, 0) + 1",
    "reverses": "coalesce({0}, 0) + 1",
    "unit_cost": "coalesce({0}, 0) + 1",
    "currency": "coalesce({0}, '') || 'x'",
}
# Half of the records have format 1, the others the newest.
LAST_OLD = RECORDS // 2
NEW_LEVEL = (
    "INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)"
    " SELECT guild_id, 4711, 4712,"
)
_KEYS = {"guild_id", "record", "line", "source_id", "target_id"}


@pytest_asyncio.fixture
async def forged(own_database_url: str) -> AsyncIterator[Warehouse]:
    service = DatabaseService(DatabaseSettings(own_database_url))
    warehouse = await fill(service)
    await make_old(service, LAST_OLD)
    yield warehouse
    await service.close()


async def findings(warehouse: Warehouse) -> tuple[Finding, ...]:
    return (await verify_books(warehouse.db, warehouse.auditor)).findings


async def with_moves(db: DatabaseService) -> list[int]:
    async def work(connection: AsyncConnection) -> list[int]:
        found = await connection.execute(text("SELECT DISTINCT record FROM stock_move ORDER BY 1"))
        return list(found.scalars())

    return await db.maintenance.write(work)


def changed(column: str, *, is_sqlite: bool) -> str:
    if column == "at":
        return "datetime(at, '+1 second') || '.000000'" if is_sqlite else "at + interval '1 s'"
    if column in _KEYS:
        return f"{column} + 100000"
    return _OTHER.get(column, "{0} + 1").format(column)


@pytest.mark.soak_on("postgresql")
@pytest.mark.parametrize("table", [table_of(AuditEvent), table_of(StockMove)], ids=str)
async def test_a_changed_column_is_found_in_rows_of_each_format(
    forged: Warehouse, table: Any
) -> None:
    """`make soak` changes each column in all six rows, otherwise in one row after the other."""
    db = forged.db
    copy, last = await copy_of(db), await records(db)
    numbers = range(1, last + 1) if table.name == "audit_event" else await with_moves(db)
    old = [record for record in numbers if record <= LAST_OLD]
    new = [record for record in numbers if record > LAST_OLD]
    places = [rows[at] for rows in (old, new) for at in (0, len(rows) // 2, -1)]
    for number, column in enumerate(column.name for column in table.c):
        value = changed(column, is_sqlite=db.is_sqlite)
        for record in places if SOAK else [places[number % len(places)]]:
            await execute(
                db, f"UPDATE {table.name} SET {column} = {value} WHERE record = :r", r=record
            )
            found = {finding.record for finding in await findings(forged)}
            assert record in found, f"{column} of #{record}: {found}"
            await put_back(db, copy)
    assert await findings(forged) == ()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET at = 'yesterday' WHERE record = :r",
        "UPDATE audit_event SET subject = x'00ff' WHERE record = :r",
        "UPDATE audit_event SET action = x'00ff' WHERE record = :r",
        "UPDATE audit_event SET actor_id = 'nobody' WHERE record = :r",
        "UPDATE stock_move SET quantity = 'much' WHERE record = :r",
        "UPDATE stock_move SET quantity = quantity + 0.4 WHERE record = :r",
        "UPDATE stock_move SET item_id = 'thing' WHERE record = :r",
    ],
)
async def test_what_cannot_be_read_is_found_as_well(forged: Warehouse, change: str) -> None:
    record = (await with_moves(forged.db))[5]
    await execute(forged.db, change, r=record)
    assert Finding("changed", record) in await findings(forged)


@pytest.mark.only_on("postgresql")
async def test_a_quantity_that_is_no_number_is_found_as_well(forged: Warehouse) -> None:
    record = (await with_moves(forged.db))[5]
    await execute(forged.db, "UPDATE stock_move SET quantity = 'NaN' WHERE record = :r", r=record)
    assert Finding("changed", record) in await findings(forged)


@pytest.mark.soak_on("postgresql")
@pytest.mark.parametrize("column", ["hash", "subject"])
async def test_what_follows_a_changed_record_is_not_blamed(forged: Warehouse, column: str) -> None:
    last = await records(forged.db)
    change = f"UPDATE audit_event SET {column} = {column} || 'x' WHERE record = :r"
    for record in (5, 9, last):
        await execute(forged.db, change, r=record)
    assert [finding.record for finding in await findings(forged)] == [5, 9, last]


@pytest.mark.soak_on("postgresql")
async def test_rows_beyond_both_ends_are_found(forged: Warehouse) -> None:
    db, last = forged.db, await records(forged.db)
    copy = await copy_of(db)
    for record in (-7, 0, last + 5):
        for table, number in (("audit_event", 3), ("stock_move", (await with_moves(db))[0])):
            columns = list(copy[table][0])
            given = ", ".join(":new" if name == "record" else name for name in columns)
            if table == "audit_event":
                given = given.replace("reverses", "NULL")
            await execute(
                db,
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given} FROM {table}"
                " WHERE record = :r LIMIT 1",
                r=number,
                new=record,
            )
            found = await findings(forged)
            assert record in {finding.record for finding in found}, (table, record, found)
            await put_back(db, copy)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (f"{NEW_LEVEL} 0, 0 FROM book", "stray_level"),
        (f"{NEW_LEVEL} 7, 9 FROM book", "stray_level"),
        ("DELETE FROM stock_level WHERE location_id = 1", "no_level"),  # the suppliers' side
    ],
)
async def test_a_level_too_many_or_too_few_is_found(
    forged: Warehouse, change: str, code: str
) -> None:
    await execute(forged.db, change)
    assert [finding.code for finding in await findings(forged)] == [code]


@pytest.mark.only_on("sqlite")
async def test_a_level_that_cannot_be_read_is_found(forged: Warehouse) -> None:
    await execute(forged.db, "UPDATE stock_level SET quantity = 'much' WHERE location_id > 99")
    assert {finding.code for finding in await findings(forged)} == {"level"}
