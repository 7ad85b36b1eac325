"""The last write of a unit: ledger, levels, audit, outbox, receipt and book, all at once.

On PostgreSQL it is one statement. SQLite cannot change rows within WITH, so there the same
rows go in as a few statements of the same transaction. Levels are compared and set: whoever
changed one behind the book's back is found out and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import (
    AuditEvent,
    Book,
    Outbox,
    OutboxLane,
    Receipt,
    StockLevel,
    StockMove,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.database.unit import BookHead, UnitOfWork
from bot.domain.chain import NEWEST_FORMAT, canonical_json, next_link
from bot.domain.lanes import AUDIT_LANE, AUDIT_LINE
from bot.domain.posting import Level
from bot.errors import BrokenBooks


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """The receipt of the unit, but for its record number and time."""

    key: str
    operation_id: str
    operation: str
    fingerprint: str
    request: str | None
    answer: str


_COMMON = """
WITH head AS (
    UPDATE book SET last_record = :record, last_id = :last_id, chain_head = :hash,
        rights_version = :rights_version
    WHERE guild_id = :guild_id AND last_record = :record - 1
    RETURNING 1
), event AS (
    INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,
        operation_id, action, subject_type, subject_id, subject, detail, reverses, hash)
    VALUES (:guild_id, :record, :format, :at, :actor_kind, :actor_id, :source,
        :operation_id, :action, :subject_type, :subject_id, :subject, :detail, :reverses, :hash)
), told AS (
    INSERT INTO outbox (guild_id, lane, record, kind, created_at)
    VALUES (:guild_id, :lane, :record, :kind, :at)
), kept AS (
    INSERT INTO receipt (guild_id, key, record, actor_id, operation, fingerprint,
        request, answer, created_at)
    VALUES (:guild_id, :key, :record, :actor_id, :operation, :fingerprint,
        :request, :answer, :at)
)"""

_MOVES = """, moved AS (
    INSERT INTO stock_move (guild_id, record, line, item_id, source_id, target_id,
        quantity, actor_id, lot_id)
    SELECT :guild_id, :record, line, item_id, source_id, target_id, quantity, :actor_id, 0
    FROM unnest(CAST(:lines AS int[]), CAST(:items AS bigint[]), CAST(:sources AS bigint[]),
        CAST(:targets AS bigint[]), CAST(:quantities AS numeric[]))
        AS l (line, item_id, source_id, target_id, quantity)
), changed AS (
    UPDATE stock_level s SET quantity = l.after
    FROM unnest(CAST(:level_items AS bigint[]), CAST(:level_locations AS bigint[]),
        CAST(:befores AS numeric[]), CAST(:afters AS numeric[]))
        AS l (item_id, location_id, before, after)
    WHERE s.guild_id = :guild_id AND s.item_id = l.item_id
        AND s.location_id = l.location_id AND s.quantity = l.before
    RETURNING 1
)"""

_NEW_LEVELS = """, opened AS (
    INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)
    SELECT :guild_id, item_id, location_id, 0, quantity
    FROM unnest(CAST(:new_items AS bigint[]), CAST(:new_locations AS bigint[]),
        CAST(:new_afters AS numeric[])) AS l (item_id, location_id, quantity)
)"""

# These statements are put together from the constants above alone.
_COUNT = " SELECT (SELECT count(*) FROM head) AS heads, 0 AS levels"
_COUNTS = " SELECT (SELECT count(*) FROM head) AS heads, (SELECT count(*) FROM changed) AS levels"
_WRITE = Prepared(text(_COMMON + _COUNT))
_WRITE_MOVES = Prepared(text(_COMMON + _MOVES + _COUNTS))
_WRITE_MOVES_AND_NEW_LEVELS = Prepared(text(_COMMON + _MOVES + _NEW_LEVELS + _COUNTS))

_book = table_of(Book)
_level = table_of(StockLevel)
_lane = table_of(OutboxLane)
_TELL = insert(table_of(Outbox))
_OPEN_LANE = {
    "postgresql": postgresql.insert(_lane).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_lane).on_conflict_do_nothing(),
}
_SQLITE_HEAD = Prepared(
    update(_book)
    .where(_book.c.guild_id == bindparam("g"), _book.c.last_record == bindparam("r"))
    .values(
        last_record=bindparam("last_record"),
        last_id=bindparam("last_id"),
        chain_head=bindparam("chain_head"),
        rights_version=bindparam("rights_version"),
    )
)
_SQLITE_LEVEL = Prepared(
    update(_level)
    .where(
        _level.c.guild_id == bindparam("g"),
        _level.c.item_id == bindparam("i"),
        _level.c.location_id == bindparam("l"),
        _level.c.quantity == bindparam("before", type_=_level.c.quantity.type),
    )
    .values(quantity=bindparam("after", type_=_level.c.quantity.type))
)
_SQLITE_NEW_LEVEL = Prepared(insert(_level))
_SQLITE_EVENT = Prepared(insert(table_of(AuditEvent)))
_SQLITE_MOVE = Prepared(insert(table_of(StockMove)))
_SQLITE_OUTBOX = Prepared(insert(table_of(Outbox)))
_SQLITE_RECEIPT = Prepared(insert(table_of(Receipt)))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything that a unit leaves behind, but for what its controllers wrote already."""

    event: dict[str, Any]
    moves: list[dict[str, Any]]
    levels: dict[tuple[int, int], Level]
    head: BookHead
    receipt: ReceiptDraft


