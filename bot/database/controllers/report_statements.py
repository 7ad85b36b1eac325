"""What reports ask the database: windows of the ledger, and what there was of items and lots."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.controllers.value_statements import LEDGER_COLUMNS, REVERSED_BY
from bot.database.models import AuditEvent, Item, Location, Lot, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID, VirtualLocation

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_beyond: BindParameter[int] = bindparam("beyond", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_move, _event = table_of(StockMove), table_of(AuditEvent)
_item, _lot = table_of(Item), table_of(Lot)
_level, _location = table_of(StockLevel), table_of(Location)
_ZERO: ColumnElement[Any] = literal_column("0")
# Beyond every record.
_NEVER: ColumnElement[Any] = literal_column(str(2**62))
*_, _line_reverses, _line_reversed_by = LEDGER_COLUMNS
_of_move = and_(_event.c.guild_id == _guild_id, _event.c.record == _move.c.record)

WINDOW: Final = Prepared(
    select(*LEDGER_COLUMNS)
    .select_from(_move)
    .join(_event, _of_move)
    .where(
        _move.c.guild_id == _guild_id,
        tuple_(_move.c.record, _move.c.line)
        > tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=_move.c.line.type)),
        _move.c.record < _beyond,
    )
    .order_by(_move.c.record, _move.c.line)
    .limit(_limit)
)
ITEMS_WITH_LEVELS: Final = Prepared(
    select(_level.c.item_id)
    .distinct()
    .where(_level.c.guild_id == _guild_id, _level.c.item_id > bindparam("after", type_=BigInteger))
    .order_by(_level.c.item_id)
    .limit(_limit)
)


def _is_here(location: ColumnElement[Any], *, at_locations: bool) -> Any:
    if not at_locations:
        return location > literal_column(str(LAST_VIRTUAL_ID))
    # Plus zero: no index of locations serves it, of which one may hold all moves of the guild.
    return is_among(location + _ZERO, "location_ids")


def build_held(*, at_locations: bool) -> Select[Any]:
    """Select what there is of items now."""
    return (
        select(_level.c.item_id, type_coerce(func.sum(_level.c.quantity), Quantity()))
        .where(
            _level.c.guild_id == _guild_id,
            is_among(_level.c.item_id, "item_ids"),
            _is_here(_level.c.location_id, at_locations=at_locations),
        )
        .group_by(_level.c.item_id)
    )


def build_added_since(*, at_locations: bool) -> Select[Any]:
    """Select what moves from a record on added to what there is of items."""
    came, went = (
        func.sum(
            case(
                (_is_here(end, at_locations=at_locations), _move.c.quantity),
                else_=_ZERO,
            )
        )
        for end in (_move.c.target_id, _move.c.source_id)
    )
    return (
        select(_move.c.item_id, type_coerce(came - went, Quantity()))
        .where(
            _move.c.guild_id == _guild_id,
            is_among(_move.c.item_id, "item_ids"),
            _move.c.record >= _beyond,
        )
        .group_by(_move.c.item_id)
    )


def build_last_left(*, at_locations: bool) -> Select[Any]:
    """Select when items left last before a record, and when they came first."""
    of_item = (
        _move.c.guild_id == _guild_id,
        _move.c.item_id == _item.c.id,
        _move.c.record < _beyond,
    )
    is_here = (
        [_is_here(_move.c.source_id, at_locations=True)]
        if at_locations
        else [_move.c.source_id + _ZERO > literal_column(str(LAST_VIRTUAL_ID))]
    )
    came_here = [_is_here(_move.c.target_id, at_locations=True)] if at_locations else []
    moved = select(_event.c.at).select_from(_move).join(_event, _of_move)
    last = (
        moved.where(
            *of_item,
            # Plus zero: nearly all moves of the guild have this end.
            _move.c.target_id + _ZERO == literal_column(str(int(VirtualLocation.CUSTOMER))),
            *is_here,
            _event.c.reverses.is_(None),
            # One that was reversed later had left then.
            func.coalesce(REVERSED_BY, _NEVER) >= _beyond,
        )
        .order_by(_move.c.record.desc(), _move.c.line.desc())
        .limit(literal_column("1"))
    )
    first = (
        # As if what was reversed had never come; what keeps a count true has.
        moved.where(
            *of_item,
            *came_here,
            _line_reverses.is_(None),
            func.coalesce(_line_reversed_by, _NEVER) >= _beyond,
        )
        .order_by(_move.c.record, _move.c.line)
        .limit(literal_column("1"))
    )
    return select(
        _item.c.id,
        last.correlate(_item).scalar_subquery(),
        first.correlate(_item).scalar_subquery(),
    ).where(_item.c.guild_id == _guild_id, is_among(_item.c.id, "item_ids"))


LOTS_BY_EXPIRY: Final = Prepared(
    select(_lot.c.id, _lot.c.item_id, _lot.c.code, _lot.c.expires_on, _lot.c.state)
    .where(
        _lot.c.guild_id == _guild_id,
        tuple_(_lot.c.expires_on, _lot.c.id)
        > tuple_(bindparam("after_day", type_=Date), bindparam("after", type_=BigInteger)),
        _lot.c.expires_on <= bindparam("until", type_=Date),
    )
    .order_by(_lot.c.expires_on, _lot.c.id)
    .limit(_limit)
)
LEVELS_OF_LOTS: Final = Prepared(
    select(_level.c.lot_id, _level.c.location_id, _location.c.path, _level.c.quantity)
    .select_from(_level)
    .join(
        _location, and_(_location.c.guild_id == _guild_id, _location.c.id == _level.c.location_id)
    )
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.lot_id, "lot_ids"),
        # As the index of lots says it: it has no other levels.
        _level.c.lot_id != _ZERO,
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity > _ZERO,
    )
    .order_by(_level.c.lot_id, _location.c.path_key)
)
