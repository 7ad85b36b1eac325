"""What the database writes is hashed in place of values, and finds what reading them finds."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.database.engine import DatabaseSettings
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.chain import canonical_json, hashed_content
from bot.domain.verification import Verification
from bot.domain.written_records import read_event
from bot.services import verified_records
from bot.services.verification import BooksVerified
from bot.services.verified_records import ReadChain, Taken, WrittenRead, read_written, take_written
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse
from tests.services.test_verification import (
    copy_of,
    execute,
    fill,
    put_back,
    records,
    tamper,
    verify,
)
from tests.services.test_verification_columns import changed, with_moves

pytestmark = [pytest.mark.slow, pytest.mark.both_engines]

_AT_ONCE = 7
_TAMPERED = 60 if SOAK else 6
# SQLite's columns hold values of any type.
_STRANGE = (
    ("audit_event", "at = replace(at, ' ', 'T')"),
    ("audit_event", "at = substr(at, 1, 19)"),
    ("audit_event", "at = at || char(0) || 'x'"),
    ("audit_event", "at = 5"),
    ("audit_event", "subject = CAST(subject AS BLOB)"),
    ("audit_event", "subject = subject || char(0) || 'x'"),
    ("audit_event", "detail = detail || char(10)"),
    ("audit_event", "action = CAST(action AS BLOB)"),
    ("audit_event", "hash = CAST(hash AS BLOB)"),
    ("audit_event", "actor_id = actor_id || '.5'"),
    ("audit_event", "operation_id = x'00'"),
    ("stock_move", "unit_cost = 'much'"),
    ("stock_move", "unit_cost = 0.5"),
    ("stock_move", "currency = x'455552'"),
    ("stock_move", "currency = 'EUR' || char(0)"),
    ("stock_move", "quantity = 'much'"),
    ("stock_move", "quantity = quantity + 0.5"),
    ("stock_move", "lot_id = 'x'"),
)
_TEXTS = ('a "quoted" \\ one', "tab\tline\nend\r\x08\x0c\x1f\x7f", "Ä ß 漢 \u2028 \U0001f600", "")


@pytest_asyncio.fixture
async def old(own_database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Warehouse]:
    """Books of a few pages whose receipts need not be there any more."""
    monkeypatch.setattr(verified_records, "_RECEIPTS_SURELY_KEPT", timedelta(0))
    service = DatabaseService(DatabaseSettings(own_database_url))
    yield await fill(service)
    await service.close()


async def read(warehouse: Warehouse, after: int) -> WrittenRead | None:
    async with warehouse.db.reads.heavy_work(GUILD):
        return await warehouse.db.query(read_written, ReadChain(after=after), warehouse.auditor)


async def require_same(warehouse: Warehouse, patch: pytest.MonkeyPatch, what: str) -> BooksVerified:
    """Verify what the database writes, then value by value."""
    with patch.context() as pages:
        pages.setattr(verified_records, "_RECORDS_AT_ONCE", _AT_ONCE)
        found = await verify(warehouse)
    by_value = await verify(warehouse)
    assert replace(found, findings=()) == replace(by_value, findings=()), what
    # Moves of no record are noted behind all others of their page.
    assert sorted(found.findings, key=repr) == sorted(by_value.findings, key=repr), what
    return found


async def test_sound_books_are_taken_as_the_database_writes_them(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified_records, "_RECORDS_AT_ONCE", _AT_ONCE)
    checked, after, pages = Verification(GUILD), -1, 0
    while (piece := await read(old, after)) is not None:
        assert take_written(checked, piece) is Taken.ALL
        after, pages = piece.records.last, pages + 1
    assert pages == await records(old.db) // _AT_ONCE
    assert checked.findings == []


async def test_the_database_writes_what_is_hashed(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, count = old.db, await records(old.db)
    names = ("subject", "detail", "source", "operation_id", "subject_type")
    for number, name in enumerate(names * len(_TEXTS)):
        change = f"UPDATE audit_event SET {name} = :t WHERE record = :r"
        await execute(db, change, t=_TEXTS[number % len(_TEXTS)], r=number + 1)
    at = "2026-01-05 08:00:00.000000" if db.is_sqlite else "2026-01-05 08:00:00+00"
    await execute(db, f"UPDATE audit_event SET at = '{at}', reverses = 4 WHERE record = 3")
    price = f"unit_cost = {1_230_001 if db.is_sqlite else '1.230001'}, currency = 'EUR'"
    await execute(db, f"UPDATE stock_move SET {price} WHERE record % 2 = 0")
    monkeypatch.setattr(verified_records, "_RECORDS_AT_ONCE", count)
    piece = await read(old, -1)
    assert piece is not None
    async with db.look_up(old.auditor) as books:
        events = await books.audit.list_stored(-1, count)
        moves = await books.audit.list_stored_moves(-1, count)
    for event, (*facts, text) in zip(events, piece.records.read() or (), strict=True):
        assert text == canonical_json(hashed_content(event)[0]).decode()
        assert facts == [event[name] for name in ("record", "format", "action", "hash")]
        assert read_event(text).items() <= event.items()
    assert moves
    of_move = ("record", "item_id", "lot_id", "source_id", "target_id", "quantity")
    for move, (*facts, text) in zip(moves, piece.moves.read() or (), strict=True):
        assert text == canonical_json(hashed_content(events[0], [move])[1][0]).decode()
        assert facts == [move[name] for name in of_move]


@pytest.mark.soak_on("postgresql")
async def test_any_tampering_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, last, draw = await copy_of(old.db), await records(old.db), random.Random(1875)
    for _ in range(_TAMPERED):
        what, record = await tamper(old.db, draw, last)
        found = await require_same(old, monkeypatch, what)
        assert record in {each.record for each in found.findings}, what
        await put_back(old.db, copy)
    assert (await require_same(old, monkeypatch, "sound")).findings == ()


@pytest.mark.parametrize("table", [table_of(AuditEvent), table_of(StockMove)], ids=str)
async def test_any_changed_column_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch, table: Any
) -> None:
    copy, numbers = await copy_of(old.db), await with_moves(old.db)
    for number, column in enumerate(column.name for column in table.c):
        record = numbers[number % len(numbers)]
        value = changed(column, is_sqlite=old.db.is_sqlite)
        await execute(
            old.db, f"UPDATE {table.name} SET {column} = {value} WHERE record = :r", r=record
        )
        found = await require_same(old, monkeypatch, column)
        assert record in {each.record for each in found.findings}, column
        await put_back(old.db, copy)


@pytest.mark.parametrize("record", [6, 7, 8])
async def test_a_record_at_the_border_of_pages_is_found_alone(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch, record: int
) -> None:
    await execute(old.db, "UPDATE audit_event SET source = 'x' WHERE record = :r", r=record)
    found = await require_same(old, monkeypatch, f"#{record}")
    assert [each.record for each in found.findings] == [record]


@pytest.mark.only_on("sqlite")
async def test_a_value_of_another_type_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, record = await copy_of(old.db), (await with_moves(old.db))[9]
    for table, change in _STRANGE:
        what = f"UPDATE {table} SET {change}"
        await execute(old.db, f"{what} WHERE record = :r", r=record)
        found = await require_same(old, monkeypatch, what)
        assert record in {each.record for each in found.findings}, what
        await put_back(old.db, copy)


@pytest.mark.only_on("sqlite")
async def test_a_move_that_json_cannot_hold_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await execute(
        old.db,
        "SELECT max(record) FROM audit_event WHERE record NOT IN (SELECT record FROM stock_move)",
    )
    await execute(
        old.db,
        "INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id,"
        " quantity, actor_id, currency) SELECT guild_id, :r, 1, item_id, lot_id, source_id,"
        " target_id, quantity, actor_id, x'455552' FROM stock_move LIMIT 1",
        r=record,
    )
    found = await require_same(old, monkeypatch, "a move of bytes")
    assert record in {each.record for each in found.findings}


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("column", ["quantity", "unit_cost"])
async def test_a_number_that_is_none_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    record = (await with_moves(old.db))[9]
    await execute(old.db, f"UPDATE stock_move SET {column} = 'NaN' WHERE record = :r", r=record)
    found = await require_same(old, monkeypatch, column)
    assert record in {each.record for each in found.findings}


@pytest.mark.only_on("postgresql")
async def test_functions_that_a_forger_adds_write_nothing(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified_records, "_RECORDS_AT_ONCE", _AT_ONCE)
    for name, kind, returned in (
        ("to_json(text)", "json", "'1'::json"),
        ("to_json(bigint)", "json", "'1'::json"),
        ("to_char(timestamp, text)", "text", "'x'"),
    ):
        body = f"RETURNS {kind} LANGUAGE sql AS $$ SELECT {returned} $$"
        await execute(old.db, f"CREATE FUNCTION public.{name} {body}")
    piece = await read(old, -1)
    assert piece is not None
    assert take_written(Verification(GUILD), piece) is Taken.ALL


async def test_a_move_before_all_records_is_found_as_value_by_value(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [each.name for each in table_of(StockMove).c if each.name != "record"]
    columns = ", ".join(names)
    await execute(
        old.db,
        f"INSERT INTO stock_move (record, {columns}) SELECT 0, {columns} FROM stock_move"
        " WHERE record = :r AND line = 1",
        r=(await with_moves(old.db))[9],
    )
    found = await require_same(old, monkeypatch, "a move of record 0")
    assert ("stray_moves", 0) in {(each.code, each.record) for each in found.findings}