async def write_unit(uow: UnitOfWork, head: BookHead, receipt: ReceiptDraft) -> None:
    """Write everything that a unit leaves behind; `head` is what the book will say after it."""
    actor, entry, posting, connection = uow.actor, uow.entry, uow.posting, uow.scope.connection
    assert entry is not None
    event = {
        "guild_id": actor.guild_id,
        "record": head.last_record,
        "format": NEWEST_FORMAT,
        "at": uow.now,
        "actor_kind": actor.kind,
        "actor_id": actor.user_id,
        "source": actor.source,
        "operation_id": receipt.operation_id,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "subject": entry.subject,
        "detail": canonical_json(entry.detail).decode(),
        "reverses": entry.reverses,
    }
    moves = [
        {
            "line": number,
            "item_id": line.item_id,
            "source_id": line.source.id,
            "target_id": line.target.id,
            "quantity": line.quantity,
            "actor_id": actor.user_id,
            "lot_id": 0,
            "unit_cost": None,
            "currency": None,
        }
        for number, line in enumerate(posting.lines, start=1)
    ]
    event["hash"] = head.chain_head = next_link(head.chain_head, event, moves)
    write = _write_sqlite if connection.dialect.name == "sqlite" else _write_postgresql
    await write(connection, _Rows(event, moves, posting.levels, head, receipt))
    if uow.messages:
        await _notify(connection, uow.messages, event)


async def _notify(
    connection: AsyncConnection, messages: Sequence[tuple[str, str]], event: dict[str, Any]
) -> None:
    """Queue the record for lanes besides the audit's; rare enough for statements of their own."""
    here = {"guild_id": event["guild_id"]}
    opened = [{**here, "lane": lane, "failures": 0} for lane, _ in messages]
    await connection.execute(_OPEN_LANE[connection.dialect.name], opened)
    told = [
        {
            **here,
            "lane": lane,
            "record": event["record"],
            "kind": kind,
            "created_at": event["at"],
        }
        for lane, kind in messages
    ]
    await connection.execute(_TELL, told)


async def _write_postgresql(connection: AsyncConnection, rows: _Rows) -> None:
    head, receipt, moves = rows.head, rows.receipt, rows.moves
    values = {
        **rows.event,
        "last_id": head.last_id,
        "rights_version": head.rights_version,
        "lane": AUDIT_LANE,
        "kind": AUDIT_LINE,
        "key": receipt.key,
        "operation": receipt.operation,
        "fingerprint": receipt.fingerprint,
        "request": receipt.request,
        "answer": receipt.answer,
    }
    old = [(key, level) for key, level in rows.levels.items() if level.before is not None]
    new = [(key, level) for key, level in rows.levels.items() if level.before is None]
    statement = _WRITE
    if moves:
        statement = _WRITE_MOVES
        values |= {
            "lines": [move["line"] for move in moves],
            "items": [move["item_id"] for move in moves],
            "sources": [move["source_id"] for move in moves],
            "targets": [move["target_id"] for move in moves],
            "quantities": [move["quantity"] for move in moves],
            "level_items": [key[0] for key, _ in old],
            "level_locations": [key[1] for key, _ in old],
            "befores": [level.before for _, level in old],
            "afters": [level.after for _, level in old],
        }
    if new:
        statement = _WRITE_MOVES_AND_NEW_LEVELS
        values |= {
            "new_items": [key[0] for key, _ in new],
            "new_locations": [key[1] for key, _ in new],
            "new_afters": [level.after for _, level in new],
        }
    ((heads, levels),) = await statement.fetch(connection, values)
    _check(heads == 1, "the book's head moved under its lock")
    _check(levels == len(old), "a stock level moved under the book's lock")


async def _write_sqlite(connection: AsyncConnection, rows: _Rows) -> None:
    event, head, receipt = rows.event, rows.head, rows.receipt
    guild_id, record, at = event["guild_id"], event["record"], event["at"]
    old = [
        {"g": guild_id, "i": key[0], "l": key[1], "before": level.before, "after": level.after}
        for key, level in rows.levels.items()
        if level.before is not None
    ]
    new = [
        {
            "guild_id": guild_id,
            "item_id": key[0],
            "location_id": key[1],
            "quantity": level.after,
            "lot_id": 0,
        }
        for key, level in rows.levels.items()
        if level.before is None
    ]
    if old:
        changed = await _SQLITE_LEVEL.change(connection, old)
        _check(changed == len(old), "a stock level moved under the book's lock")
    if new:
        await _SQLITE_NEW_LEVEL.change(connection, new)
    await _SQLITE_EVENT.change(connection, [event])
    if rows.moves:
        moves = [{"guild_id": guild_id, "record": record, **move} for move in rows.moves]
        await _SQLITE_MOVE.change(connection, moves)
    told = {
        "guild_id": guild_id,
        "lane": AUDIT_LANE,
        "record": record,
        "kind": AUDIT_LINE,
        "created_at": at,
        "not_before": None,
        "set_aside_at": None,
        "parked_at": None,
    }
    await _SQLITE_OUTBOX.change(connection, [told])
    await _SQLITE_RECEIPT.change(
        connection,
        [
            {
                "guild_id": guild_id,
                "key": receipt.key,
                "record": record,
                "actor_id": event["actor_id"],
                "operation": receipt.operation,
                "fingerprint": receipt.fingerprint,
                "request": receipt.request,
                "answer": receipt.answer,
                "created_at": at,
            },
        ],
    )
    changed = await _SQLITE_HEAD.change(
        connection,
        [
            {
                "g": guild_id,
                "r": record - 1,
                "last_record": record,
                "last_id": head.last_id,
                "chain_head": head.chain_head,
                "rights_version": head.rights_version,
            },
        ],
    )
    _check(changed == 1, "the book's head moved under its lock")


def _check(holds: bool, detail: str) -> None:  # noqa: FBT001  # the one thing that is checked
    if not holds:
        raise BrokenBooks(detail)
