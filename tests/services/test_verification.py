"""Whatever single row of ledger or audit is changed, removed or slipped in, it is found."""

import asyncio
import random
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import DatabaseSettings
from bot.database.models import AuditEvent, StockMove
from bot.database.service import DatabaseService
from bot.domain.chain import first_link, next_link
from bot.services import verified_records
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    TakeStock,
    adjust_stock,
    move_stock,
    take_stock,
)
from bot.services.verification import BooksVerified, verify_books
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of

RECORDS = 60
PLACES_TRIED = 100 if SOAK else 25

_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_UNGUARD = "SET LOCAL session_replication_role = replica"
# What a forger may change, and to what; each is another value than before.
_EVENT_CHANGES = {
    "format": "3 - format",
    "actor_kind": "actor_kind || 'x'",
    "actor_id": "actor_id + 1",
    "source": "source || 'x'",
    "operation_id": "coalesce(operation_id, '') || 'x'",
    "action": "action || 'x'",
    "subject_type": "subject_type || 'x'",
    "subject_id": "coalesce(subject_id, 0) + 1",
    "subject": "subject || 'x'",
    "detail": "replace(detail, '{', '{ ')",
    "hash": "CASE substr(hash, 1, 1) WHEN '0' THEN '1' ELSE '0' END || substr(hash, 2)",
}
_MOVE_CHANGES = {
    "quantity": "quantity + 1",
    "lot_id": "lot_id + 1",
    "unit_cost": "coalesce(unit_cost, 0) + 1",
    "currency": "coalesce(currency, '') || 'x'",
    "actor_id": "actor_id + 1",
}


@pytest_asyncio.fixture
async def own(own_database_url: str) -> AsyncIterator[DatabaseService]:
    """Books in a database whose defences a test may take away."""
    service = DatabaseService(DatabaseSettings(own_database_url))
    yield service
    await service.close()


async def fill(db: DatabaseService) -> Warehouse:
    """Book sixty records of every kind."""
    warehouse = await Warehouse.open(db)
    item, a1 = await warehouse.add_item(), await warehouse.add_shelf("A1")
    await warehouse.add_shelf("B2")
    await warehouse.put(item, 1000, a1)
    draw = random.Random(7)
    one: dict[str, Any] = {"item": "BOLT-8"}
    while (count := await records(db)) < RECORDS:
        quantity = Decimal(draw.randint(1, 5))
        kind = count % 4
        if kind == 0:
            await warehouse.run(take_stock, TakeStock(**one, quantity=quantity, location="A1"))
        elif kind == 1:
            move = MoveStock(**one, quantity=quantity, source="A1", target="B2")
            await warehouse.run(move_stock, move)
        elif kind == 2:
            await warehouse.run(reverse_record, ReverseRecord())
        else:
            found = AdjustStock(**one, location="A1", counted=Decimal(900 + count), reason="count")
            await warehouse.run(adjust_stock, found, warehouse.manager)
    return warehouse


async def make_old(db: DatabaseService, last: int) -> None:
    """Turn the records up to one into records of format 1, with the hashes that those had."""
    events = await rows_of(db, AuditEvent, GUILD)
    moves = defaultdict(list)
    for move in await rows_of(db, StockMove, GUILD):
        moves[move.record].append(move._asdict())
    link, links = first_link(GUILD), []
    for event in events:
        row = event._asdict() | ({"format": 1} if event.record <= last else {})
        link = next_link(link, row, moves[event.record])
        links.append({"r": event.record, "f": row["format"], "h": link})
    await execute(db, "UPDATE audit_event SET format = :f, hash = :h WHERE record = :r", *links)
    await execute(db, "UPDATE book SET chain_head = :h", h=link)


async def records(db: DatabaseService) -> int:
    return int(await execute(db, "SELECT last_record FROM book"))


async def execute(db: DatabaseService, statement: str, *many: dict[str, Any], **one: Any) -> Any:
    """Run a statement as a forger would: behind the program's back, with no defence in the way."""
    if db.is_sqlite:
        path = db._engines.write.url.database
        assert path is not None
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as file:
            for (trigger,) in file.execute(_TRIGGERS).fetchall():
                file.execute(f"DROP TRIGGER {trigger}")
            if many:
                file.executemany(statement, many)
                return None
            row = file.execute(statement, one).fetchone()
            return row[0] if row else None

    async def work(connection: AsyncConnection) -> Any:
        await connection.execute(text(_UNGUARD))
        result = await connection.execute(text(statement), list(many) or one)
        return result.scalar() if result.returns_rows else None

    return await db.maintenance.write(work)


async def verify(warehouse: Warehouse) -> BooksVerified:
    return await verify_books(warehouse.db, warehouse.auditor)


