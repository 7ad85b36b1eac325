"""Writing a unit on SQLite: its rows as a few statements of one transaction."""

from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import AuditEvent, Book, Outbox, Receipt, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, change_together
from bot.database.writer.rows import Rows, check
from bot.domain.lanes import AUDIT_LANE, AUDIT_LINE

_book = table_of(Book)
_level = table_of(StockLevel)
_HEAD = Prepared(
    update(_book)
    .where(_book.c.guild_id == bindparam("g"), _book.c.last_record == bindparam("r"))
    .values(
        last_record=bindparam("last_record"),
        last_id=bindparam("last_id"),
        chain_head=bindparam("chain_head"),
        rights_version=bindparam("rights_version"),
    )
)
_LEVEL = Prepared(
    update(_level)
    .where(
        _level.c.guild_id == bindparam("g"),
        _level.c.item_id == bindparam("i"),
        _level.c.location_id == bindparam("l"),
        _level.c.lot_id == bindparam("lot"),
        _level.c.quantity == bindparam("before", type_=_level.c.quantity.type),
    )
    .values(quantity=bindparam("after", type_=_level.c.quantity.type))
)
_NEW_LEVEL = Prepared(insert(_level))
_EVENT = Prepared(insert(table_of(AuditEvent)))
_MOVE = Prepared(insert(table_of(StockMove)))
_OUTBOX = Prepared(insert(table_of(Outbox)))
_RECEIPT = Prepared(insert(table_of(Receipt)))


async def write(connection: AsyncConnection, rows: Rows) -> None:
    """Write the rows of a unit; raises BrokenBooks if a row moved under the book's lock."""
    event, head, receipt = rows.event, rows.head, rows.receipt
    guild_id, record, at = event["guild_id"], event["record"], event["at"]
    moves = [{"guild_id": guild_id, "record": record, **move} for move in rows.moves]
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
    kept = {
        "guild_id": guild_id,
        "key": receipt.key,
        "record": record,
        "actor_id": event["actor_id"],
        "operation": receipt.operation,
        "fingerprint": receipt.fingerprint,
        "request": receipt.request,
        "answer": receipt.answer,
        "created_at": at,
    }
    new_head = {
        "g": guild_id,
        "r": record - 1,
        "last_record": record,
        "last_id": head.last_id,
        "chain_head": head.chain_head,
        "rights_version": head.rights_version,
    }
    old = _old_levels(guild_id, rows)
    # Foreign keys are checked by each statement: a move's record is there before it.
    changes: list[tuple[Prepared, list[dict[str, Any]]]] = [
        (_HEAD, [new_head]),
        (_LEVEL, old),
        (_NEW_LEVEL, _new_levels(guild_id, rows)),
        (_EVENT, [event]),
        (_MOVE, moves),
        (_OUTBOX, [told]),
        (_RECEIPT, [kept]),
    ]
    heads, levels, *_ = await change_together(connection, changes)
    check(heads == 1, "the book's head moved under its lock")
    check(levels == len(old), "a stock level moved under the book's lock")


def _old_levels(guild_id: int, rows: Rows) -> list[dict[str, Any]]:
    return [
        {
            "g": guild_id,
            "i": key.item_id,
            "l": key.location_id,
            "lot": key.lot_id,
            "before": level.before,
            "after": level.after,
        }
        for key, level in rows.old_levels
    ]


def _new_levels(guild_id: int, rows: Rows) -> list[dict[str, Any]]:
    return [
        {
            "guild_id": guild_id,
            "item_id": key.item_id,
            "location_id": key.location_id,
            "lot_id": key.lot_id,
            "quantity": level.after,
        }
        for key, level in rows.new_levels
    ]
