"""What the value of stock is derived from: moves in the order of items, and what was merged."""

from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    and_,
    bindparam,
    case,
    null,
    select,
    tuple_,
)

from bot.database.controllers.audit_statements import NOT_OF_THE_FLOOR
from bot.database.models import AuditEvent, DatedMove, ItemMerge, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_beyond: BindParameter[int] = bindparam("beyond", type_=BigInteger)
_move, _event = table_of(StockMove), table_of(AuditEvent)
_reversal = _event.alias("reversal")
# One probe for each: joined, SQLite walks all records for each row where few were reversed. Bounded
# by its own record it would as well, so the caller leaves out later reversals.
REVERSED_BY: Final = (
    select(_reversal.c.record)
    # By a parameter, as in each subquery: Citus refuses what names the guild by the outer table.
    .where(_reversal.c.guild_id == _guild_id, _reversal.c.reverses == _event.c.record)
    .correlate(_event)
    .scalar_subquery()
)
_dated = table_of(DatedMove)
# What keeps a count true counts, whatever was reversed: the opposite of a move that was counted
# since is no whole record's. It is asked of reversed records and of reversals alone.
# No EXISTS: PostgreSQL may read all such lines of the guild for it.
CORRECTS: Final = (
    select(_dated.c.corrects)
    .where(
        _dated.c.guild_id == _guild_id,
        _dated.c.record == _move.c.record,
        _dated.c.line == _move.c.line,
    )
    .correlate(_move)
    .scalar_subquery()
)
_LINE_REVERSES = case(
    (_event.c.reverses.is_(None), null()), (CORRECTS.is_not(None), null()), else_=_event.c.reverses
)
_LINE_REVERSED_BY = (
    select(_reversal.c.record)
    .where(
        _reversal.c.guild_id == _guild_id,
        _reversal.c.reverses == _event.c.record,
        CORRECTS.is_(None),
    )
    .correlate(_event, _move)
    .scalar_subquery()
)


class MergeRecord(NamedTuple):
    """A record that merged an item into another, and the record that reversed it."""

    record: int
    into_id: int
    reversed_by: int | None


_after = tuple_(
    bindparam("item_id", type_=BigInteger),
    bindparam("record", type_=BigInteger),
    bindparam("line", type_=_move.c.line.type),
)
# As a LedgerMove has them.
LEDGER_COLUMNS: Final = (
    _move.c.item_id,
    _move.c.record,
    _move.c.line,
    _event.c.at,
    _move.c.source_id,
    _move.c.target_id,
    _move.c.quantity,
    _move.c.unit_cost,
    _move.c.currency,
    _LINE_REVERSES,
    _LINE_REVERSED_BY,
)
MOVES: Final = Prepared(
    select(*LEDGER_COLUMNS)
    .select_from(_move)
    .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == _move.c.record))
    .where(
        _move.c.guild_id == _guild_id,
        tuple_(_move.c.item_id, _move.c.record, _move.c.line) > _after,
        _move.c.item_id <= bindparam("last_item", type_=BigInteger),
        _move.c.record < _beyond,
    )
    .order_by(_move.c.item_id, _move.c.record, _move.c.line)
    .limit(bindparam("limit"))
)
MERGES: Final = Prepared(
    select(_event.c.record, _event.c.subject_id, REVERSED_BY)
    .where(
        _event.c.guild_id == _guild_id,
        _event.c.action == bindparam("action"),
        *NOT_OF_THE_FLOOR,
        _event.c.record < _beyond,
    )
    .order_by(_event.c.record)
)
# Records of some items from before a record that were reversed between it and another.
REVERSED_BETWEEN: Final = Prepared(
    select(_event.c.reverses, _event.c.record)
    .select_from(_event)
    .join(_move, and_(_move.c.guild_id == _guild_id, _move.c.record == _event.c.reverses))
    .where(
        _event.c.guild_id == _guild_id,
        _event.c.record > bindparam("first", type_=BigInteger),
        _event.c.record < bindparam("last", type_=BigInteger),
        _event.c.reverses < bindparam("first", type_=BigInteger),
        is_among(_move.c.item_id, "item_ids"),
    )
    .distinct()
)

ITEMS_OF_RECORDS: Final = Prepared(
    select(_move.c.record, _move.c.item_id)
    .where(_move.c.guild_id == _guild_id, is_among(_move.c.record, "records"))
    .distinct()
)
_merge = table_of(ItemMerge)
# What had no stock left was merged without a move.
MERGED_BY_RECORDS: Final = Prepared(
    select(_merge.c.changed_record, _merge.c.item_id).where(
        _merge.c.guild_id == _guild_id, is_among(_merge.c.changed_record, "records")
    )
)
