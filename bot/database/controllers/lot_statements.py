"""What lots ask the database: each statement is built once."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.models import Item, Location, Lot, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.lots import OPEN
from bot.domain.stock import QUARANTINE
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_today: BindParameter[Any] = bindparam("today", type_=Date)
_item_id: BindParameter[int] = bindparam("item_id", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_item = table_of(Item)
_location = table_of(Location)
_level = table_of(StockLevel)
_lot = table_of(Lot)

# A day behind all others: lots that never expire are the last to be used.
NEVER: Final = date.max
expires = func.coalesce(_lot.c.expires_on, literal(NEVER, Date))


def _text(value: str) -> Any:
    return literal_column(f"'{value}'")


is_good = and_(
    _lot.c.state == _text(OPEN), or_(_lot.c.expires_on.is_(None), _lot.c.expires_on >= _today)
)
is_usable = and_(
    _location.c.kind != _text(QUARANTINE), or_(_level.c.lot_id == literal_column("0"), is_good)
)
_HELD = (
    _level.c.guild_id == _guild_id,
    _level.c.location_id > LAST_VIRTUAL_ID,
    _level.c.quantity != 0,
)
its_location = and_(
    _location.c.guild_id == _level.c.guild_id, _location.c.id == _level.c.location_id
)
its_lot = and_(_lot.c.guild_id == _level.c.guild_id, _lot.c.id == _level.c.lot_id)

USABLE_TOTALS = Prepared(
    select(
        _level.c.item_id,
        func.sum(_level.c.quantity),
        type_coerce(
            func.sum(case((is_usable, _level.c.quantity), else_=literal_column("0"))), Quantity()
        ),
    )
    .select_from(_level)
    .join(_location, its_location)
    .outerjoin(_lot, its_lot)
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.item_id, "item_ids"),
        _level.c.location_id > LAST_VIRTUAL_ID,
    )
    .group_by(_level.c.item_id)
)

_move = table_of(StockMove)
_source, _target = _location.alias("source"), _location.alias("target")


def _holds(end: Any) -> Any:
    """Whether what is at a location is usable."""
    return and_(end.c.id > LAST_VIRTUAL_ID, end.c.kind != _text(QUARANTINE))


CHANGES_SINCE = Prepared(
    select(_move.c.record, _move.c.item_id, _move.c.quantity, _holds(_target))
    .select_from(_move)
    .join(_source, and_(_source.c.guild_id == _move.c.guild_id, _source.c.id == _move.c.source_id))
    .join(_target, and_(_target.c.guild_id == _move.c.guild_id, _target.c.id == _move.c.target_id))
    .outerjoin(_lot, and_(_lot.c.guild_id == _move.c.guild_id, _lot.c.id == _move.c.lot_id))
    .where(
        _move.c.guild_id == _guild_id,
        is_among(_move.c.item_id, "ids"),
        _move.c.record >= bindparam("record", type_=BigInteger),
        _holds(_source) != _holds(_target),
        or_(_move.c.lot_id == literal_column("0"), is_good),
    )
)

# Where an item's usable lots are, or one lot of it, whatever its state.
_SPOTS = (
    select(
        _location.c.id,
        _location.c.path,
        _location.c.kind,
        type_coerce(func.sum(_level.c.quantity), Quantity()),
    )
    .select_from(_level)
    .join(_location, its_location)
    .join(_lot, its_lot)
    .where(*_HELD, _level.c.item_id == _item_id)
    .group_by(_location.c.id, _location.c.path, _location.c.kind)
    .order_by(func.sum(_level.c.quantity).desc(), _location.c.id)
    .limit(_limit)
)
USABLE_SPOTS = Prepared(_SPOTS.where(is_good))
LOT_SPOTS = Prepared(_SPOTS.where(_lot.c.id == bindparam("lot_id", type_=BigInteger)))


def _build_first_expiring() -> Any:
    """Select the usable lots of an item at a location that make up a quantity, first to expire.

    The sum over those before each ends the walk: a location may hold ten thousand serial numbers.
    """
    before = func.coalesce(
        func.sum(_level.c.quantity).over(
            order_by=(expires, _lot.c.id), rows=(None, -1), partition_by=_level.c.item_id
        ),
        literal_column("0"),
    )
    lots = (
        select(
            _lot.c.id,
            _lot.c.code,
            _lot.c.expires_on,
            _lot.c.state,
            _level.c.quantity,
            type_coerce(before, Quantity()).label("before"),
            expires.label("expires"),
        )
        .select_from(_level)
        .join(_lot, its_lot)
        .where(
            *_HELD,
            _level.c.item_id == _item_id,
            _level.c.location_id == bindparam("location_id", type_=BigInteger),
            is_good,
        )
        .subquery("lots")
    )
    wanted = bindparam("wanted", type_=Quantity())
    return (
        select(lots.c.id, lots.c.code, lots.c.expires_on, lots.c.state, lots.c.quantity)
        .where(lots.c.before < wanted)
        .order_by(lots.c.expires, lots.c.id)
    )


FIRST_EXPIRING = Prepared(_build_first_expiring())

# The serial numbers among some lots that are in stock, and where.
STOCKED_LOTS = Prepared(
    select(_level.c.lot_id, _location.c.path)
    .select_from(_level)
    .join(_location, its_location)
    .where(*_HELD, is_among(_level.c.item_id, "item_ids"), is_among(_level.c.lot_id, "lot_ids"))
)

# The items that have lots in stock whose last day was over within a span of days.
EXPIRED_ITEMS = Prepared(
    select(_lot.c.item_id)
    .distinct()
    .where(
        _lot.c.guild_id == _guild_id,
        _lot.c.expires_on >= bindparam("since", type_=Date),
        _lot.c.expires_on < _today,
        exists().where(*_HELD, _level.c.item_id == _lot.c.item_id, _level.c.lot_id == _lot.c.id),
    )
    .order_by(_lot.c.item_id)
)

# How many levels a page looks at, however many serial numbers its items have.
_MAX_LEVELS = 500
_AT = (
    select(
        _level.c.item_id,
        _level.c.location_id,
        _lot.c.id,
        _lot.c.code,
        _lot.c.expires_on,
        _lot.c.state,
        _level.c.quantity,
    )
    .select_from(_level)
    .join(_lot, its_lot)
    .where(
        *_HELD,
        is_among(_level.c.item_id, "item_ids"),
        is_among(_level.c.location_id, "location_ids"),
    )
    .order_by(expires, _lot.c.id)
    .limit(_MAX_LEVELS)
)
LOTS_AT = Prepared(_AT)


def build_lots(
    *, of_item: bool, is_expiring: bool, has_cursor: bool, is_backwards: bool
) -> Select[Any]:
    """Select a page of the lots with stock, the first to expire on top, with what there is.

    It begins at the levels of lots: most lots that there ever were are used up.
    """
    stocked = (
        select(_level.c.lot_id, func.sum(_level.c.quantity).label("quantity"))
        .where(*_HELD, _level.c.lot_id > literal_column("0"))
        .group_by(_level.c.lot_id)
    )
    if of_item:
        stocked = stocked.where(_level.c.item_id == _item_id)
    held = stocked.subquery("held")
    lots = (
        select(
            _lot.c.id,
            _lot.c.item_id,
            _item.c.sku,
            _item.c.unit,
            _lot.c.code,
            _lot.c.expires_on,
            _lot.c.state,
            type_coerce(held.c.quantity, Quantity()),
        )
        .select_from(held)
        .join(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == held.c.lot_id))
        .join(_item, and_(_item.c.guild_id == _lot.c.guild_id, _item.c.id == _lot.c.item_id))
    )
    if is_expiring:
        lots = lots.where(_lot.c.expires_on <= bindparam("until", type_=Date))
    key = (expires, _lot.c.id)
    if has_cursor:
        day = bindparam("cursor_day", type_=Date)
        lot_id = bindparam("cursor", type_=BigInteger)
        day_behind = expires < day if is_backwards else expires > day
        id_behind = _lot.c.id < lot_id if is_backwards else _lot.c.id > lot_id
        lots = lots.where(or_(day_behind, and_(expires == day, id_behind)))
    order = [column.desc() for column in key] if is_backwards else list(key)
    return lots.order_by(*order).limit(_limit)


def build_suggested(*, has_text: bool, at_location: bool) -> Select[Any]:
    """Select an item's lots to choose from: those with stock (there) first, the first to expire."""
    where = [*_HELD, _level.c.item_id == _lot.c.item_id, _level.c.lot_id == _lot.c.id]
    if at_location:
        where.append(_level.c.location_id == bindparam("location_id", type_=BigInteger))
    held = func.coalesce(
        select(func.sum(_level.c.quantity)).where(*where).scalar_subquery(), literal_column("0")
    )
    lots = (
        select(
            _lot.c.id,
            _lot.c.code,
            _lot.c.expires_on,
            _lot.c.state,
            type_coerce(held, Quantity()).label("quantity"),
        )
        .where(_lot.c.guild_id == _guild_id, _lot.c.item_id == _item_id)
        .order_by(case((held > 0, 0), else_=1), expires, _lot.c.id)
        .limit(_limit)
    )
    if has_text:
        lots = lots.where(_lot.c.code_key.contains(bindparam("typed", type_=Text), escape="/"))
    return lots
