"""What moved since a record, of the items and lots that it changed: a reversal has to know."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID, VirtualLocation

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_since: BindParameter[int] = bindparam("since", type_=BigInteger)
_move = table_of(StockMove)
_supplier = literal_column(str(int(VirtualLocation.SUPPLIER)), BigInteger)

MOVED_AGAIN: Final = Prepared(
    select(_move.c.item_id)
    .where(_move.c.guild_id == _guild_id, is_among(_move.c.item_id, "ids"), _move.c.record > _since)
    .distinct()
)
_OF_LOTS: Final = (
    _move.c.guild_id == _guild_id,
    is_among(_move.c.lot_id, "ids"),
    # The index of moves of lots is only used where the question says so.
    _move.c.lot_id != literal_column("0"),
)
# How much of some lots came in since a record, less what was reversed of that.
BROUGHT_IN: Final = Prepared(
    select(
        _move.c.lot_id,
        type_coerce(
            func.sum(
                case((_move.c.source_id == _supplier, _move.c.quantity), else_=-_move.c.quantity)
            ),
            Quantity(),
        ),
    )
    .where(
        *_OF_LOTS,
        _move.c.record > _since,
        or_(_move.c.source_id == _supplier, _move.c.target_id == _supplier),
    )
    .group_by(_move.c.lot_id)
)

_event = table_of(AuditEvent)
_reversal = _event.alias("reversal")
_last_outside: Final[ColumnElement[int]] = literal_column(str(int(LAST_VIRTUAL_ID)))
_COMES_IN: Final = _move.c.source_id <= _last_outside
_OVER_THE_EDGE: Final = (_move.c.target_id <= _last_outside) != _COMES_IN


def _build_newest_in() -> Select[Any]:
    brought = (
        select(_move.c.lot_id, _move.c.record)
        .where(
            *_OF_LOTS,
            _move.c.record > _since,
            _move.c.record != bindparam("without", type_=BigInteger),
            _OVER_THE_EDGE,
        )
        .group_by(_move.c.lot_id, _move.c.record)
        # What leaves to keep a count true may come in by the same record.
        .having(
            func.sum(case((_COMES_IN, _move.c.quantity), else_=-_move.c.quantity))
            > literal_column("0")
        )
        .subquery("brought")
    )
    reversed_by = select(_reversal.c.record).where(
        _reversal.c.guild_id == _guild_id, _reversal.c.reverses == brought.c.record
    )
    return (
        select(brought.c.lot_id, func.max(brought.c.record))
        .select_from(brought)
        .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == brought.c.record))
        .where(_event.c.reverses.is_(None), reversed_by.scalar_subquery().is_(None))
        .group_by(brought.c.lot_id)
    )


# The newest record, after one, that brought more of a lot in from the outside and still counts.
NEWEST_IN: Final = Prepared(_build_newest_in())
# The newest records that brought some lots in and were reversed, with their reversals.
REVERSED_IN: Final = Prepared(
    select(_move.c.record, _reversal.c.record)
    .distinct()
    .select_from(_move)
    .join(
        _reversal,
        and_(_reversal.c.guild_id == _guild_id, _reversal.c.reverses == _move.c.record),
    )
    .where(*_OF_LOTS, _COMES_IN)
    .order_by(_move.c.record.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
