"""What devices did, with its records and moves, to be verified: operations and dated moves."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Text, and_, bindparam, select, tuple_

from bot.database.controllers.dated_moves import DATES_MOVE
from bot.database.models import AuditEvent, DatedMove, StockMove, SyncOperation
from bot.database.models.base import table_of
from bot.database.statements import Prepared

_done, _event = table_of(SyncOperation), table_of(AuditEvent)
_move, _dated = table_of(StockMove), table_of(DatedMove)
_guild_id = bindparam("guild_id", type_=BigInteger)
_page = (
    select(_done.c.guild_id, _done.c.operation_id, _done.c.record, _done.c.happened_at)
    .where(
        _done.c.guild_id == _guild_id,
        # In the order of records: by their random ids it takes a third longer.
        tuple_(_done.c.record, _done.c.operation_id)
        > tuple_(bindparam("record", type_=BigInteger), bindparam("operation_id", type_=Text)),
        _done.c.superseded_by.is_(None),
    )
    .order_by(_done.c.record, _done.c.operation_id)
    .limit(bindparam("limit"))
    .subquery("page")
)
OPERATIONS: Final = Prepared(
    select(
        _page.c.operation_id,
        _page.c.record,
        _page.c.happened_at,
        _event.c.detail,
        _move.c.line,
        _dated.c.line.label("dated_line"),
        _dated.c.happened_at.label("moved_at"),
        _dated.c.corrects,
    )
    .select_from(_page)
    .outerjoin(
        _event, and_(_event.c.guild_id == _page.c.guild_id, _event.c.record == _page.c.record)
    )
    .outerjoin(_move, and_(_move.c.guild_id == _page.c.guild_id, _move.c.record == _page.c.record))
    .outerjoin(_dated, DATES_MOVE)
    .order_by(_page.c.record, _page.c.operation_id, _move.c.line)
)
MOVES: Final = Prepared(
    select(
        _dated.c.record,
        _dated.c.line,
        _dated.c.corrects,
        _move.c.line.label("moved_line"),
        _event.c.reverses,
        _event.c.detail,
    )
    .select_from(_dated)
    .outerjoin(_move, DATES_MOVE)
    .outerjoin(
        _event, and_(_event.c.guild_id == _dated.c.guild_id, _event.c.record == _dated.c.record)
    )
    .where(
        _dated.c.guild_id == _guild_id,
        tuple_(_dated.c.record, _dated.c.line)
        > tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=BigInteger)),
    )
    .order_by(_dated.c.record, _dated.c.line)
    .limit(bindparam("limit"))
)


class OperationDated(NamedTuple):
    """An operation of a device with a line of its record; None is what there is not."""

    operation_id: str
    record: int
    happened_at: datetime
    detail: str | None
    line: int | None
    dated_line: int | None
    moved_at: datetime | None
    corrects: int | None


class MoveDated(NamedTuple):
    """A row that dates a move, with the move and its record, if there are such."""

    record: int
    line: int
    corrects: int | None
    moved_line: int | None
    reverses: int | None
    detail: str | None