@pytest.mark.both_engines
async def test_sound_books_are_sound_in_one_piece_and_in_many(
    own: DatabaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = await fill(own)
    await require_sound_books(own)
    whole = await verify(warehouse)
    assert (whole.findings, whole.last_record) == ((), await records(own))
    for size in (1, 7, RECORDS):
        monkeypatch.setattr(verified_records, "_RECORDS_AT_ONCE", size)
        assert await verify(warehouse) == whole


async def test_empty_books_are_sound(own: DatabaseService) -> None:
    verified = await verify_books(own, (await Warehouse.open(own, GUILD)).auditor)
    assert verified.findings == ()


async def tamper(db: DatabaseService, draw: random.Random, last: int) -> tuple[str, int]:
    """Change, remove or add one row, anywhere; returns what was done and at which record."""
    record = draw.randint(1, last)
    here = {"r": record}
    kind = draw.choice(("event", "event", "move", "no event", "no move", "new move", "new event"))
    if kind == "event":
        column = draw.choice(list(_EVENT_CHANGES))
        await execute(
            db,
            f"UPDATE audit_event SET {column} = {_EVENT_CHANGES[column]} WHERE record = :r",
            **here,
        )
        return f"{kind} {column}", record
    if kind == "no event":
        # Its moves go with it, as an attacker would do to hide something.
        for table in ("outbox", "receipt", "stock_move", "audit_event"):
            await execute(db, f"DELETE FROM {table} WHERE record = :r", **here)
        return kind, record
    if kind == "new event":
        await execute(
            db,
            "INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,"
            " operation_id, action, subject_type, subject_id, subject, detail, reverses, hash)"
            " SELECT guild_id, :new, format, at, actor_kind, actor_id, source,"
            " operation_id, action, subject_type, subject_id, subject, detail, NULL, hash"
            " FROM audit_event"
            " WHERE record = :r",
            new=last + 1,
            **here,
        )
        return kind, last + 1
    moved = await execute(
        db, "SELECT record FROM stock_move WHERE record >= :r ORDER BY record LIMIT 1", **here
    )
    moved = moved or await execute(db, "SELECT max(record) FROM stock_move")
    there = {"r": moved}
    if kind == "no move":
        await execute(db, "DELETE FROM stock_move WHERE record = :r", **there)
    elif kind == "new move":
        await execute(
            db,
            "INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id,"
            " quantity, actor_id) SELECT guild_id, record, line + 1, item_id, lot_id, source_id,"
            " target_id, quantity, actor_id FROM stock_move WHERE record = :r AND line = 1",
            **there,
        )
    else:
        column = draw.choice(list(_MOVE_CHANGES))
        await execute(
            db,
            f"UPDATE stock_move SET {column} = {_MOVE_CHANGES[column]} WHERE record = :r",
            **there,
        )
    return kind, int(moved)


async def copy_of(db: DatabaseService) -> dict[str, list[dict[str, Any]]]:
    """Read what a forger may change."""

    async def work(connection: AsyncConnection) -> dict[str, list[dict[str, Any]]]:
        return {
            table: [
                dict(row._mapping)
                for row in await connection.execute(text(f"SELECT * FROM {table}"))
            ]
            for table in ("audit_event", "stock_move", "receipt", "outbox")
        }

    return await db.maintenance.write(work)


async def put_back(db: DatabaseService, copy: dict[str, list[dict[str, Any]]]) -> None:
    """Make the tables what they were."""
    for table in ("outbox", "receipt", "stock_move", "audit_event"):
        await execute(db, f"DELETE FROM {table}")
    for table, kept in copy.items():
        names = list(kept[0])
        columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
        await execute(db, f"INSERT INTO {table} ({columns}) VALUES ({values})", *kept)


@pytest.mark.slow
@pytest.mark.both_engines
async def test_any_single_tampering_is_found_with_its_record(own: DatabaseService) -> None:
    warehouse = await fill(own)
    await make_old(own, RECORDS // 2)
    copy, last = await copy_of(own), await records(own)
    draw = random.Random(1871)
    done = set()
    for _ in range(PLACES_TRIED):
        what, record = await tamper(own, draw, last)
        done.add(what.split()[0] + what.split()[-1])
        verified = await verify(warehouse)
        found = {finding.record for finding in verified.findings}
        assert record in found, f"{what} at #{record} was not found: {verified.findings}"
        assert min(f for f in found if f is not None) == record, what
        await put_back(own, copy)
    assert len(done) > 8
    assert (await verify(warehouse)).findings == ()


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE stock_level SET quantity = quantity + 1 WHERE location_id > 99", "level"),
        ("DELETE FROM stock_level WHERE location_id > 99", "no_level"),
        ("UPDATE book SET chain_head = 'x'", "head"),
        ("UPDATE book SET last_record = last_record + 1", "missing"),
        ("UPDATE book SET last_record = last_record - 1", "unexpected"),
    ],
)
async def test_levels_and_head_are_compared_too(
    own: DatabaseService, statement: str, code: str
) -> None:
    warehouse = await fill(own)
    await execute(own, statement)
    assert code in {finding.code for finding in (await verify(warehouse)).findings}


@pytest.mark.both_engines
async def test_others_work_on_while_the_books_are_verified(
    own: DatabaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = await fill(own)
    monkeypatch.setattr(verified_records, "_RECORDS_AT_ONCE", 5)
    one = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    before = await records(own)

    async def work() -> None:
        for _ in range(20):
            await warehouse.run(take_stock, one)

    working = asyncio.create_task(work())
    verified = await verify(warehouse)
    await working
    assert verified.findings == ()
    assert verified.last_record >= before
    assert (await verify(warehouse)).last_record == before + 20
